import { isDeepStrictEqual } from 'node:util';
import { ActionError } from '../errors/action-error.js';
import type { StatefulSet } from '../kubernetes/types.js';
import { contains } from './contains.js';
import { optionsOf } from './live-options.js';
import { secretReference } from './manifests/container.js';
import { names } from './object-names.js';
import { templateStamp } from './template-stamp.js';

/**
 * What applying a StatefulSet over the live one means:
 * - `none`: the members are as wanted;
 * - `replicas-only`: members are added or removed, none is replaced;
 * - `rolling`: members are replaced one at a time, or an update that was interrupted is finished;
 * - `full-restart`: all members must stop before the first new one starts, which the user has allowed;
 * - refused: it cannot or must not be applied.
 */
export type DeploymentChange =
  'none' | 'replicas-only' | 'rolling' | 'full-restart' | { readonly refused: ActionError };

/**
 * Decides how the wanted StatefulSet may replace the live one. Both must have been rendered by this project (the
 * wanted one with patches, and stamped after them).
 *
 * Mixed member lists are refused: members that were given other lists, other seeds or another password do not form one
 * cluster, so that in the course of a rolling update neither the old nor the new ones may have a quorum.
 */
export function classifyChange(
  live: StatefulSet,
  wanted: StatefulSet,
  { allowFullRestart }: { readonly allowFullRestart: boolean },
): DeploymentChange {
  const fixed = immutableDifferences(live, wanted);
  if (fixed.length > 0) {
    const message = `StatefulSet ${names.statefulSet} exists, and Kubernetes does not let these fields change: ${fixed.join('; ')}.`;
    return { refused: new ActionError('immutable-field', message) };
  }
  const membership = membershipDifferences(live, wanted);
  if (membership.length > 0) {
    if (allowFullRestart) return 'full-restart';
    const message = `The members of the running cluster would disagree with the new ones about ${membership.join(', ')}.`;
    return { refused: new ActionError('full-restart-needed', message) };
  }
  if (isTemplateChanged(live, wanted) || isUpdateUnfinished(live)) return 'rolling';
  return live.spec.replicas === wanted.spec.replicas ? 'none' : 'replicas-only';
}

/**
 * Whether the members of both versions understand the same requests of the REST interface. During a rolling update a
 * request may meet either; when it was turned on, or its token is another one, the answer of one member tells nothing
 * about the cluster. Of an update that was interrupted the former version is not known.
 */
export function answerAlike(live: StatefulSet, wanted: StatefulSet): boolean {
  const needed = (statefulSet: StatefulSet): readonly (string | undefined)[] => [
    optionsOf(statefulSet).get('Rest.Enable'),
    secretReference(statefulSet, 'entitlementToken')?.name,
  ];
  return isDeepStrictEqual(needed(live), needed(wanted)) && !isUpdateUnfinished(live);
}

/**
 * The fields that this project or a patch sets and that the API server refuses to change.
 * kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1
 */
function immutableDifferences({ spec: live }: StatefulSet, { spec: wanted }: StatefulSet): readonly string[] {
  const policies = [live, wanted].map(({ podManagementPolicy }) => podManagementPolicy ?? 'OrderedReady');
  const claims = [live, wanted].map(({ volumeClaimTemplates }) => volumeClaimTemplates ?? []);
  const differ = (name: string, before: unknown, after: unknown): string =>
    `${name} is ${JSON.stringify(before)} and would become ${JSON.stringify(after)}`;
  return [
    ...(live.serviceName === wanted.serviceName ? [] : [differ('serviceName', live.serviceName, wanted.serviceName)]),
    ...(policies[0] === policies[1] ? [] : [differ('podManagementPolicy', policies[0], policies[1])]),
    ...(isDeepStrictEqual(live.selector, wanted.selector) ? [] : [differ('selector', live.selector, wanted.selector)]),
    ...(claims[0]?.length === claims[1]?.length && contains(claims[0], claims[1])
      ? []
      : [differ('volumeClaimTemplates', claims[0], claims[1])]),
  ];
}

function membershipDifferences(live: StatefulSet, wanted: StatefulSet): readonly string[] {
  const [before, after] = [membershipOf(live), membershipOf(wanted)];
  return Object.keys(after).flatMap(name =>
    before[name] === after[name] ? [] : [`${name} (${before[name] ?? 'none'}, then ${after[name] ?? 'none'})`],
  );
}

/** What all members must agree about, under the names of the inputs. Read from the options: nobody else sets them. */
function membershipOf(statefulSet: StatefulSet): Readonly<Record<string, string | undefined>> {
  const options = optionsOf(statefulSet);
  const list = options.get('ClusterMembers')?.split(',');
  const password = secretReference(statefulSet, 'clusterPassword');
  return {
    'seed-members': options.get('ClusterSeedMemberCount'),
    'max-replicas': list && String(list.length),
    'cluster-domain': list && /\.svc\.([^:]+):/.exec(list[0] ?? '')?.[1],
    'the delivery mode': options.get('ClusterDeliveryMode'),
    'cluster-password': password && `in Secret ${password.name}`,
  };
}

/** The stamp shows what is rendered no longer; a look at the live template shows what somebody else changed by hand. */
function isTemplateChanged(live: StatefulSet, wanted: StatefulSet): boolean {
  return templateStamp(live) !== templateStamp(wanted) || !contains(live.spec.template, wanted.spec.template);
}

/** Members that run an older template than the object has: a run ended in the middle of an update. */
function isUpdateUnfinished({ status }: StatefulSet): boolean {
  return status?.updateRevision !== status?.currentRevision;
}
