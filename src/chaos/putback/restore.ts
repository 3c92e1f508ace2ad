import { hasCode } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { isNodeReady } from '../../kubernetes/nodes.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import type { RolloutLimits } from '../../kubernetes/rollout.js';
import { waitForMembers } from '../../kubernetes/rollout.js';
import { findAutoscaler, findReplicas, requestReplicas, setBounds } from '../../kubernetes/scaling.js';
import type { PutBackRecord } from '../../report/experiment.js';
import type { Note } from '../../report/journal.js';
import { isKubeletAlive } from '../kubelet.js';
import type { Machines } from '../machines.js';
import { releaseNodes } from './annotations.js';
import { uncordon } from './cordon.js';
import type { Mark, Undo } from './mark.js';
import { removeMark } from './mark-store.js';
import type { Undoing } from './undoing.js';
import { collectUndos } from './undoing.js';
import { untilWhole } from './whole.js';

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
  if (undoing.record().done) {
    await undoing.attempt('the annotations of the nodes and the mark are to be removed', async () => {
      await releaseNodes(env.api, mark);
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
export async function hurry({ api, machines }: RestoreEnv, { undo, holder }: Mark): Promise<void> {
  await Promise.allSettled([
    ...undo.machines.map(({ machine }) => machines?.start(machine, { wait: false })),
    ...undo.cordons.map(node => uncordon(api, node, holder)),
  ]);
}

async function mendWith(env: RestoreEnv, { undo, holder }: Mark, { attempt }: Undoing): Promise<void> {
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
    ...undo.cordons.map(node =>
      attempt(`node ${node} is to be uncordoned`, async () =>
        (await uncordon(api, node, holder)) ? `Node ${node} is schedulable again.` : undefined,
      ),
    ),
    attempt(`there are to be ${undo.replicas ?? 0} members again`, async () => {
      const wanted = undo.replicas;
      if (wanted === undefined) return undefined;
      const now = await findReplicas(api, members);
      if (now === undefined || now >= wanted) return undefined;
      await requestReplicas(api, members, wanted);
      return `${wanted} members are wanted again.`;
    }),
  ]);
}

async function settleWith(env: RestoreEnv, mark: Mark, { attempt, leave }: Undoing): Promise<void> {
  const { api, members, limits, note } = env;
  const { undo, autoscaler } = mark;
  const { namespace } = members;
  const pool = { isWhole: false };
  // What is lacking is no reason to leave the rest as it is: none of it makes it worse for who does not come.
  await attempt('the nodes and members are to be seen as they were', async () => {
    const lacking = await untilWhole(api, members, undo, limits.timeoutMs);
    if (lacking.members.length > 0) note(`Not Ready while the cluster was put back: ${lacking.members.join(', ')}.`);
    for (const node of lacking.nodes) leave(node);
    if (lacking.pool !== undefined) leave(lacking.pool);
    pool.isWhole = lacking.pool === undefined;
    return undefined;
  });
  await attempt(`there are to be ${undo.replicas ?? 0} members again`, async () => {
    const wanted = undo.replicas;
    if (wanted === undefined) return undefined;
    const now = await findReplicas(api, members);
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
    // With its former lower bound a pool might not get its node back: whoever comes next waits again.
    pool.isWhole &&
      attempt(`node pool ${undo.pool?.name ?? ''} is to get its bounds back`, () => restorePool(env, undo)),
  ]);
}

/** A pool that is gone takes its bounds with it. */
async function restorePool({ machines }: RestoreEnv, { pool }: Undo): Promise<string | undefined> {
  if (pool === undefined) return undefined;
  const { name, bounds } = pool;
  try {
    const now = await needed(machines).pool(name);
    if (now.bounds?.minCount === bounds.minCount && now.bounds.maxCount === bounds.maxCount) return undefined;
    await needed(machines).setPoolBounds(name, bounds);
  } catch (error) {
    if (!hasCode(error, 'azure-not-found')) throw error;
    return undefined;
  }
  return `Node pool ${name} has its bounds back.`;
}

/** A mark that names machines was written with provider aks; whoever restores it needs the same. */
function needed(machines: Machines | undefined): Machines {
  if (machines === undefined) throw new Error('it takes provider aks to reach the machine');
  return machines;
}
