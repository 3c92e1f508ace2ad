import { hasCode } from '../../errors/action-error.js';
import type { Note } from '../../journal/journal.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { isNodeReady } from '../../kubernetes/nodes.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { type RolloutLimits, waitForMembers } from '../../kubernetes/rollout.js';
import { requestReplicas } from '../../kubernetes/scaling.js';
import { waitUntil } from '../../kubernetes/wait-until.js';
import type { ExperimentContext } from '../experiment-context.js';
import { isKubeletAlive, readRenewal } from '../kubelet.js';
import type { Machines } from '../machines-port.js';
import { uncordon } from './cordon.js';
import { isFrozen, unfreezeAutoscaler } from './frozen-autoscaler.js';
import { type ExpectedNode, waitUntilHealthy } from './health.js';
import { releaseNodes } from './node-annotations.js';
import type { MachineEntry, OriginalState } from './original-state.js';
import { confirmMachine, confirmReplicas, refutePool } from './record-confirmation.js';
import { collectAttempts, type RevertResult, type RevertAttempts } from './revert-attempts.js';
import { removeRecord } from './revert-record-store.js';
import type { RevertRecord } from './revert-record.js';

/** What putting back works with; its signal is not that of the forward work. */
export interface RevertContext {
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

/** Reverting goes on when the forward work has ended, so its context has a signal of its own. */
export function revertContextOf(
  { api, members, machines, limits, note }: ExperimentContext,
  timeoutMs: number,
  started: RevertContext['started'],
): RevertContext {
  const signal = AbortSignal.timeout(timeoutMs);
  return { api: api.withSignal(signal), members, machines: machines?.withSignal(signal), limits, note, started };
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
export async function revertAll(env: RevertContext, record: RevertRecord): Promise<RevertResult> {
  const attempts = collectAttempts(env.api.clock, env.api.signal, env.note);
  await revertChanges(env, record, attempts);
  await revertState(env, record, attempts);
  if (attempts.result().done) {
    await attempts.attempt('the annotations of the nodes and the mark are to be removed', async () => {
      await releaseNodes(env.api, record);
      await removeRecord(env.api, record);
      return undefined;
    });
  }
  return attempts.result();
}

/**
 * The first half of `restore`, which ends the fault: gives what was done as sentences. What fails is tried again there,
 * and told then.
 */
export async function revertFault(env: RevertContext, record: RevertRecord): Promise<readonly string[]> {
  const attempts = collectAttempts(env.api.clock, env.api.signal, env.note);
  await revertChanges(env, record, attempts);
  return attempts.result().did;
}

/**
 * The calls of `restore` that take one moment and can do no harm, all at once: a cancelled step has seconds left. Members
 * are left to post: scaling in asks no disruption budget, and so waits until all are Ready. The mark is our own, and was
 * not read from anywhere.
 */
export async function revertFast({ api, machines }: RevertContext, { undo, holder }: RevertRecord): Promise<void> {
  await Promise.allSettled([
    ...undo.machines.map(({ machine }) => machines?.start(machine, { wait: false })),
    ...undo.cordons.map(node => uncordon(api, node, holder)),
  ]);
}

async function revertChanges(env: RevertContext, record: RevertRecord, { attempt }: RevertAttempts): Promise<void> {
  const { api, members } = env;
  const { undo, holder } = record;
  await Promise.all([
    ...undo.machines.map(entry =>
      attempt(`the machine of node ${entry.node} is to be started`, () =>
        startOnce(env, entry, async (machines, machine) => {
          await machines.start(machine);
          return `The machine of node ${entry.node} was started.`;
        }),
      ),
    ),
    ...undo.kubelets.map(entry =>
      attempt(`the kubelet of node ${entry.node} is to be started`, async () => {
        if (ageOf(env, record) > acceptedMs && (await isAlive(env, entry))) return undefined;
        return startOnce(env, entry, async (machines, machine) => {
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
async function startOnce(
  { api, machines, started }: RevertContext,
  entry: MachineEntry,
  start: (machines: Machines, machine: MachineEntry['machine']) => Promise<string>,
): Promise<string | undefined> {
  const { node } = entry;
  if (started.has(node)) return undefined;
  const machine = await confirmMachine(api, requireMachines(machines), entry);
  if (machine === undefined) return undefined;
  try {
    const sentence = await start(requireMachines(machines), machine);
    started.set(node, await readRenewal(api, node));
    return sentence;
  } catch (error) {
    if (hasCode(error, 'azure-not-found')) return undefined;
    throw error;
  }
}

/** Whether the kubelet of an entry needs no start, its node gone or seen to be alive. */
async function isAlive({ api }: RevertContext, { node, uid }: MachineEntry): Promise<boolean> {
  const now = await api.find('Node', { name: node }, `see whether node ${node} is Ready`);
  return now?.metadata.uid !== uid || (isNodeReady(now) && (await isKubeletAlive(api, node)));
}

/** How old a mark is, in milliseconds. One from the future is as good as new. */
function ageOf({ api }: RevertContext, { writtenAt }: RevertRecord): number {
  return Math.max(0, api.clock.date().getTime() - Date.parse(writtenAt));
}

interface PoolState {
  /** What the record says of the pool, where the pool confirms it. */
  awaited: OriginalState['pool'];
  isRaised: boolean;
  isWhole: boolean;
}

async function revertState(
  env: RevertContext,
  record: RevertRecord,
  { attempt, leave }: RevertAttempts,
): Promise<void> {
  const { api, members, limits, note } = env;
  const { undo } = record;
  const pool: PoolState = { awaited: undefined, isRaised: false, isWhole: false };
  await attempt('what Azure does to the node pool is to be over', async () => {
    await outlastDeletions(env, record);
    if (undo.pool === undefined) return undefined;
    const now = await requireMachines(env.machines).settledPool(undo.pool.name, limits.remainingMs());
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
    const missing = await waitUntilHealthy(api, members, awaited, limits.remainingMs());
    if (missing.members.length > 0) note(`Not Ready while the cluster was put back: ${missing.members.join(', ')}.`);
    for (const node of missing.nodes) leave(node);
    if (missing.pool !== undefined) leave(missing.pool);
    pool.isWhole = missing.pool === undefined;
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
    attempt(`autoscaler ${record.autoscaler?.name ?? ''} is to get its bounds back`, () =>
      unfreezeAutoscaler(api, members, record.autoscaler),
    ),
    // With its former lower bound a pool might not get its node back: whoever comes next waits again.
    pool.isRaised &&
      pool.isWhole &&
      attempt(`node pool ${undo.pool?.name ?? ''} is to get its bounds back`, async () => {
        await requireMachines(env.machines).restorePoolBounds(undo.pool?.name ?? '');
        return `Node pool ${undo.pool?.name ?? ''} has its bounds back.`;
      }),
  ]);
}

/**
 * Waits until the nodes whose machine was to be deleted are gone, or for so long that nothing can have been accepted that
 * does not show.
 */
async function outlastDeletions(env: RevertContext, record: RevertRecord): Promise<void> {
  const { deletions } = record.undo;
  if (deletions.length === 0) return;
  await waitUntil(
    env.api,
    [{ kind: 'Node' }],
    observation => deletions.every(({ node, uid }) => observation.find('Node', node)?.metadata.uid !== uid),
    Math.max(0, acceptedMs - ageOf(env, record)),
  );
}

function nodesOf({ started }: RevertContext, { machines, kubelets }: OriginalState): readonly ExpectedNode[] {
  return [...machines, ...kubelets]
    .filter(({ node }) => started.has(node))
    .map(({ node, uid }) => ({ node, uid, renewal: started.get(node) }));
}

/** A mark that names machines was written with provider aks; whoever restores it needs the same. */
function requireMachines(machines: Machines | undefined): Machines {
  if (machines === undefined) throw new Error('it takes provider aks to reach the machine');
  return machines;
}
