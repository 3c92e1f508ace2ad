import { type ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { RevertSummary } from '../journal/experiment-record.js';
import type { ClusterState, ExperimentContext } from './experiment-context.js';
import type { ExperimentName } from './experiments/index.js';
import { freezeAutoscaler } from './revert/frozen-autoscaler.js';
import { holdNodes, nodesToHold } from './revert/node-annotations.js';
import type { OriginalState } from './revert/original-state.js';
import { writeRecord } from './revert/revert-record-store.js';
import type { RevertRecord } from './revert/revert-record.js';
import { revertAll, type RevertContext, revertContextOf, revertFast } from './revert/revert.js';

/** Undoing is not cut by the step's timeout; it has this time, and that of the members which it waits for. */
const revertMs = 5 * 60_000;
/** A cancelled step has seconds left. */
const fastRevertMs = 4_000;
/** Beyond its own limits an experiment should not last longer than this. */
const slackMs = 10 * 60_000;

/** What is about to be changed, and what undoes it. */
export interface PlannedChange {
  readonly experiment: ExperimentName;
  readonly found: ClusterState;
  readonly originalState: OriginalState;
  /** The nodes that carry a copy of the mark. */
  readonly nodes: readonly string[];
}

/** What the work under a mark came to. */
export interface RevertedWork<T> {
  readonly value?: T;
  readonly error?: ActionError;
  readonly putBack: RevertSummary;
}

/** A mark that has been written, and what its experiment has started again so far. */
export type OpenRecord = Pick<RevertContext, 'started'> & { readonly record: RevertRecord };

/**
 * Works on the cluster under a mark: from the moment that it is written, whatever happens ends in putting back. The
 * autoscalers are held meanwhile. Never throws; an error is part of the outcome.
 */
export async function withRevertRecord<T>(
  context: ExperimentContext,
  intent: PlannedChange,
  body: (openRecord: OpenRecord) => Promise<T>,
): Promise<RevertedWork<T>> {
  const { api } = context;
  const record = recordOf(context, intent);
  const started: RevertContext['started'] = new Map();
  const unguard = context.guard();
  const result = await settled(async () => {
    await writeRecord(api, record);
    await holdNodes(api, record, intent.nodes);
    await freeze(context, intent.found);
    return body({ record, started });
  });
  if (api.signal.aborted) {
    // Whoever has taken the lock undoes by the mark as well, and may be about to break the same node again.
    if (!hasCode(api.signal.reason, 'lock-lost'))
      await revertFast(revertContextOf(context, fastRevertMs, started), record);
    // Post, or recover, makes sure; what is left is told by the ledger.
    const left = ['the step was cancelled: its post phase puts back'];
    return { ...result, putBack: { done: false, did: [], left } };
  }
  const { done, did, left, invalid } = await revertAll(
    revertContextOf(context, revertMs + 2 * context.limits.remainingMs(), started),
    record,
  );
  if (done) unguard();
  return { ...result, putBack: { done, did, left: [...left, ...invalid] } };
}

async function settled<T>(body: () => Promise<T>): Promise<Omit<RevertedWork<T>, 'putBack'>> {
  try {
    return { value: await body() };
  } catch (error) {
    return { error: toActionError(error) };
  }
}

function recordOf(context: ExperimentContext, { experiment, found, originalState: undo }: PlannedChange): RevertRecord {
  const { chaos, api, members } = context;
  const now = api.clock.date().getTime();
  const lastsMs = 2 * chaos.steadyMs + context.holdMs + chaos.limits.maxRecoveryMs + slackMs;
  return {
    version: 1,
    namespace: members.namespace,
    holder: context.holder,
    experiment,
    writtenAt: new Date(now).toISOString(),
    deadline: new Date(now + lastsMs).toISOString(),
    undo,
    autoscaler: found.autoscaler && boundsIn(found.autoscaler),
    held: nodesToHold(found.nodes),
    cluster: context.cluster,
  };
}

function boundsIn({
  name,
  minReplicas,
  maxReplicas,
}: NonNullable<ClusterState['autoscaler']>): RevertRecord['autoscaler'] {
  return { name, minReplicas, maxReplicas };
}

/** A scale-in does not ask the budget, so none must happen while an experiment runs. */
async function freeze(
  { api, members, note }: ExperimentContext,
  { autoscaler, replicas }: ClusterState,
): Promise<void> {
  if (autoscaler === undefined) return;
  await freezeAutoscaler(api, members, autoscaler, replicas);
  note(`Autoscaler ${autoscaler.name} is held at ${replicas} members.`);
}
