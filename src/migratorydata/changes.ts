import { isDeepStrictEqual } from 'node:util';
import { ActionError } from '../errors/action-error.js';
import type { StatefulSet } from '../kubernetes/api/types.js';
import { isConfigurationChanged } from '../kubernetes/configuration.js';
import { contains } from './contains.js';
import { domainOf, optionsOf } from './live-options.js';
import { secretReference } from './manifests/container.js';
import { templateStamp, withoutStamp } from './template-stamp.js';

/**
 * The effect of applying a StatefulSet to the live one:
 * - `none`: no change;
 * - `in-place`: members are added or removed, or settings change, but no member is replaced;
 * - `rolling`: members are replaced one at a time, or an interrupted update is completed;
 * - `full-restart`: all members must stop before the first new one starts, which the user has allowed.
 */
export type DeploymentChange = 'none' | 'in-place' | 'rolling' | 'full-restart';

/**
 * Returns whether all members must stop before the desired StatefulSet can replace the live one. Both must have been
 * rendered by this project, the desired one with patches.
 *
 * A change of the member list is refused: members with different lists, seeds or passwords do not form one cluster, so
 * that during a rolling update neither the old nor the new members may have a quorum.
 * @throws ActionError `immutable-field`; `full-restart-needed` unless a full restart is allowed.
 */
export function needsFullRestart(
  live: StatefulSet,
  wanted: StatefulSet,
  { allowFullRestart }: { readonly allowFullRestart: boolean },
): boolean {
  const fixed = immutableDifferences(live, wanted);
  if (fixed.length > 0) {
    const message = `StatefulSet ${live.metadata.name} exists, and Kubernetes does not allow changes of these fields: ${fixed.join('; ')}.`;
    throw new ActionError('immutable-field', message);
  }
  const membership = membershipDifferences(live, wanted);
  if (membership.length === 0) return false;
  if (allowFullRestart) return true;
  const message = `The members of the running cluster and the new ones would have different values of ${membership.join(', ')}.`;
  throw new ActionError('full-restart-needed', message);
}

/**
 * Returns the effect of an apply from its result in a dry run. Only the API server knows the result: webhooks and
 * policies of the cluster may change what is applied.
 */
export function changeBetween(live: StatefulSet, applied: StatefulSet): Exclude<DeploymentChange, 'full-restart'> {
  const isTemplateChanged = !isDeepStrictEqual(live.spec.template, applied.spec.template);
  if (isTemplateChanged || isUpdateUnfinished(live)) return 'rolling';
  return isConfigurationChanged(withoutStamp(live), withoutStamp(applied)) ? 'in-place' : 'none';
}

/**
 * Returns the effect of an apply from the manifest alone, if there can be no dry run. The digest detects fields that are
 * no longer rendered; the comparison with the live object detects manual changes, and changes by webhooks.
 */
export function changeAsRendered(live: StatefulSet, wanted: StatefulSet): Exclude<DeploymentChange, 'full-restart'> {
  const isTemplateChanged =
    templateStamp(live) !== templateStamp(wanted) || !contains(live.spec.template, wanted.spec.template);
  if (isTemplateChanged || isUpdateUnfinished(live)) return 'rolling';
  return contains(live, wanted) ? 'none' : 'in-place';
}

/**
 * Returns whether the members of both versions accept the same REST requests. During a rolling update, a request may
 * reach either version. If REST or TLS is being enabled or the token changes, the response of one member says nothing about
 * the cluster. After an interrupted update, the former version is unknown.
 */
export function acceptSameRequests(live: StatefulSet, wanted: StatefulSet): boolean {
  const relevantSettings = (statefulSet: StatefulSet): readonly (string | undefined)[] => [
    optionsOf(statefulSet).get('Rest.Enable'),
    optionsOf(statefulSet).get('ListenEncrypted'),
    secretReference(statefulSet, 'entitlementToken')?.name,
  ];
  return isDeepStrictEqual(relevantSettings(live), relevantSettings(wanted)) && !isUpdateUnfinished(live);
}

/**
 * Returns the differences in fields that this project or a patch sets and that the API server does not allow to change.
 * kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1
 */
function immutableDifferences({ spec: live }: StatefulSet, { spec: wanted }: StatefulSet): readonly string[] {
  const policies = [live, wanted].map(({ podManagementPolicy }) => podManagementPolicy ?? 'OrderedReady');
  const claims = [live, wanted].map(({ volumeClaimTemplates }) => volumeClaimTemplates ?? []);
  const describeDifference = (name: string, before: unknown, after: unknown): string =>
    `${name} is ${JSON.stringify(before)} and would become ${JSON.stringify(after)}`;
  return [
    ...(live.serviceName === wanted.serviceName
      ? []
      : [describeDifference('serviceName', live.serviceName, wanted.serviceName)]),
    ...(policies[0] === policies[1] ? [] : [describeDifference('podManagementPolicy', policies[0], policies[1])]),
    ...(isDeepStrictEqual(live.selector, wanted.selector)
      ? []
      : [describeDifference('selector', live.selector, wanted.selector)]),
    ...(claims[0]?.length === claims[1]?.length && contains(claims[0], claims[1])
      ? []
      : [describeDifference('volumeClaimTemplates', claims[0], claims[1])]),
  ];
}

function membershipDifferences(live: StatefulSet, wanted: StatefulSet): readonly string[] {
  const [before, after] = [membershipOf(live), membershipOf(wanted)];
  return Object.keys(after).flatMap(name =>
    before[name] === after[name] ? [] : [`${name} (${before[name] ?? 'none'}, then ${after[name] ?? 'none'})`],
  );
}

/**
 * Returns the settings that all members must have in common, by the names of the inputs. They are read from the server
 * options, which only this project sets.
 */
function membershipOf(statefulSet: StatefulSet): Readonly<Record<string, string | undefined>> {
  const options = optionsOf(statefulSet);
  const list = options.get('ClusterMembers');
  const password = secretReference(statefulSet, 'clusterPassword');
  return {
    'seed-members': options.get('ClusterSeedMemberCount'),
    'max-replicas': list && String(list.split(',').length),
    'cluster-domain': list && domainOf(list),
    'the delivery mode': options.get('ClusterDeliveryMode'),
    'cluster-password': password && `in Secret ${password.name}`,
  };
}

/** Returns whether members run an older template: a run ended during an update. */
function isUpdateUnfinished({ status }: StatefulSet): boolean {
  return status?.updateRevision !== status?.currentRevision;
}
