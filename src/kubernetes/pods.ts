import type { Condition, ContainerStatus, Pod } from './types.js';

/** A StatefulSet whose pods are the members of a cluster. */
export interface MemberSet {
  readonly namespace: string;
  /** The name of the StatefulSet. */
  readonly name: string;
  /** A label selector that its pods, and no others of the namespace, match. */
  readonly labels: string;
}

/** The ordinal of a StatefulSet's pod: the number that its name ends in; -1 for any other pod. */
export function ordinalOf(podName: string): number {
  return Number(/-(\d+)$/.exec(podName)?.[1] ?? -1);
}

/** The name of the StatefulSet's revision that a pod was made from; the controller labels its pods with it. */
export function revisionOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.['controller-revision-hash'];
}

/** Ready by its condition (a pod on a lost node keeps its phase), and not being deleted. */
export function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && conditionOf(pod.status, 'Ready')?.status === 'True';
}

export function conditionOf(
  status: { readonly conditions?: readonly Condition[] },
  type: string,
): Condition | undefined {
  return status.conditions?.find(condition => condition.type === type);
}

/** All containers of a pod that have a status, those that run before the others first. */
export function containersOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

/** The containers that run in a pod: another id each time that one is started. */
export function containerIdsOf({ status }: Pod): readonly string[] {
  return (status.containerStatuses ?? []).flatMap(({ containerID }) => containerID ?? []);
}

/** Times the containers of a pod were restarted. */
export function restartsOf(pod: Pod): number {
  return containersOf(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** The state of a pod in a few words, as the STATUS column of `kubectl get pods`. */
export function describePod(pod: Pod): string {
  const name = pod.metadata.name;
  if (pod.metadata.deletionTimestamp !== undefined) return `${name} is being deleted`;
  if (isReady(pod)) return `${name} is Ready`;
  const reasons = containersOf(pod).map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason);
  const reason = reasons.find(text => text !== undefined) ?? conditionOf(pod.status, 'PodScheduled')?.reason;
  return `${name} is ${reason ?? pod.status.phase ?? 'unknown'}`;
}
