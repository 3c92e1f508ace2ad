import { ActionError } from '../errors/action-error.js';
import { identifier } from '../runtime/identifiers.js';
import type { KubernetesApi } from './api/api.js';
import type { Pod, StatefulSet } from './api/types.js';
import { evict } from './drain.js';
import { waitUntil } from './informer/wait-until.js';
import { controllerOf, describeHolders, isHeld, isMember } from './pods.js';

/** The result of a drain for pods that are not members, each as `namespace/name`. */
export interface OthersDrain {
  readonly moved: readonly string[];
  /** The pods that stay on the node, each with the reason. */
  readonly left: readonly string[];
}

/**
 * Evicts all pods from a cordoned node that are not members, side by side, as `kubectl drain --ignore-daemonsets` does
 * without `--force` and `--delete-emptydir-data`. What may not be evicted, and what a PodDisruptionBudget or a long
 * grace period keeps on the node for `timeoutMs` milliseconds, stays and is part of the result: that is a fact about the
 * cluster, not a failure.
 */
export async function drainOthers(
  api: KubernetesApi,
  {
    node,
    statefulSet,
    timeoutMs,
  }: { readonly node: string; readonly statefulSet: StatefulSet; readonly timeoutMs: number },
): Promise<OthersDrain> {
  const deadlineMs = api.clock.now() + timeoutMs;
  const others = await otherPodsOn(api, node, statefulSet);
  const refused = await Promise.all(
    others.map(async pod => obstacleOf(pod) ?? (await tryToEvict(api, pod, deadlineMs - api.clock.now()))),
  );
  const evicted = others.filter((_, index) => refused[index] === undefined);
  const staying = await waitUntilGone(api, node, evicted, deadlineMs - api.clock.now());
  const reasons = others.map((pod, index) => refused[index] ?? (staying.includes(pod) ? lingering(pod) : undefined));
  return {
    moved: others.filter((_, index) => reasons[index] === undefined).map(podName),
    left: others.flatMap((pod, index) => (reasons[index] === undefined ? [] : `${podName(pod)} (${reasons[index]})`)),
  };
}

/**
 * Returns the pods on a node that a drain would move and that the StatefulSet does not control: no pods of DaemonSets,
 * which ignore cordons, no mirrors of static pods, and no pods that have ended.
 */
export async function otherPodsOn(
  api: KubernetesApi,
  node: string,
  statefulSet: StatefulSet | undefined,
): Promise<readonly Pod[]> {
  const selection = { fields: `spec.nodeName=${identifier('node name', node)}` };
  const { items } = await api.list('Pod', selection, `find the other pods on node ${node}`);
  return items.filter(pod => isDrained(pod) && !isMember(pod, statefulSet));
}

/** Returns the name of a pod with its namespace. */
export function podName({ metadata: { namespace = '', name } }: Pod): string {
  return `${namespace}/${name}`;
}

function isDrained(pod: Pod): boolean {
  const ofDaemonSet = controllerOf(pod)?.kind === 'DaemonSet';
  const mirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  const ended = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  return !ofDaemonSet && !mirror && !ended;
}

/** Returns why an eviction would destroy something for good; undefined if the pod may be evicted. */
function obstacleOf(pod: Pod): string | undefined {
  if (controllerOf(pod) === undefined) return 'it has no controller that would replace it';
  const scratch = pod.spec.volumes?.find(({ emptyDir }) => emptyDir !== undefined);
  return scratch && `its emptyDir volume ${scratch.name} would lose its data`;
}

/** Returns why the pod could not be evicted; undefined when it was. */
async function tryToEvict(api: KubernetesApi, pod: Pod, timeoutMs: number): Promise<string | undefined> {
  try {
    await evict(api, pod, pod.metadata.namespace ?? '', timeoutMs);
    return undefined;
  } catch (error) {
    api.signal.throwIfAborted();
    if (error instanceof ActionError) return error.message;
    throw error;
  }
}

/** Returns the pods that are still on the node at the timeout. */
async function waitUntilGone(
  api: KubernetesApi,
  node: string,
  pods: readonly Pod[],
  timeoutMs: number,
): Promise<readonly Pod[]> {
  let staying = pods;
  if (pods.length === 0) return staying;
  await waitUntil(
    api,
    [{ kind: 'Pod', fields: `spec.nodeName=${identifier('node name', node)}` }],
    observation => {
      const uids = new Set(observation.all('Pod').map(({ metadata }) => metadata.uid));
      staying = pods.filter(({ metadata }) => uids.has(metadata.uid));
      return staying.length === 0;
    },
    timeoutMs,
  );
  return staying;
}

function lingering(pod: Pod): string {
  const { spec, metadata } = pod;
  if (isHeld(pod)) return `it is still terminating${describeHolders(pod)}`;
  const grace = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds;
  return `it is still terminating${grace === undefined ? '' : `, with a grace period of ${grace} s`}`;
}
