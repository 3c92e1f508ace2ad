import { hasCode } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { isNodeReady } from '../../kubernetes/nodes.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { type RolloutLimits, waitForMembers } from '../../kubernetes/rollout.js';
import { requestReplicas } from '../../kubernetes/scaling.js';
import type { Note } from '../../journal/journal.js';
import { isKubeletAlive, readRenewal } from '../kubelet.js';
import type { Machines } from '../machines.js';
import { seenWithin } from '../seen.js';
import { releaseNodes } from './annotations.js';
import { confirmMachine, confirmReplicas, refutePool } from './confirmation.js';
import { uncordon } from './cordon.js';
import { isFrozen, unfreezeAutoscaler } from './frozen-autoscaler.js';
import type { MachineEntry, Mark, Undo } from './mark.js';
import { removeMark } from './mark-store.js';
import { collectUndos, type RevertResult, type Undoing } from './undoing.js';
import { type AwaitedNode, untilWhole } from './whole.js';

/** What putting back works with; its signal is not that of the forward work. */
export interface RestoreEnv {
  readonly api: KubernetesApi;
  readonly members: MemberSet;
  /** Undefined where the provider is not aks. */
  readonly machines: Machines | undefined;
  readonly limits: RolloutLimits;
  readonly note: Note;
  /**
   * The nodes whose machine or kubelet was started in this process, with the last renewal of the kubelet's Lease that was
   * seen after that. Nobody else is believed: what looks as if it runs may be about to go off.
   */
  readonly started: Map<string, string | undefined>;
}

/**
 * What Azure has accepted takes this long to show at the most, in milliseconds: before that, a look at a node or a
 * kubelet that is well proves nothing.
 */
const acceptedMs = 2 * 60_000;

/**
 * Puts the cluster back as the mark says it was found, and then removes the mark: machines started, uncordoned, all
 * Ready, scaled back, bounds of the autoscalers. The mark is a hint: every step is confirmed by the cluster and Azure as
 * they are, and what they do not confirm is left alone. May be repeated at any point.
 */
