import { isDeepStrictEqual } from 'node:util';
import { ActionError, toActionError } from '../errors/action-error.js';
import type { KubernetesApi } from './api.js';
import { isReady, membersAmong, type MemberSet, ordinalOf, revisionOf } from './pods.js';
import { type RolloutLimits, waitForMembers } from './rollout.js';
import type { Pod, StatefulSet } from './types.js';

export interface RollingUpdate {
  readonly members: MemberSet;
  /** The StatefulSet as wanted; its `replicas` are those of the live one. */
  readonly wanted: StatefulSet;
  /** The live StatefulSet before the update: the version to come back to. */
  readonly former: StatefulSet;
  /** Limits of the wait for each member. */
  readonly limits: RolloutLimits;
  /** How long the update waits for members that are not Ready before it begins, in milliseconds. */
  readonly readyWithinMs: number;
  /** Whether there is a service to keep while these members are Ready. */
  readonly isServing: (ready: readonly Pod[]) => boolean;
  /** Called when all members are Ready again after one was updated: a round trip through the cluster, or a pause. */
  readonly between: (member: string) => Promise<void>;
  readonly note: (text: string) => void;
}

/**
 * Updates the members one at a time by the partition of the StatefulSet: a pod below it keeps its version. Members that
 * are not Ready are waited for, and when that does not help they come first; then the highest ordinal does. All are
 * updated at once only where too few are Ready for a service. When a member does not come up, or `between` fails, the
 * update is rolled back, by the same rules.
 * @throws ActionError `rollout-reverted` with the reason of the failure, once all members are Ready in the former version;
 * the failure itself, with what became of the members, when that did not work out.
 */
export async function updateMembers(api: KubernetesApi, update: RollingUpdate): Promise<void> {
  const { wanted, isServing, note } = update;
  const now = await listMembers(api, update, 'see whether all members are Ready');
  const settled = now.length >= (wanted.spec.replicas ?? 1) && now.every(isReady);
  const pods = settled ? now : await waitUntilReady(api, update);
  // An autoscaler may have changed the number meanwhile.
  const version = settled ? wanted : await withLiveReplicas(api, update, wanted);
  try {
    await rollOut(api, update, version, pods);
  } catch (error) {
    api.signal.throwIfAborted();
    const reason = toActionError(error);
    note(`The update failed and is rolled back: ${reason.message}`);
    await rollBack(api, update, reason, isServing(pods.filter(isReady)));
    const message = `The update failed and was rolled back; all members run the former version again. ${reason.message}`;
    throw new ActionError('rollout-reverted', message, { evidence: reason.evidence, hint: reason.hint, cause: reason });
  }
}

/** Waits for all members, for a time and as long as there is hope. Returns the members at the end of the wait. */
async function waitUntilReady(api: KubernetesApi, update: RollingUpdate): Promise<readonly Pod[]> {
  const { members, limits, readyWithinMs, note } = update;
  note('Not all members are Ready: the update waits for them first.');
  try {
    return await waitForMembers(api, { members }, { ...limits, remainingMs: () => readyWithinMs });
  } catch (error) {
    api.signal.throwIfAborted();
    note(`The update waits no longer: ${toActionError(error).message}`);
    return listMembers(api, update, 'see which members are Ready');
  }
}

/** Brings the members to a version: one at a time where there is a service to keep, else all at once. */
async function rollOut(
  api: KubernetesApi,
  update: RollingUpdate,
  version: StatefulSet,
  pods: readonly Pod[],
): Promise<void> {
  if (update.isServing(pods.filter(isReady))) {
    await updateInTurn(api, update, version, pods);
    return;
  }
  const { members, limits, note } = update;
  note('Too few members are Ready for a service: all are updated at once.');
  await api.apply(withPartition(version, 0), 'update all members');
  await deleteBroken(api, update, pods);
  await waitForMembers(api, { members, updatedFrom: 0 }, limits);
}

/** Applies a version, updates the members that are not Ready, and then the others, a member at a time. */
async function updateInTurn(
  api: KubernetesApi,
  update: RollingUpdate,
  version: StatefulSet,
  found: readonly Pod[],
): Promise<void> {
  const { members, limits, between, note } = update;
  const replicas = version.spec.replicas ?? 1;
  const broken = canComeFirst(version) ? brokenAmong(found, replicas) : [];
  await api.apply(withPartition(version, Math.min(replicas, ...broken)), 'hold the update before the first member');
  if (broken.length > 0) {
    // The controller touches no other member until these are Ready, by when the partition holds the others again.
    await deleteBroken(api, update, found);
    await waitForMembers(api, { members, remade: broken }, limits);
    await setPartition(api, members, replicas, 'hold the update before the next member');
  }
  const pods = await waitForMembers(api, { members }, limits);
  const { status } = await api.get('StatefulSet', members, 'read the new revision');
  let changed = broken.map(ordinal => `${members.name}-${ordinal}`).at(-1);
  if (changed !== undefined) note(`${changed} is updated and Ready.`);
  let partition = Infinity;
  for (const { metadata } of pods.filter(pod => revisionOf(pod) !== status?.updateRevision).reverse()) {
    if (changed !== undefined) await between(changed);
    partition = ordinalOf(metadata.name);
    await setPartition(api, members, partition, `update ${metadata.name}`);
    await waitForMembers(api, { members, updatedFrom: partition }, limits);
    note(`${metadata.name} is updated and Ready.`);
    changed = metadata.name;
  }
  if (partition === 0) return;
  await setPartition(api, members, 0, 'end the update');
  await waitForMembers(api, { members, updatedFrom: 0 }, limits);
}

