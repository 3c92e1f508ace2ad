import type { Condition, ContainerStatus, OwnerReference, Pod, StatefulSet } from './types.js';

/** A StatefulSet whose pods are the members of a cluster. */
export interface MemberSet {
  readonly namespace: string;
  /** The name of the StatefulSet. */
  readonly name: string;
  /** A label selector that its pods match. Other pods may match it too: see `membersAmong`. */
  readonly labels: string;
}

/** The owner that manages an object; undefined for one that nobody manages. */
export function controllerOf({ metadata }: Pod): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether the StatefulSet controls the pod. Labels prove nothing: anybody can give them to a pod. */
export function isMember(pod: Pod, statefulSet: StatefulSet | undefined): boolean {
  const uid = controllerOf(pod)?.uid;
  return uid !== undefined && uid === statefulSet?.metadata.uid;
}

/** The pods that the StatefulSet controls. Without a StatefulSet there are none. */
export function membersAmong(pods: readonly Pod[], statefulSet: StatefulSet | undefined): readonly Pod[] {
  return pods.filter(pod => isMember(pod, statefulSet));
}

/** The live pods that match the labels of the members and are none, so that whatever selects by label takes them too. */
export function foreignAmong(pods: readonly Pod[], statefulSet: StatefulSet | undefined): readonly Pod[] {
  const hasEnded = ({ metadata, status }: Pod): boolean =>
    metadata.deletionTimestamp !== undefined || status.phase === 'Succeeded' || status.phase === 'Failed';
  return pods.filter(pod => !isMember(pod, statefulSet) && !hasEnded(pod));
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
