import { isDeepStrictEqual } from 'node:util';
import { ActionError } from '../errors/action-error.js';
import type { StatefulSet } from '../kubernetes/types.js';
import { contains } from './contains.js';
import { domainOf, optionsOf } from './live-options.js';
import { secretReference } from './manifests/container.js';
import { names } from './object-names.js';
import { templateStamp } from './template-stamp.js';

/**
 * The effect of applying a StatefulSet to the live one:
 * - `none`: no change;
 * - `replicas-only`: members are added or removed, but none is replaced;
 * - `rolling`: members are replaced one at a time, or an interrupted update is completed;
 * - `full-restart`: all members must stop before the first new one starts, which the user has allowed;
 * - refused: it cannot or must not be applied.
 */
export type DeploymentChange =
  'none' | 'replicas-only' | 'rolling' | 'full-restart' | { readonly refused: ActionError };

/**
 * Decides how the desired StatefulSet may replace the live one. Both must have been rendered by this project (the
 * desired one with patches, and with its digest set after them).
 *
 * A change of the member list is refused: members with different lists, seeds or passwords do not form one cluster, so
 * that during a rolling update neither the old nor the new members may have a quorum.
 */
export function classifyChange(
  live: StatefulSet,
  wanted: StatefulSet,
  { allowFullRestart }: { readonly allowFullRestart: boolean },
): DeploymentChange {
  const fixed = immutableDifferences(live, wanted);
  if (fixed.length > 0) {
    const message = `StatefulSet ${names.statefulSet} exists, and Kubernetes does not allow changes of these fields: ${fixed.join('; ')}.`;
    return { refused: new ActionError('immutable-field', message) };
  }
  const membership = membershipDifferences(live, wanted);
  if (membership.length > 0) {
    if (allowFullRestart) return 'full-restart';
    const message = `The members of the running cluster and the new ones would have different values of ${membership.join(', ')}.`;
    return { refused: new ActionError('full-restart-needed', message) };
  }
  if (isTemplateChanged(live, wanted) || isUpdateUnfinished(live)) return 'rolling';
  return live.spec.replicas === wanted.spec.replicas ? 'none' : 'replicas-only';
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

/**
 * The digest detects fields that are no longer rendered; the comparison with the live template detects manual changes.
 */
function isTemplateChanged(live: StatefulSet, wanted: StatefulSet): boolean {
  return templateStamp(live) !== templateStamp(wanted) || !contains(live.spec.template, wanted.spec.template);
}

/** Returns whether members run an older template: a run ended during an update. */
function isUpdateUnfinished({ status }: StatefulSet): boolean {
  return status?.updateRevision !== status?.currentRevision;
}
