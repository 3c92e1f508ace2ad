import { hasCode } from '../../errors/action-error.js';
import type { Note } from '../../journal/journal.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { isNodeReady, nodeNamed } from '../../kubernetes/nodes.js';
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

/** The inputs of a revert. Its signal is not the one of the experiment. */
export interface RevertContext {
  readonly api: KubernetesApi;
  readonly members: MemberSet;
  /** Undefined when the provider is not aks. */
  readonly machines: Machines | undefined;
  readonly limits: RolloutLimits;
  readonly note: Note;
  /**
   * The nodes whose machine or kubelet this process has started, with the last renewal of the kubelet's Lease after
   * that. Any other machine that seems to run may be about to stop.
   */
  readonly started: Map<string, string | undefined>;
}

/** Returns the context of a revert with a new signal, because the revert continues after the experiment is aborted. */
export function revertContextOf(
  { api, members, machines, limits, note }: ExperimentContext,
  timeoutMs: number,
  started: RevertContext['started'],
): RevertContext {
  const signal = AbortSignal.timeout(timeoutMs);
  return { api: api.withSignal(signal), members, machines: machines?.withSignal(signal), limits, note, started };
}

/**
 * The longest time until an operation that Azure has accepted shows its effect, in milliseconds. Before that, a healthy
 * node or kubelet proves nothing.
 */
const acceptedMs = 2 * 60_000;

/**
 * Reverts everything in a record and then removes the record: machines and kubelets, cordons, number of members, bounds
 * of the autoscalers. The record is a hint: the cluster and Azure confirm each step, and nothing else is changed.
 * Idempotent, so it can be repeated at any time.
 */
export async function revertAll(context: RevertContext, record: RevertRecord): Promise<RevertResult> {
  const attempts = collectAttempts(context.api.clock, context.api.signal, context.note);
  await revertChanges(context, record, attempts);
  await revertState(context, record, attempts);
  if (attempts.result().done) {
    await attempts.attempt('the annotations of the nodes and the revert record were not removed', async () => {
      await releaseNodes(context.api, record);
      await removeRecord(context.api, record);
      return undefined;
    });
  }
  return attempts.result();
}

/**
 * Ends the fault: the first half of `revertAll`. Returns what was reverted, as sentences. `revertAll` repeats what
 * fails, and reports it.
 */
export async function revertFault(context: RevertContext, record: RevertRecord): Promise<readonly string[]> {
  const attempts = collectAttempts(context.api.clock, context.api.signal, context.note);
  await revertChanges(context, record, attempts);
  return attempts.result().did;
}

/**
 * Makes the calls of `revertAll` that are fast and safe, all at once, because a cancelled step has only seconds left.
 * The post phase restores the number of members: a scale-in ignores disruption budgets and must wait until all members
 * are Ready. The record must be this process's own, because nothing is confirmed.
 */
export async function revertFast({ api, machines }: RevertContext, { undo, holder }: RevertRecord): Promise<void> {
  await Promise.allSettled([
    ...undo.machines.map(({ machine }) => machines?.start(machine, { wait: false })),
    ...undo.cordons.map(node => uncordon(api, node, holder)),
  ]);
}

/** Starts machines and kubelets, removes cordons, and adds missing members. */
async function revertChanges(context: RevertContext, record: RevertRecord, { attempt }: RevertAttempts): Promise<void> {
  const { api, members } = context;
  const { undo, holder } = record;
  await Promise.all([
    ...undo.machines.map(entry =>
      attempt(`the machine of node ${entry.node} was not started`, () =>
        startOnce(context, entry, async (machines, machine) => {
          await machines.start(machine);
          return `The machine of node ${entry.node} was started.`;
        }),
      ),
    ),
    ...undo.kubelets.map(entry =>
      attempt(`the kubelet of node ${entry.node} was not started`, async () => {
        if (ageOf(context, record) > acceptedMs && (await isAlive(context, entry))) return undefined;
        return startOnce(context, entry, async (machines, machine) => {
          await machines.startKubelet(machine);
          return `The kubelet of node ${entry.node} was started.`;
        });
      }),
    ),
    ...undo.cordons.map(node =>
      attempt(`node ${node} was not uncordoned`, async () =>
        (await uncordon(api, node, holder)) ? `Node ${node} is schedulable again.` : undefined,
      ),
    ),
    attempt(`the number of members was not restored to ${undo.replicas ?? 0}`, async () => {
      const wanted = undo.replicas;
      if (wanted === undefined) return undefined;
      const now = await confirmReplicas(api, members, wanted);
      if (now === undefined || now >= wanted) return undefined;
      await requestReplicas(api, members, wanted);
      return `The number of members was set to ${wanted} again.`;
    }),
  ]);
}

/** Starts the machine or kubelet of an entry, once per process. Does nothing when the machine no longer exists. */
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

