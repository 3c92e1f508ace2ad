import { isSelectedBy, meets } from './api/label-selector.js';
import type { Node, Pod, PodSpec, StatefulSet, Taint } from './api/types.js';
import { describeNode, isCordoned, isInService, isNodeReady } from './nodes.js';
import { milli, requestsOf } from './pod-requests.js';

const byNode = 'kubernetes.io/hostname';

/**
 * Taints of a node that is about to be removed: no toleration makes it a place to stay. "How does scale-down work?" in
 * the Cluster Autoscaler FAQ; the second one has the effect PreferNoSchedule.
 */
const leavingTaints = ['ToBeDeletedByClusterAutoscaler', 'DeletionCandidateOfClusterAutoscaler'];

/**
 * Returns why no pod of the StatefulSet can run on a node; undefined when one can. Without the pods on the node, its
 * free resources are not considered. The rules are those of the scheduler ("Assigning Pods to Nodes" and "Taints and
 * Tolerations" in the Kubernetes documentation).
 */
export function describeObstacle(set: StatefulSet, node: Node, podsOnNode?: readonly Pod[]): string | undefined {
  if (!isNodeReady(node)) return 'it is not Ready';
  if (!isInService(node)) return `it is not in service: ${describeNode(node)}`;
  if (isCordoned(node)) return 'it is cordoned';
  return (
    describeTaints(set, node.spec.taints) ??
    describeLabels(set, node) ??
    (podsOnNode && roomOn(set, node, podsOnNode).obstacle)
  );
}

/**
 * Returns why a node is not one for the pods of the StatefulSet, whatever its momentary condition; undefined when it is
 * one.
 */
export function describeMismatch(set: StatefulSet, node: Node): string | undefined {
  // The cordon and the conditions of a node also are such taints.
  const lasting = node.spec.taints?.filter(({ key }) => !key.startsWith('node.kubernetes.io/'));
  return describeTaints(set, lasting) ?? describeLabels(set, node);
}

function describeTaints({ spec: { template } }: StatefulSet, taints: readonly Taint[] = []): string | undefined {
  const taint = taints.find(one => !isTolerated(one, template.spec));
  return taint && `it has the taint ${describeTaint(taint)}, which the members do not tolerate`;
}

function describeLabels({ spec: { template } }: StatefulSet, { metadata }: Node): string | undefined {
  const { nodeSelector = {}, affinity } = template.spec as PodSpec;
  const { labels = {}, name } = metadata;
  const [key, wanted] = Object.entries(nodeSelector).find(([label, value]) => labels[label] !== value) ?? [];
  if (key !== undefined) return `its label ${key} is ${labels[key] ?? 'missing'}, and the members need ${wanted}`;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const fits = terms?.some(({ matchExpressions = [], matchFields = [] }) => {
    const isEmpty = matchExpressions.length + matchFields.length === 0;
    const meetsAll = matchExpressions.every(one => meets(labels, one));
    return !isEmpty && meetsAll && matchFields.every(one => meets({ 'metadata.name': name }, one));
  });
  return fits === false ? 'it does not match the node affinity that the members require' : undefined;
}

function isTolerated(taint: Taint, { tolerations = [] }: PodSpec): boolean {
  if (leavingTaints.includes(taint.key)) return false;
  if (taint.effect === 'PreferNoSchedule') return true;
  return tolerations.some(
    ({ key = '', operator = 'Equal', value = '', effect = '', tolerationSeconds }) =>
      (effect === '' || effect === taint.effect) &&
      (key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || value === (taint.value ?? '')) &&
      // After this time, the pod is evicted.
      (taint.effect !== 'NoExecute' || tolerationSeconds === undefined),
  );
}

/** Returns a taint in the format of kubectl. */
function describeTaint({ key, value = '', effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

/** How many more pods fit on a node; when none, why. */
export interface Room {
  readonly pods: number;
  readonly obstacle: string | undefined;
}

/**
 * Returns how many more pods of the StatefulSet the free resources of a node hold, beside the pods that run there; at
 * most one if the pods must not share a node. A node that does not state its resources holds any number.
 */
export function roomOn(set: StatefulSet, node: Node, podsOnNode: readonly Pod[]): Room {
  const { template } = set.spec;
  const running = podsOnNode.filter(({ status: { phase } }) => phase !== 'Succeeded' && phase !== 'Failed');
  const { affinity } = template.spec as PodSpec;
  const apart = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.filter(
    ({ topologyKey, labelSelector }) =>
      topologyKey === byNode && isSelectedBy(labelSelector, template.metadata?.labels),
  );
  const isApart = (pod: Pod): boolean =>
    pod.metadata.namespace === set.metadata.namespace &&
    apart?.some(({ labelSelector }) => isSelectedBy(labelSelector, pod.metadata.labels)) === true;
  const neighbour = running.find(isApart);
  if (neighbour !== undefined) {
    return { pods: 0, obstacle: `it runs ${neighbour.metadata.name}, and members must not share a node` };
  }
  const { allocatable } = node.status;
  const used = running.map(({ spec }) => requestsOf(spec));
  const amounts = Object.entries(allocatable === undefined ? {} : requestsOf(template.spec)).map(([name, wanted]) => {
    const total = milli(allocatable?.[name] ?? '0');
    const free = total - used.reduce((sum, requests) => sum + (requests[name] ?? 0), 0);
    return { name, wanted, free, fits: Math.max(0, Math.floor(free / wanted)) };
  });
  const least = Math.min(Infinity, ...amounts.map(({ fits }) => fits));
  const short = amounts.find(({ fits }) => fits === 0);
  return {
    pods: apart !== undefined && apart.length > 0 ? Math.min(1, least) : least,
    obstacle:
      short &&
      `it has ${inWords(short.name, short.free)} left, and a member requests ${inWords(short.name, short.wanted)}`,
  };
}

function inWords(name: string, amount: number): string {
  if (name === 'cpu') return `${amount}m CPU`;
  if (name === 'memory') return `${Math.floor(amount / 1000 / 2 ** 20)} MiB memory`;
  return `${Math.floor(amount / 1000)} ${name}`;
}

/**
 * Returns how many more pods than the emptiest node a node may have, if the StatefulSet spreads its pods over nodes
 * strictly; Infinity otherwise.
 */
export function maxSkewOf({ spec: { template } }: StatefulSet): number {
  const { topologySpreadConstraints = [] } = template.spec as PodSpec;
  const strict = topologySpreadConstraints.filter(
    ({ topologyKey, whenUnsatisfiable, labelSelector }) =>
      topologyKey === byNode &&
      whenUnsatisfiable === 'DoNotSchedule' &&
      isSelectedBy(labelSelector, template.metadata?.labels),
  );
  return Math.min(Infinity, ...strict.map(({ maxSkew }) => maxSkew));
}