/**
 * Whether members that are not Ready can be updated before the others: only with ordered pods the controller leaves the
 * others alone until those are Ready.
 */
function canComeFirst({ spec }: StatefulSet): boolean {
  return spec.podManagementPolicy !== 'Parallel';
}

/** The ordinals without a Ready member, lowest first. */
function brokenAmong(pods: readonly Pod[], replicas: number): readonly number[] {
  const ready = pods.filter(isReady).map(({ metadata }) => ordinalOf(metadata.name));
  return Array.from({ length: replicas }, (_, ordinal) => ordinal).filter(ordinal => !ready.includes(ordinal));
}

/** @throws ActionError the reason of the failure, and what is left, when the former version does not come back. */
async function rollBack(
  api: KubernetesApi,
  update: RollingUpdate,
  reason: ActionError,
  served: boolean,
): Promise<void> {
  const { former, wanted } = update;
  try {
    const version = await withLiveReplicas(api, update, { ...wanted, metadata: former.metadata, spec: former.spec });
    const pods = await listMembers(api, update, 'find the broken members');
    await rollOut(api, inReverse(update), version, pods);
  } catch (error) {
    api.signal.throwIfAborted();
    const second = toActionError(error);
    const parts = [
      reason.message,
      `The update could not be rolled back: ${second.message}`,
      await describeTemplate(api, update),
      ...(served ? [] : ['The former version did not serve before the update either.']),
    ];
    const evidence = [reason.evidence, second.evidence].filter(text => text !== '').join('\n\n');
    throw new ActionError(reason.code, parts.join(' '), { evidence, hint: reason.hint, cause: error });
  }
}

/** Says which template the StatefulSet has, as it is read now. */
async function describeTemplate(api: KubernetesApi, { members, former }: RollingUpdate): Promise<string> {
  try {
    const { spec } = await api.get('StatefulSet', members, 'read back the template');
    return isDeepStrictEqual(spec.template, former.spec.template)
      ? 'The StatefulSet has the former template again.'
      : 'The StatefulSet does not have the former template.';
  } catch {
    api.signal.throwIfAborted();
    return 'Which template the StatefulSet has could not be read.';
  }
}

/** The version with the number of members of the live StatefulSet; none at all is what a full restart leaves. */
async function withLiveReplicas(
  api: KubernetesApi,
  { members }: RollingUpdate,
  version: StatefulSet,
): Promise<StatefulSet> {
  const live = await api.get('StatefulSet', members, 'read the replicas');
  return {
    ...version,
    spec: { ...version.spec, ...defined({ replicas: live.spec.replicas || version.spec.replicas }) },
  };
}

/** A patch, since an apply would also set the replicas, which an autoscaler may have changed meanwhile. */
async function setPartition(api: KubernetesApi, members: MemberSet, partition: number, why: string): Promise<void> {
  const patch = { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } } };
  await api.mergePatch('StatefulSet', members, patch, why);
}

/** On the way back a round trip that fails is told but does not stop: half of each version would be worse. */
function inReverse(update: RollingUpdate): RollingUpdate {
  const note = (text: string): void => {
    update.note(`Rolling back: ${text}`);
  };
  const between = async (member: string): Promise<void> => {
    await update.between(member).catch((error: unknown) => {
      note(toActionError(error).message);
    });
  };
  return { ...update, note, between };
}

/**
 * Deletes the members that are not Ready. With ordered pods the StatefulSet waits for such a pod for ever, even when its
 * template has been mended; see "Forced rollback" in the Kubernetes documentation of StatefulSets.
 */
async function deleteBroken(
  api: KubernetesApi,
  { members: { namespace } }: RollingUpdate,
  pods: readonly Pod[],
): Promise<void> {
  for (const { metadata } of pods.filter(pod => !isReady(pod) && pod.metadata.deletionTimestamp === undefined)) {
    const why = `delete ${metadata.name}, which is not Ready`;
    await api.remove('Pod', { namespace, name: metadata.name }, why, defined({ uid: metadata.uid }));
  }
}

async function listMembers(
  api: KubernetesApi,
  { members: { namespace, labels }, former }: RollingUpdate,
  why: string,
): Promise<readonly Pod[]> {
  return membersAmong((await api.list('Pod', { namespace, labels }, why)).items, former);
}

/** The StatefulSet with an update that reaches only the ordinals from `partition` on. */
export function withPartition(statefulSet: StatefulSet, partition: number): StatefulSet {
  const { apiVersion, kind, metadata, spec } = statefulSet;
  const { name, namespace, labels, annotations } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...defined({ namespace, labels, annotations }) },
    spec: { ...spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } },
  };
}

function defined<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
