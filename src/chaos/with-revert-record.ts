import { type ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { RevertSummary } from '../journal/experiment-record.js';
import { probePodName } from '../migratorydata/object-names.js';
import type { Fence } from '../runtime/ports.js';
import type { ClusterState, ExperimentContext, FaultPorts } from './experiment-context.js';
import type { ExperimentName } from './experiments/index.js';
import { createFence } from './revert/fence.js';
import { freezeAutoscaler, originalBounds } from './revert/frozen-autoscaler.js';
import { holdNodes, nodesToHold } from './revert/node-annotations.js';
import type { OriginalState } from './revert/original-state.js';
import { type RecordState, type RevertContext, revertContextOf } from './revert/revert-context.js';
import { writeRecord } from './revert/revert-record-store.js';
import type { RevertRecord } from './revert/revert-record.js';
import { revertAll, revertFast } from './revert/revert.js';
import { seedsPerNode } from './revert/seed-spread.js';

/**
 * The time limit of a revert, in addition to its waits for members, in milliseconds. The timeout of the step does not
 * apply.
 */
const revertMs = 5 * 60_000;
/** The time limit of a revert after a cancellation, in milliseconds: the step has only seconds left. */
const fastRevertMs = 4_000;
/** The time that an experiment may take beyond its own limits, in milliseconds. */
const slackMs = 10 * 60_000;

/** A planned change, and the state to revert to. */
export interface PlannedChange {
  readonly experiment: ExperimentName;
  readonly found: ClusterState;
  readonly originalState: OriginalState;
  /** The nodes that get a copy of the revert record. */
  readonly nodes: readonly string[];
}

/** The result of the work, and of its revert. */
export interface RevertedWork<T> {
  readonly value?: T;
  readonly error?: ActionError;
  readonly putBack: RevertSummary;
  /** How long the revert took, in milliseconds; undefined if it was left to the post phase. */
  readonly revertMs?: number;
}

/** A written revert record, and what the experiment has started again so far. */
export type OpenRecord = RecordState & {
  readonly record: RevertRecord;
  readonly ports: FaultPorts;
};

/**
 * Writes a revert record, runs `body`, and reverts, whatever happens in between. Freezes the autoscaler in the
 * meantime. Never throws: the result has the error.
 */
export async function withRevertRecord<T>(
  context: ExperimentContext,
  change: PlannedChange,
  body: (openRecord: OpenRecord) => Promise<T>,
): Promise<RevertedWork<T>> {
  const { api } = context;
  const record = recordOf(context, change);
  const started: RevertContext['started'] = new Map();
  const knownMs = api.clock.now();
  let fence: Fence | undefined;
  const revertWithin = (timeoutMs: number): RevertContext =>
    revertContextOf(context, timeoutMs, { started, fence, knownMs });
  const unguard = context.guard();
  const result = await settled(async () => {
    fence = createFence(api, await writeRecord(api, record));
    const ports = { api: api.withFence(fence), machines: context.machines?.withFence(fence) };
    await holdNodes(api, record, change.nodes);
    await freeze({ ...context, api: ports.api }, change.found);
    return body({ record, fence, ports, started, knownMs });
  });
  if (api.signal.aborted) {
    // A run that has taken the lock reverts this record too, and may already be changing the same node again. After a
    // lock that is only expiring, nobody has: the machines are started, whatever became of the API server.
    if (!hasCode(api.signal.reason, 'lock-lost')) await revertFast(revertWithin(fastRevertMs), record);
    // The post phase or operation recover does the rest; the undo log has an entry for it.
    const why = hasCode(api.signal.reason, 'lock-lost', 'lock-expiring')
      ? 'the lock is no longer held'
      : 'the step was cancelled';
    const left = [`${why}: its post phase reverts the experiment`];
    return { ...result, putBack: { done: false, did: [], left } };
  }
  const beganMs = api.clock.now();
  const timeoutMs = revertMs + 2 * context.limits.remainingMs();
  const { done, did, left, invalid } = await revertAll(revertWithin(timeoutMs), record);
  if (done) unguard();
  return { ...result, putBack: { done, did, left: [...left, ...invalid] }, revertMs: api.clock.now() - beganMs };
}

async function settled<T>(body: () => Promise<T>): Promise<Pick<RevertedWork<T>, 'value' | 'error'>> {
  try {
    return { value: await body() };
  } catch (error) {
    return { error: toActionError(error) };
  }
}

/** Returns how long an experiment may last at most, in milliseconds. */
export function longestMs({ chaos, holdMs }: ExperimentContext): number {
  return 2 * chaos.steadyMs + holdMs + chaos.limits.maxRecoveryMs + slackMs;
}

function recordOf(context: ExperimentContext, { experiment, found, originalState: undo }: PlannedChange): RevertRecord {
  const { chaos, api, members } = context;
  const now = api.clock.date().getTime();
  return {
    version: 1,
    namespace: members.namespace,
    deployment: members.name,
    holder: context.holder,
    experiment,
    writtenAt: new Date(now).toISOString(),
    deadline: new Date(now + longestMs(context)).toISOString(),
    undo,
    autoscaler: found.autoscaler && { name: found.autoscaler.name, ...originalBounds(found.autoscaler) },
    probePod: chaos.probeImage === '' ? undefined : probePodName,
    held: nodesToHold(found.nodes),
    seedsPerNode: seedsPerNode(found.members.filter(({ metadata }) => context.isSeed(metadata.name))),
    cluster: context.cluster,
  };
}

/** Freezes the autoscaler, because a scale-in ignores the disruption budget and would affect the experiment. */
async function freeze(
  { api, members, note }: ExperimentContext,
  { autoscaler, replicas }: ClusterState,
): Promise<void> {
  if (autoscaler === undefined) return;
  await freezeAutoscaler(api, members, autoscaler, replicas);
  note(`Autoscaler ${autoscaler.name} is held at ${replicas} members.`);
}
