import { ActionError, toActionError } from '../errors/action-error.js';
import type { KubernetesApi } from './api.js';
import type { MemberSet } from './pods.js';
import { isReady, membersAmong, ordinalOf, revisionOf } from './pods.js';
import type { RolloutLimits } from './rollout.js';
import { waitForMembers } from './rollout.js';
import type { Pod, StatefulSet } from './types.js';

export interface RollingUpdate {
  readonly members: MemberSet;
  /** The StatefulSet as wanted; its `replicas` are those of the live one. */
  readonly wanted: StatefulSet;
  /** The live StatefulSet before the update: the version to come back to. */
  readonly former: StatefulSet;
  /** Limits of the wait for each member. */
  readonly limits: RolloutLimits;
  /** Called when all members are Ready again after one was updated: a round trip through the cluster, or a pause. */
  readonly between: (member: string) => Promise<void>;
  readonly note: (text: string) => void;
}

/**
 * Updates the members one at a time, the highest ordinal first, by lowering the partition of the StatefulSet: a pod below
 * it keeps its version. When a member does not come up, or `between` fails, the former version is put back. When some
 * member is not Ready to begin with, there is no service to keep: then all are updated at once, and nothing is put back.
 * @throws ActionError `rollout-reverted` with the reason of the failure, once the former version serves again; the
 * failure itself, saying so, when that did not work out.
 */
export async function updateMembers(api: KubernetesApi, update: RollingUpdate): Promise<void> {
  const { wanted, note } = update;
  const pods = await listMembers(api, update, 'see whether all members are Ready');
  if (pods.length < (wanted.spec.replicas ?? 1) || !pods.every(isReady)) {
    note('Not all members are Ready: they are updated without the care for a running service.');
    await replaceBroken(api, update);
    return;
  }
  try {
    await walk(api, update, wanted);
  } catch (error) {
    api.signal.throwIfAborted();
    const reason = toActionError(error);
    note(`The update failed, the former version is put back: ${reason.message}`);
    await revert(api, update, reason);
    const message = `The update failed and was taken back; all members run the former version again. ${reason.message}`;
    throw new ActionError('rollout-reverted', message, { evidence: reason.evidence, hint: reason.hint, cause: reason });
  }
}

/** Applies a version that no member has yet, then brings them to it, a member at a time. */
async function walk(api: KubernetesApi, update: RollingUpdate, version: StatefulSet, justChanged = ''): Promise<void> {
  const { members, limits, between, note } = update;
  const statefulSet = withPartition(version, version.spec.replicas ?? 1);
  await api.apply(statefulSet, 'hold the update before the first member');
  const pods = await waitForMembers(api, { members }, limits);
  const { status } = await api.get('StatefulSet', members, 'read the new revision');
  let changed = justChanged;
  let partition = Infinity;
  for (const { metadata } of pods.filter(pod => revisionOf(pod) !== status?.updateRevision).reverse()) {
    if (changed !== '') await between(changed);
    partition = ordinalOf(metadata.name);
    await lowerPartition(api, members, partition, `update ${metadata.name}`);
    await waitForMembers(api, { members, updatedFrom: partition }, limits);
    note(`${metadata.name} is updated and Ready.`);
    changed = metadata.name;
  }
  if (partition === 0) return;
  await lowerPartition(api, members, 0, 'end the update');
  await waitForMembers(api, { members, updatedFrom: 0 }, limits);
}

async function revert(api: KubernetesApi, update: RollingUpdate, reason: ActionError): Promise<void> {
  const { members, limits } = update;
  try {
    const live = await api.get('StatefulSet', members, 'read the replicas');
    const spec = { ...update.former.spec, ...defined({ replicas: live.spec.replicas }) };
    const former: StatefulSet = { ...update.wanted, metadata: update.former.metadata, spec };
    await api.apply(withPartition(former, spec.replicas ?? 1), 'put the former version back');
    const broken = (await deleteBroken(api, update))[0];
    await waitForMembers(api, { members }, limits);
    await walk(api, inReverse(update), former, broken);
  } catch (error) {
    api.signal.throwIfAborted();
    const second = toActionError(error);
    const message = `${reason.message} The former version could not be put back: ${second.message}`;
    const evidence = [reason.evidence, second.evidence].filter(text => text !== '').join('\n\n');
    throw new ActionError(reason.code, message, { evidence, hint: reason.hint, cause: error });
  }
}

async function replaceBroken(api: KubernetesApi, update: RollingUpdate): Promise<void> {
  const { members, wanted, limits } = update;
  await api.apply(withPartition(wanted, 0), 'update all members');
  await deleteBroken(api, update);
  await waitForMembers(api, { members, updatedFrom: 0 }, limits);
}

/** A patch, since an apply would also set the replicas, which an autoscaler may have changed meanwhile. */
async function lowerPartition(api: KubernetesApi, members: MemberSet, partition: number, why: string): Promise<void> {
  const patch = { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } } };
  await api.mergePatch('StatefulSet', members, patch, why);
}

/** On the way back a round trip that fails is told but does not stop: half of each version would be worse. */
function inReverse(update: RollingUpdate): RollingUpdate {
  const note = (text: string): void => {
    update.note(`Taking back: ${text}`);
  };
  const between = async (member: string): Promise<void> => {
    await update.between(member).catch((error: unknown) => {
      note(toActionError(error).message);
    });
  };
  return { ...update, note, between };
}

/**
 * Deletes the pods that are not Ready. With ordered pods the StatefulSet waits for such a pod for ever, even when its
 * template has been mended; see "Forced rollback" in the Kubernetes documentation of StatefulSets. Gives their names.
 */
async function deleteBroken(api: KubernetesApi, update: RollingUpdate): Promise<readonly string[]> {
  const { namespace } = update.members;
  const pods = await listMembers(api, update, 'find the broken members');
  const broken = pods.filter(pod => !isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  for (const { metadata } of broken) {
    const why = `delete ${metadata.name}, which is not Ready`;
    await api.remove('Pod', { namespace, name: metadata.name }, why, defined({ uid: metadata.uid }));
  }
  return broken.map(({ metadata }) => metadata.name);
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