export async function restore(env: RestoreEnv, mark: Mark): Promise<RevertResult> {
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
 * are left to post: scaling in asks no disruption budget, and so waits until all are Ready. The mark is our own, and was
 * not read from anywhere.
 */
export async function hurry({ api, machines }: RestoreEnv, { undo, holder }: Mark): Promise<void> {
  await Promise.allSettled([
    ...undo.machines.map(({ machine }) => machines?.start(machine, { wait: false })),
    ...undo.cordons.map(node => uncordon(api, node, holder)),
  ]);
}

async function mendWith(env: RestoreEnv, mark: Mark, { attempt }: Undoing): Promise<void> {
  const { api, members } = env;
  const { undo, holder } = mark;
  await Promise.all([
    ...undo.machines.map(entry =>
      attempt(`the machine of node ${entry.node} is to be started`, () =>
        begin(env, entry, async (machines, machine) => {
          await machines.start(machine);
          return `The machine of node ${entry.node} was started.`;
        }),
      ),
    ),
    ...undo.kubelets.map(entry =>
      attempt(`the kubelet of node ${entry.node} is to be started`, async () => {
        if (ageOf(env, mark) > acceptedMs && (await isAlive(env, entry))) return undefined;
        return begin(env, entry, async (machines, machine) => {
          await machines.startKubelet(machine);
          return `The kubelet of node ${entry.node} was started.`;
        });
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
      const now = await confirmReplicas(api, members, wanted);
      if (now === undefined || now >= wanted) return undefined;
      await requestReplicas(api, members, wanted);
      return `${wanted} members are wanted again.`;
    }),
  ]);
}

/** Starts what an entry names, once in this process; a machine that is gone needs nothing. */
async function begin(
  { api, machines, started }: RestoreEnv,
  entry: MachineEntry,
  start: (machines: Machines, machine: MachineEntry['machine']) => Promise<string>,
): Promise<string | undefined> {
  const { node } = entry;
  if (started.has(node)) return undefined;
  const machine = await confirmMachine(api, needed(machines), entry);
  if (machine === undefined) return undefined;
  try {
    const sentence = await start(needed(machines), machine);
    started.set(node, await readRenewal(api, node));
    return sentence;
  } catch (error) {
    if (hasCode(error, 'azure-not-found')) return undefined;
    throw error;
  }
}

/** Whether the kubelet of an entry needs no start, its node gone or seen to be alive. */
async function isAlive({ api }: RestoreEnv, { node, uid }: MachineEntry): Promise<boolean> {
  const now = await api.find('Node', { name: node }, `see whether node ${node} is Ready`);
  return now?.metadata.uid !== uid || (isNodeReady(now) && (await isKubeletAlive(api, node)));
}

/** How old a mark is, in milliseconds. One from the future is as good as new. */
function ageOf({ api }: RestoreEnv, { writtenAt }: Mark): number {
  return Math.max(0, api.clock.date().getTime() - Date.parse(writtenAt));
}

interface PoolState {
  /** What the record says of the pool, where the pool confirms it. */
  awaited: Undo['pool'];
  isRaised: boolean;
  isWhole: boolean;
}

async function settleWith(env: RestoreEnv, mark: Mark, { attempt, leave }: Undoing): Promise<void> {
  const { api, members, limits, note } = env;
  const { undo } = mark;
  const pool: PoolState = { awaited: undefined, isRaised: false, isWhole: false };
  await attempt('what Azure does to the node pool is to be over', async () => {
    await outlastDeletions(env, mark);
    if (undo.pool === undefined) return undefined;
    const now = await needed(env.machines).settledPool(undo.pool.name, limits.timeoutMs);
    // A pool that is gone takes its bounds with it.
    if (now === undefined) return undefined;
    const refutal = refutePool(undo.pool, now);
    if (refutal !== undefined) throw refutal;
    pool.awaited = undo.pool;
    pool.isRaised = now.formerBounds !== undefined;
    return undefined;
  });
  // What is lacking is no reason to leave the rest as it is: none of it makes it worse for who does not come.
  await attempt('the nodes and members are to be seen as they were', async () => {
    const awaited = { replicas: undo.replicas, nodes: nodesOf(env, undo), pool: pool.awaited };
    const lacking = await untilWhole(api, members, awaited, limits.timeoutMs);
    if (lacking.members.length > 0) note(`Not Ready while the cluster was put back: ${lacking.members.join(', ')}.`);
    for (const node of lacking.nodes) leave(node);
    if (lacking.pool !== undefined) leave(lacking.pool);
    pool.isWhole = lacking.pool === undefined;
    return undefined;
  });
  await attempt(`there are to be ${undo.replicas ?? 0} members again`, async () => {
    const wanted = undo.replicas;
    if (wanted === undefined) return undefined;
    const now = await confirmReplicas(api, members, wanted);
    // An autoscaler may be about to act on the bounds of the experiment: only those of the former number keep it.
    if (now === undefined || (now === wanted && !(await isFrozen(api, members)))) return undefined;
    await requestReplicas(api, members, wanted);
    await waitForMembers(api, { members, replicas: wanted }, limits);
    return `There are ${wanted} members again.`;
  });
  await Promise.all([
    attempt(`autoscaler ${mark.autoscaler?.name ?? ''} is to get its bounds back`, () =>
      unfreezeAutoscaler(api, members, mark.autoscaler),
    ),
    // With its former lower bound a pool might not get its node back: whoever comes next waits again.
    pool.isRaised &&
      pool.isWhole &&
      attempt(`node pool ${undo.pool?.name ?? ''} is to get its bounds back`, async () => {
        await needed(env.machines).restorePoolBounds(undo.pool?.name ?? '');
        return `Node pool ${undo.pool?.name ?? ''} has its bounds back.`;
      }),
  ]);
}

/**
 * Waits until the nodes whose machine was to be deleted are gone, or for so long that nothing can have been accepted that
 * does not show.
 */
async function outlastDeletions(env: RestoreEnv, mark: Mark): Promise<void> {
  const { deletions } = mark.undo;
  if (deletions.length === 0) return;
  await seenWithin(
    env.api,
    [{ kind: 'Node' }],
    view => deletions.every(({ node, uid }) => view.find('Node', node)?.metadata.uid !== uid),
    Math.max(0, acceptedMs - ageOf(env, mark)),
  );
}

function nodesOf({ started }: RestoreEnv, { machines, kubelets }: Undo): readonly AwaitedNode[] {
  return [...machines, ...kubelets]
    .filter(({ node }) => started.has(node))
    .map(({ node, uid }) => ({ node, uid, renewal: started.get(node) }));
}

/** A mark that names machines was written with provider aks; whoever restores it needs the same. */
function needed(machines: Machines | undefined): Machines {
  if (machines === undefined) throw new Error('it takes provider aks to reach the machine');
  return machines;
}
