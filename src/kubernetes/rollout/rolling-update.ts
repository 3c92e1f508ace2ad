import { isDeepStrictEqual } from 'node:util';
import { ActionError, toActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../api/api.js';
import type { Pod, StatefulSet } from '../api/types.js';
import { isReady, membersAmong, type MemberSet, ordinalOf, revisionOf } from '../pods.js';
import { type RolloutLimits, waitForMembers } from './rollout.js';

type UpdateStrategy = NonNullable<StatefulSet['spec']['updateStrategy']>;

const onDelete = { type: 'OnDelete' };

export interface RollingUpdate {
  readonly members: MemberSet;
  /** The desired StatefulSet, with the `replicas` of the live one. */
  readonly wanted: StatefulSet;
  /** The live StatefulSet before the update: the version to roll back to. */
  readonly former: StatefulSet;
  /** The limits of the wait for each member. */
  readonly limits: RolloutLimits;
  /** How long to wait for members that are not Ready before the update starts, in milliseconds. */
  readonly readyWithinMs: number;
  /** Returns whether the service is available with these Ready members. */
  readonly isServing: (ready: readonly Pod[]) => boolean;
  /**
   * Called after each updated member, when all members are Ready again: a round trip through the cluster, or a pause.
   */
  readonly between: (member: string) => Promise<void>;
  readonly note: (text: string) => void;
}

/**
 * Updates the members one at a time with the partition of the StatefulSet: pods with a lower ordinal keep their
 * version. First it waits for members that are not Ready. If they do not become Ready, they are updated first; then the
 * others, from the highest ordinal down. All members are updated at the same time only if too few are Ready for the
 * service. When a member does not become Ready, or `between` fails, the update is rolled back by the same rules.
 * @throws ActionError `rollout-reverted` with the reason, when all members are Ready in the former version; the failure
 * itself, with the state of the members, when the rollback failed.
 */
export async function updateMembers(api: KubernetesApi, update: RollingUpdate): Promise<void> {
  const { wanted, isServing, note } = update;
  const now = await listMembers(api, update, 'check whether all members are Ready');
  const allReady = now.length >= (wanted.spec.replicas ?? 1) && now.every(isReady);
  const pods = allReady ? now : await waitUntilReady(api, update);
  // An autoscaler may have changed the replicas during the wait.
  const version = allReady ? wanted : await withLiveReplicas(api, update, wanted);
  try {
    await rollOut(api, update, version, pods);
  } catch (error) {
    api.signal.throwIfAborted();
    const reason = toActionError(error);
    note(`The update failed and is being rolled back: ${reason.message}`);
    await rollBack(api, update, reason, isServing(pods.filter(isReady)));
    const message = `The update failed and was rolled back; all members run the former version again. ${reason.message}`;
    throw new ActionError('rollout-reverted', message, { evidence: reason.evidence, hint: reason.hint, cause: reason });
  }
}

/**
 * Waits until all members are Ready, the timeout is reached or a failure is confirmed. Returns the members at the end
 * of the wait.
 */
async function waitUntilReady(api: KubernetesApi, update: RollingUpdate): Promise<readonly Pod[]> {
  const { members, limits, readyWithinMs, note } = update;
  note('Not all members are Ready: waiting for them before the update.');
  try {
    return await waitForMembers(api, { members }, { ...limits, remainingMs: () => readyWithinMs });
  } catch (error) {
    api.signal.throwIfAborted();
    note(`The update no longer waits: ${toActionError(error).message}`);
    return listMembers(api, update, 'find the Ready members');
  }
}

/** Updates the members to a version: one at a time if the service is available, else all at the same time. */
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
  note('Too few members are Ready for the service: all are updated at the same time.');
  await api.apply(withStrategy(version, fromPartition(0)), 'update all members');
  await deleteNotReady(api, update, pods);
  await waitForMembers(api, { members, updatedFrom: 0 }, limits);
}

/** Applies a version, updates the members that are not Ready, and then the others one at a time. */
async function updateInTurn(
  api: KubernetesApi,
  update: RollingUpdate,
  version: StatefulSet,
  found: readonly Pod[],
): Promise<void> {
  const { members, limits, between, note } = update;
  const replicas = version.spec.replicas ?? 1;
  const notReady = notReadyOrdinals(found, replicas);
  if (notReady.length === 0) {
    await api.apply(withStrategy(version, fromPartition(replicas)), 'hold the update before the first member');
  } else {
    await updateNotReady(api, update, version, found);
  }
  const pods = await waitForMembers(api, { members }, limits);
  const { status } = await api.get('StatefulSet', members, 'read the new revision');
  let updated = notReady.map(ordinal => `${members.name}-${ordinal}`).at(-1);
  if (updated !== undefined) note(`${updated} is updated and Ready.`);
  let partition = Infinity;
  for (const { metadata } of pods.filter(pod => revisionOf(pod) !== status?.updateRevision).reverse()) {
    if (updated !== undefined) await between(updated);
    partition = ordinalOf(metadata.name);
    await setStrategy(api, members, fromPartition(partition), `update ${metadata.name}`);
    await waitForMembers(api, { members, updatedFrom: partition }, limits);
    note(`${metadata.name} is updated and Ready.`);
    updated = metadata.name;
  }
  if (partition === 0) return;
  await setStrategy(api, members, fromPartition(0), 'end the update');
  await waitForMembers(api, { members, updatedFrom: 0 }, limits);
}