/** Returns whether the kubelet needs no start, because its node is gone or it renews its Lease. */
async function isAlive({ api }: RevertContext, { node, uid }: MachineEntry): Promise<boolean> {
  const now = await api.find('Node', { name: node }, `check whether node ${node} is Ready`);
  return now?.metadata.uid !== uid || (isNodeReady(now) && (await isKubeletAlive(api, node)));
}

/** Returns the age of a record in milliseconds; 0 when its time is in the future. */
function ageOf({ api }: RevertContext, { writtenAt }: RevertRecord): number {
  return Math.max(0, api.clock.date().getTime() - Date.parse(writtenAt));
}

interface PoolState {
  /** The recorded state, once the pool has confirmed it. */
  recorded: OriginalState['pool'];
  /** True while the pool has the bounds of an experiment. */
  isRaised: boolean;
  /** True when all former nodes are in service. */
  isHealthy: boolean;
}

/** Waits for health, then restores the number of members and the bounds of autoscaler and node pool. */
async function revertState(
  context: RevertContext,
  record: RevertRecord,
  { attempt, addLeft }: RevertAttempts,
): Promise<void> {
  const { api, members, limits, note } = context;
  const { undo } = record;
  const pool: PoolState = { recorded: undefined, isRaised: false, isHealthy: false };
  await attempt('the operations of Azure on the node pool have not ended', async () => {
    await waitForDeletions(context, record);
    if (undo.pool === undefined) return undefined;
    const now = await requireMachines(context.machines).settledPool(undo.pool.name, limits.remainingMs());
    // A deleted pool has no bounds to restore.
    if (now === undefined) return undefined;
    const refutal = refutePool(undo.pool, now);
    if (refutal !== undefined) throw refutal;
    pool.recorded = undo.pool;
    pool.isRaised = now.formerBounds !== undefined;
    return undefined;
  });
  // Continue even if something is missing: the next steps do not harm what has not recovered.
  await attempt('the health of nodes and members could not be checked', async () => {
    const expected = { replicas: undo.replicas, nodes: nodesOf(context, undo), pool: pool.recorded };
    const missing = await waitUntilHealthy(api, members, expected, limits.remainingMs());
    if (missing.members.length > 0) note(`Not Ready during the revert: ${missing.members.join(', ')}.`);
    for (const node of missing.nodes) addLeft(node);
    if (missing.pool !== undefined) addLeft(missing.pool);
    pool.isHealthy = missing.pool === undefined;
    return undefined;
  });
  await attempt(`the number of members was not restored to ${undo.replicas ?? 0}`, async () => {
    const wanted = undo.replicas;
    if (wanted === undefined) return undefined;
    const now = await confirmReplicas(api, members, wanted);
    // While the autoscaler has the bounds of the experiment, it may still change the number of members.
    if (now === undefined || (now === wanted && !(await isFrozen(api, members)))) return undefined;
    await requestReplicas(api, members, wanted);
    await waitForMembers(api, { members, replicas: wanted }, limits);
    return `There are ${wanted} members again.`;
  });
  await Promise.all([
    attempt(`the bounds of autoscaler ${record.autoscaler?.name ?? ''} were not restored`, () =>
      unfreezeAutoscaler(api, members, record.autoscaler),
    ),
    // With its former lower bound, the pool might not get its node back: a later revert waits for that again.
    pool.isRaised &&
      pool.isHealthy &&
      attempt(`the bounds of node pool ${undo.pool?.name ?? ''} were not restored`, async () => {
        await requireMachines(context.machines).restorePoolBounds(undo.pool?.name ?? '');
        return `The bounds of node pool ${undo.pool?.name ?? ''} were restored.`;
      }),
  ]);
}

/**
 * Waits until the nodes whose machine the experiment deletes are gone, or until any deletion that Azure has accepted
 * would have shown its effect.
 */
async function waitForDeletions(context: RevertContext, record: RevertRecord): Promise<void> {
  const { deletions } = record.undo;
  if (deletions.length === 0) return;
  await waitUntil(
    context.api,
    deletions.map(({ node }) => nodeNamed(node)),
    observation => deletions.every(({ node, uid }) => observation.find('Node', node)?.metadata.uid !== uid),
    Math.max(0, acceptedMs - ageOf(context, record)),
  );
}

/** Returns the nodes that this process has started. */
function nodesOf({ started }: RevertContext, { machines, kubelets }: OriginalState): readonly ExpectedNode[] {
  return [...machines, ...kubelets]
    .filter(({ node }) => started.has(node))
    .map(({ node, uid }) => ({ node, uid, renewal: started.get(node) }));
}

/** Returns the machines. @throws Error without provider aks, which wrote any record that names machines. */
function requireMachines(machines: Machines | undefined): Machines {
  if (machines === undefined) throw new Error('provider aks is required to reach the machine');
  return machines;
}
