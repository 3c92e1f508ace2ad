import type { KubernetesApi } from '../../kubernetes/api.js';
import { uncordon } from '../../kubernetes/cordon.js';
import { isInService, isNodeReady } from '../../kubernetes/nodes.js';
import { isReady } from '../../kubernetes/pods.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import type { RolloutLimits } from '../../kubernetes/rollout.js';
import { waitForMembers } from '../../kubernetes/rollout.js';
import { findAutoscaler, requestReplicas, setBounds } from '../../kubernetes/scaling.js';
import type { PutBackRecord } from '../../report/experiment.js';
import type { Note } from '../../report/journal.js';
import type { Machines } from '../machines.js';
import { seenWithin } from '../seen.js';
import { releaseNodes } from './annotations.js';
import { isKubeletAlive } from './kubelet.js';
import type { Mark } from './mark.js';
import { removeMark } from './mark-store.js';
import type { Undoing } from './undoing.js';
import { collectUndos } from './undoing.js';

/** What putting back works with; its signal is not that of the forward work. */
export interface RestoreEnv {
  readonly api: KubernetesApi;
  readonly members: MemberSet;
  /** Undefined where the provider is not aks. */
  readonly machines: Machines | undefined;
  readonly limits: RolloutLimits;
  readonly note: Note;
}

/**
 * Puts the cluster back as the mark says it was found, and then removes the mark: machines started, uncordoned, all
 * Ready, scaled back, bounds of the autoscalers. It goes by nothing but the mark and may be repeated at any point.
 */
export async function restore(env: RestoreEnv, mark: Mark): Promise<PutBackRecord> {
  const undoing = collectUndos(env.api.clock, env.api.signal, env.note);
  await mendWith(env, mark, undoing);
  await settleWith(env, mark, undoing);
  if (undoing.record().left.length === 0) {
    await undoing.attempt('the mark is to be removed', async () => {
      await removeMark(env.api, mark);
      return undefined;
    });
  }
  return undoing.record();
}

/**
 * The first half of `restore`, which ends the fault: gives what was done as sentences. What fails is tried again there,
 * and told then.
 */
export async function mend(env: RestoreEnv, mark: Mark): Promise<readonly string[]> {
  const undoing = collectUndos(env.api.clock, env.api.signal, env.note);
  await mendWith(env, mark, undoing);
  return undoing.record().did;
}

/**
 * The calls of `restore` that take one moment and can do no harm, all at once: a cancelled step has seconds left. Members
 * are left to post: scaling in asks no disruption budget, and so waits until all are Ready.
 */
export async function hurry({ api, machines }: RestoreEnv, { undo }: Mark): Promise<void> {
  await Promise.allSettled([
    ...undo.machines.map(({ machine }) => machines?.start(machine, { wait: false })),
    ...undo.cordons.map(({ node }) => uncordon(api, node)),
  ]);
}

async function mendWith(env: RestoreEnv, { undo }: Mark, { attempt }: Undoing): Promise<void> {
  const { api, members } = env;
  await Promise.all([
    ...undo.machines.map(({ node, machine }) =>
      attempt(`the machine of node ${node} is to be started`, async () => {
        if (['running', 'deleted'].includes(await needed(env.machines).powerState(machine))) return undefined;
        await needed(env.machines).start(machine);
        return `The machine of node ${node} runs again.`;
      }),
    ),
    ...undo.kubelets.map(({ node, uid, machine }) =>
      attempt(`the kubelet of node ${node} is to be started`, async () => {
        const now = await api.find('Node', { name: node }, `see whether node ${node} is Ready`);
        if (now?.metadata.uid !== uid || (isNodeReady(now) && (await isKubeletAlive(api, node)))) return undefined;
        await needed(env.machines).startKubelet(machine);
        return `The kubelet of node ${node} was started.`;
      }),
    ),
    ...undo.cordons.map(({ node, uid }) =>
      attempt(`node ${node} is to be uncordoned`, async () => {
        const now = await api.find('Node', { name: node }, `see whether node ${node} is cordoned`);
        if (now?.metadata.uid !== uid || now.spec.unschedulable !== true) return undefined;
        await uncordon(api, node);
        return `Node ${node} is schedulable again.`;
      }),
    ),
    attempt(`there are to be ${undo.replicas ?? 0} members again`, async () => {
      const wanted = undo.replicas;
      if (wanted === undefined) return undefined;
      const now = await replicasOf(api, members);
      if (now === undefined || now >= wanted) return undefined;
      await requestReplicas(api, members, wanted);
      return `${wanted} members are wanted again.`;
    }),
  ]);
}