/**
 * Applies a version and recreates only the members that are not Ready in it. With `OnDelete` the controller replaces no
 * other member, however soon these become Ready; see "Update strategies" in the Kubernetes documentation of StatefulSets.
 */
async function updateNotReady(
  api: KubernetesApi,
  update: RollingUpdate,
  version: StatefulSet,
  found: readonly Pod[],
): Promise<void> {
  const { members, limits } = update;
  // The API server refuses `OnDelete` beside a partition, which an apply does not remove once a patch has set it.
  await setStrategy(api, members, { ...onDelete, rollingUpdate: null }, 'update only members that are deleted');
  await api.apply(withStrategy(version, onDelete), 'apply the new version');
  const deleted = await deleteNotReady(api, update, found);
  await waitForMembers(api, { members, gone: deleted }, limits);
  await setStrategy(api, members, fromPartition(version.spec.replicas ?? 1), 'hold the update before the next member');
}

/** Returns the ordinals without a Ready member, lowest first. */
function notReadyOrdinals(pods: readonly Pod[], replicas: number): readonly number[] {
  const ready = pods.filter(isReady).map(({ metadata }) => ordinalOf(metadata.name));
  return Array.from({ length: replicas }, (_, ordinal) => ordinal).filter(ordinal => !ready.includes(ordinal));
}

/** Rolls the update back. @throws ActionError the reason of the failure, and the state, when the rollback fails. */
async function rollBack(
  api: KubernetesApi,
  update: RollingUpdate,
  reason: ActionError,
  wasServing: boolean,
): Promise<void> {
  const { former, wanted } = update;
  try {
    const version = await withLiveReplicas(api, update, { ...wanted, metadata: former.metadata, spec: former.spec });
    const pods = await listMembers(api, update, 'find the members that are not Ready');
    await rollOut(api, asRollback(update), version, pods);
  } catch (error) {
    api.signal.throwIfAborted();
    const second = toActionError(error);
    const parts = [
      reason.message,
      `The update could not be rolled back: ${second.message}`,
      await describeTemplate(api, update),
      ...(wasServing ? [] : ['The service was already unavailable before the update.']),
    ];
    const evidence = [reason.evidence, second.evidence].filter(text => text !== '').join('\n\n');
    throw new ActionError(reason.code, parts.join(' '), { evidence, hint: reason.hint, cause: error });
  }
}

async function describeTemplate(api: KubernetesApi, { members, former }: RollingUpdate): Promise<string> {
  try {
    const { spec } = await api.get('StatefulSet', members, 'read the current template');
    return isDeepStrictEqual(spec.template, former.spec.template)
      ? 'The StatefulSet has the former template again.'
      : 'The StatefulSet does not have the former template.';
  } catch {
    api.signal.throwIfAborted();
    return 'The template of the StatefulSet could not be read.';
  }
}

/** Returns the version with the replicas of the live StatefulSet, unless these are 0, as after a full restart. */
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

/** Sets the update strategy with a patch: an apply would also set the replicas, which an autoscaler may have changed. */
async function setStrategy(api: KubernetesApi, members: MemberSet, updateStrategy: object, why: string): Promise<void> {
  await api.mergePatch('StatefulSet', members, { spec: { updateStrategy } }, why);
}

/**
 * Returns the update for a rollback: a failed round trip is reported but does not stop it, because a mix of versions
 * would be worse.
 */
function asRollback(update: RollingUpdate): RollingUpdate {
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
 * Deletes the members that are not Ready, and returns their UIDs. With ordered pod management, the StatefulSet waits for
 * such a pod forever, even after its template is fixed; see "Forced rollback" in the Kubernetes documentation of
 * StatefulSets.
 */
async function deleteNotReady(
  api: KubernetesApi,
  { members: { namespace } }: RollingUpdate,
  pods: readonly Pod[],
): Promise<readonly string[]> {
  const notReady = pods.filter(pod => !isReady(pod));
  for (const { metadata } of notReady.filter(pod => pod.metadata.deletionTimestamp === undefined)) {
    const why = `delete ${metadata.name}, which is not Ready`;
    await api.remove('Pod', { namespace, name: metadata.name }, why, { uid: metadata.uid });
  }
  return notReady.flatMap(({ metadata }) => metadata.uid ?? []);
}

async function listMembers(
  api: KubernetesApi,
  { members: { namespace, labels }, former }: RollingUpdate,
  why: string,
): Promise<readonly Pod[]> {
  return membersAmong((await api.list('Pod', { namespace, labels }, why)).items, former);
}

/** Returns what an apply of the StatefulSet with this update strategy sends. */
export function withStrategy(statefulSet: StatefulSet, updateStrategy: UpdateStrategy): StatefulSet {
  const { apiVersion, kind, metadata, spec } = statefulSet;
  const { name, namespace, labels, annotations } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...defined({ namespace, labels, annotations }) },
    spec: { ...spec, updateStrategy },
  };
}

/** Returns the strategy that updates only the ordinals from `partition` on. */
function fromPartition(partition: number): UpdateStrategy {
  return { type: 'RollingUpdate', rollingUpdate: { partition } };
}

function defined<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
