import { uncordon } from './cordon.js';
import { unfreezeAutoscaler } from './frozen-autoscaler.js';
import { waitUntilHealthy } from './health.js';
import { releaseNodes } from './node-annotations.js';
import type { OriginalState } from './original-state.js';
import { refutePool } from './record-confirmation.js';
import { removeProbePod } from './remove-probe-pod.js';
import { collectAttempts, type RevertResult, type RevertAttempts } from './revert-attempts.js';
import type { RevertContext, RevertProgress } from './revert-context.js';
import { requireMachines, startedNodes, startKubelet, startMachine, waitForDeletions } from './revert-machines.js';
import { addMembers, restoreReplicas } from './revert-members.js';
import { removeRecord } from './revert-record-store.js';
import type { RevertRecord } from './revert-record.js';
import { restoreSpread } from './seed-spread.js';

/**
 * Reverts everything in a record and then removes the record: probe pod, machines and kubelets, cordons, spread and
 * number of members, bounds of the autoscalers. The record is a hint: the cluster and Azure confirm each step, and nothing else is
 * changed. Idempotent, so it can be repeated at any time.
 */
export async function revertAll(context: RevertContext, record: RevertRecord): Promise<RevertResult> {
  const attempts = collectAttempts(context.api.clock, context.api.signal, context.note);
  await Promise.all([
    revertChanges(context, record, attempts),
    attempts.attempt('the probe pod was not deleted', () => removeProbePod(context, record), 'nodes'),
  ]);
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
  const { undo } = record;
  await Promise.all([
    ...undo.machines.map(entry =>
      attempt(`the machine of node ${entry.node} was not started`, () => startMachine(context, entry), 'nodes'),
    ),
    ...undo.kubelets.map(entry =>
      attempt(`the kubelet of node ${entry.node} was not started`, () => startKubelet(context, entry), 'nodes'),
    ),
    ...undo.cordons.map(node => revertCordon(context, record, node, attempt)),
    attempt(`the number of members was not restored to ${undo.replicas?.from ?? 0}`, () => addMembers(context, record)),
  ]);
}

function revertCordon(
  { api }: RevertContext,
  { holder }: RevertRecord,
  node: string,
  attempt: RevertAttempts['attempt'],
): Promise<void> {
  return attempt(
    `node ${node} was not uncordoned`,
    async () => ((await uncordon(api, node, holder)) ? `Node ${node} is schedulable again.` : undefined),
    'nodes',
  );
}

interface PoolState {
  /** The recorded state, once the pool has confirmed it. */
  recorded: OriginalState['pool'];
  /** True while the pool has the bounds of an experiment. */
  isRaised: boolean;
  /** True when all former nodes are in service. */
  isHealthy: boolean;
}

/**
 * Waits for health, then restores the spread of the seed members, their number, and the bounds of autoscaler and node
 * pool.
 */
async function revertState(
  context: RevertContext,
  record: RevertRecord,
  { attempt, addLeft }: RevertAttempts,
): Promise<void> {
  const { api, members, limits, note } = context;
  const { undo } = record;
  const pool: PoolState = { recorded: undefined, isRaised: false, isHealthy: false };
  const progress: RevertProgress = { record, scaledBack: false };
  let notReady: readonly string[] = [];
  await attempt(
    'the operations of Azure on the node pool have not ended',
    async () => {
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
    },
    'nodes',
  );
  // Continue even if something is missing: the next steps do not harm what has not recovered.
  await attempt('the health of nodes and members could not be checked', async () => {
    const expected = {
      ...{ replicas: undo.replicas?.from, nodes: startedNodes(context, undo), pool: pool.recorded },
      deletions: undo.deletions.map(({ node }) => node),
    };
    const missing = await waitUntilHealthy(api, members, expected, limits.remainingMs());
    notReady = missing.members;
    if (notReady.length > 0) note(`Not Ready during the revert: ${notReady.join(', ')}.`);
    for (const node of missing.nodes) addLeft(node, 'nodes');
    if (missing.pool !== undefined) addLeft(missing.pool, 'nodes');
    pool.isHealthy = missing.pool === undefined;
    return undefined;
  });
  // While an added member is still there, so that the disruption budget allows the evictions.
  await attempt('the seed members are not spread as before', () => restoreSpread(context, progress, notReady), 'nodes');
  const added = progress.record.undo.cordons.filter(node => !undo.cordons.includes(node));
  await Promise.all(added.map(node => revertCordon(context, record, node, attempt)));
  await attempt(`the number of members was not restored to ${progress.record.undo.replicas?.from ?? 0}`, () =>
    restoreReplicas(context, progress),
  );
  await Promise.all([
    attempt(`the bounds of autoscaler ${record.autoscaler?.name ?? ''} were not restored`, () =>
      unfreezeAutoscaler(api, members, progress.record),
    ),
    // With its former lower bound, the pool might not get its node back: a later revert waits for that again.
    pool.isRaised &&
      pool.isHealthy &&
      attempt(
        `the bounds of node pool ${undo.pool?.name ?? ''} were not restored`,
        async () => {
          await requireMachines(context.machines).restorePoolBounds(undo.pool?.name ?? '');
          return `The bounds of node pool ${undo.pool?.name ?? ''} were restored.`;
        },
        'nodes',
      ),
  ]);
}
