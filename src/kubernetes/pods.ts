import type { Condition, ContainerStatus, OwnerReference, Pod, StatefulSet } from './api/types.js';

/** A StatefulSet whose pods are the members of a cluster. */
export interface MemberSet {
  readonly namespace: string;
  /** The name of the StatefulSet. */
  readonly name: string;
  /** A label selector that matches its pods. Other pods may match it, too: see `membersAmong`. */
  readonly labels: string;
}

/** Returns the controller of a pod; undefined if it has none. */
export function controllerOf({ metadata }: Pod): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Returns whether the StatefulSet controls the pod. Labels are no proof, because any pod can have them. */
export function isMember(pod: Pod, statefulSet: StatefulSet | undefined): boolean {
  const uid = controllerOf(pod)?.uid;
  return uid !== undefined && uid === statefulSet?.metadata.uid;
}

/** Returns the pods that the StatefulSet controls; none without a StatefulSet. */
export function membersAmong(pods: readonly Pod[], statefulSet: StatefulSet | undefined): readonly Pod[] {
  return pods.filter(pod => isMember(pod, statefulSet));
}

/**
 * Returns the live pods that match the labels of the members but are not members, so that label selectors include them.
 */
export function foreignAmong(pods: readonly Pod[], statefulSet: StatefulSet | undefined): readonly Pod[] {
  const hasEnded = ({ metadata, status }: Pod): boolean =>
    metadata.deletionTimestamp !== undefined || status.phase === 'Succeeded' || status.phase === 'Failed';
  return pods.filter(pod => !isMember(pod, statefulSet) && !hasEnded(pod));
}

/** Returns the ordinal of a StatefulSet pod, which is the number at the end of its name; -1 for other pods. */
export function ordinalOf(podName: string): number {
  return Number(/-(\d+)$/.exec(podName)?.[1] ?? -1);
}

/** Returns the name of the StatefulSet revision of a pod; the controller sets it as a label. */
export function revisionOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.['controller-revision-hash'];
}

/** Returns whether a pod is Ready by its condition (a pod on a lost node keeps its phase) and not being deleted. */
export function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && conditionOf(pod.status, 'Ready')?.status === 'True';
}

export function conditionOf(
  status: { readonly conditions?: readonly Condition[] },
  type: string,
): Condition | undefined {
  return status.conditions?.find(condition => condition.type === type);
}

/** Returns the status of all containers of a pod, init containers first. */
export function containersOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

/** Returns the containers that can keep a pod from being Ready: all except init containers that have completed. */
export function unfinishedContainersOf(pod: Pod): readonly ContainerStatus[] {
  const completed = pod.status.initContainerStatuses?.filter(({ state }) => state?.terminated?.exitCode === 0) ?? [];
  return containersOf(pod).filter(container => !completed.includes(container));
}

/** Returns the container ids of a pod; each start of a container has a new id. */
export function containerIdsOf({ status }: Pod): readonly string[] {
  return (status.containerStatuses ?? []).flatMap(({ containerID }) => containerID ?? []);
}

/** Returns how often the containers of a pod were restarted. */
export function restartsOf(pod: Pod): number {
  return containersOf(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Describes the state of a pod, like the STATUS column of `kubectl get pods`. */
export function describePod(pod: Pod): string {
  const name = pod.metadata.name;
  const { deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) return `${name} is being deleted${describeHolders(pod)}`;
  if (isReady(pod)) return `${name} is Ready`;
  const reasons = unfinishedContainersOf(pod).map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason);
  const reason = reasons.find(text => text !== undefined) ?? conditionOf(pod.status, 'PodScheduled')?.reason;
  const gates = pod.spec.schedulingGates?.map(gate => gate.name) ?? [];
  const gated = gates.length === 0 ? '' : `, held by the scheduling gate ${gates.join(', ')}`;
  return `${name} is ${reason ?? pod.status.phase ?? 'unknown'}${gated}`;
}

/** Returns whether finalizers keep a pod whose deletion was requested; see "Finalizers" in the Kubernetes documentation. */
export function isHeld({ metadata: { deletionTimestamp, finalizers = [] } }: Pod): boolean {
  return deletionTimestamp !== undefined && finalizers.length > 0;
}

/** Returns which finalizers keep a pod whose deletion was requested, to follow a phrase; empty when none does. */
export function describeHolders(pod: Pod): string {
  return isHeld(pod) ? `, held by the finalizer ${pod.metadata.finalizers?.join(', ') ?? ''}` : '';
}