async function settleWith(env: RestoreEnv, mark: Mark, { attempt }: Undoing): Promise<void> {
  const { api, members, limits, note } = env;
  const { undo, autoscaler } = mark;
  const { namespace } = members;
  // A wait that fails is no reason to leave the rest as it is: what it takes fails by itself, and is told.
  const whole = await isWhole(env, mark).catch(() => false);
  if (!whole) note('Not all nodes and members were Ready while the cluster was put back.');
  await attempt(`there are to be ${undo.replicas ?? 0} members again`, async () => {
    const wanted = undo.replicas;
    if (wanted === undefined) return undefined;
    const now = await replicasOf(api, members);
    // An autoscaler may be about to act on the bounds of the experiment: only those of the former number keep it.
    if (now === undefined || (now === wanted && autoscaler === undefined)) return undefined;
    await requestReplicas(api, members, wanted);
    await waitForMembers(api, { members, replicas: wanted }, limits);
    return `There are ${wanted} members again.`;
  });
  await Promise.all([
    attempt(`autoscaler ${autoscaler?.name ?? ''} is to get its bounds back`, async () => {
      const now = autoscaler && (await findAutoscaler(api, members));
      if (!autoscaler || !now) return undefined;
      if (now.minReplicas === autoscaler.minReplicas && now.maxReplicas === autoscaler.maxReplicas) return undefined;
      await setBounds(api, namespace, autoscaler.name, autoscaler);
      return `Autoscaler ${autoscaler.name} has its bounds back.`;
    }),
    attempt(`node pool ${undo.pool?.name ?? ''} is to get its bounds back`, async () => {
      if (undo.pool === undefined) return undefined;
      const { bounds } = await needed(env.machines).pool(undo.pool.name);
      if (bounds?.minCount === undo.pool.bounds.minCount && bounds.maxCount === undo.pool.bounds.maxCount) {
        return undefined;
      }
      await needed(env.machines).setPoolBounds(undo.pool.name, undo.pool.bounds);
      return `Node pool ${undo.pool.name} has its bounds back.`;
    }),
  ]);
  await attempt('the annotations of the nodes are to be removed', async () => {
    await releaseNodes(api, mark);
    return undefined;
  });
}

/**
 * Waits for the nodes that were lost and the members that are to stay, for a time. After that the rest is put back all
 * the same: none of it makes it worse for a member that does not come.
 */
async function isWhole({ api, members, limits }: RestoreEnv, { undo }: Mark): Promise<boolean> {
  const { namespace, labels, name } = members;
  const found = await replicasOf(api, members);
  const wanted = found === undefined ? 0 : (undo.replicas ?? found);
  const lost = [...undo.machines, ...undo.kubelets].map(({ node }) => node);
  return seenWithin(
    api,
    [{ kind: 'Node' }, { kind: 'Pod', namespace, labels }],
    view => {
      const nodes = view.all('Node').filter(({ metadata }) => lost.includes(metadata.name));
      const staying = Array.from({ length: wanted }, (_, ordinal) => view.find('Pod', `${name}-${ordinal}`));
      return nodes.every(isInService) && staying.every(pod => pod !== undefined && isReady(pod));
    },
    limits.timeoutMs,
  );
}

/** How many members are wanted; undefined when the StatefulSet is gone, and with it all there was to put back in it. */
async function replicasOf(api: KubernetesApi, { namespace, name }: MemberSet): Promise<number | undefined> {
  const set = await api.find('StatefulSet', { namespace, name }, 'read the number of members');
  return set && (set.spec.replicas ?? 1);
}

/** A mark that names machines was written with provider aks; whoever restores it needs the same. */
function needed(machines: Machines | undefined): Machines {
  if (machines === undefined) throw new Error('it takes provider aks to reach the machine');
  return machines;
}
