import { type ActionError, hasCode, toActionError } from '../errors/action-error.js';
import { type ExperimentName, holdOf } from './spec.js';
import type { PutBackRecord } from '../journal/experiment-record.js';
import { holdNodes, nodesToHold } from './putback/annotations.js';
import { freezeAutoscaler } from './putback/frozen-autoscaler.js';
import type { Mark, Undo } from './putback/mark.js';
import { writeMark } from './putback/mark-store.js';
import { hurry, restore, type RestoreEnv } from './putback/restore.js';
import type { Found } from './scene.js';
import { envOf, type Stage } from './stage.js';

/** Undoing is not cut by the step's timeout; it has this time, and that of the members which it waits for. */
const undoMs = 5 * 60_000;
/** A cancelled step has seconds left. */
const hurriedMs = 4_000;
/** Beyond its own limits an experiment should not last longer than this. */
const slackMs = 10 * 60_000;

/** What is about to be changed, and what undoes it. */
export interface Intent {
  readonly experiment: ExperimentName;
  readonly found: Found;
  readonly undo: Undo;
  /** The nodes that carry a copy of the mark. */
  readonly nodes: readonly string[];
}

/** What the work under a mark came to. */
export interface Outcome<T> {
  readonly value?: T;
  readonly error?: ActionError;
  readonly putBack: PutBackRecord;
}

/** A mark that has been written, and what its experiment has started again so far. */
export type Underway = Pick<RestoreEnv, 'started'> & { readonly mark: Mark };

/**
 * Works on the cluster under a mark: from the moment that it is written, whatever happens ends in putting back. The
 * autoscalers are held meanwhile. Never throws; an error is part of the outcome.
 */
export async function underMark<T>(
  stage: Stage,
  intent: Intent,
  body: (underway: Underway) => Promise<T>,
): Promise<Outcome<T>> {
  const { api } = stage;
  const mark = markOf(stage, intent);
  const started: RestoreEnv['started'] = new Map();
  const unguard = stage.guard();
  const result = await settled(async () => {
    await writeMark(api, mark);
    await holdNodes(api, mark, intent.nodes);
    await freeze(stage, intent.found);
    return body({ mark, started });
  });
  if (api.signal.aborted) {
    // Whoever has taken the lock undoes by the mark as well, and may be about to break the same node again.
    if (!hasCode(api.signal.reason, 'lock-lost')) await hurry(envOf(stage, hurriedMs, started), mark);
    // Post, or recover, makes sure; what is left is told by the ledger.
    const left = ['the step was cancelled: its post phase puts back'];
    return { ...result, putBack: { done: false, did: [], left } };
  }
  const { done, did, left, invalid } = await restore(envOf(stage, undoMs + 2 * stage.limits.timeoutMs, started), mark);
  if (done) unguard();
  return { ...result, putBack: { done, did, left: [...left, ...invalid] } };
}

async function settled<T>(body: () => Promise<T>): Promise<Omit<Outcome<T>, 'putBack'>> {
  try {
    return { value: await body() };
  } catch (error) {
    return { error: toActionError(error) };
  }
}

function markOf(stage: Stage, { experiment, found, undo }: Intent): Mark {
  const { chaos, api, members } = stage;
  const now = api.clock.date().getTime();
  const lastsMs = 2 * chaos.steadyMs + holdOf(experiment, chaos.holdMs) + chaos.limits.maxRecoveryMs + slackMs;
  return {
    version: 1,
    namespace: members.namespace,
    holder: stage.holder,
    experiment,
    writtenAt: new Date(now).toISOString(),
    deadline: new Date(now + lastsMs).toISOString(),
    undo,
    autoscaler: found.autoscaler && boundsIn(found.autoscaler),
    held: nodesToHold(found.nodes),
    cluster: stage.cluster,
  };
}

function boundsIn({ name, minReplicas, maxReplicas }: NonNullable<Found['autoscaler']>): Mark['autoscaler'] {
  return { name, minReplicas, maxReplicas };
}

/** A scale-in does not ask the budget, so none must happen while an experiment runs. */
async function freeze({ api, members, note }: Stage, { autoscaler, replicas }: Found): Promise<void> {
  if (autoscaler === undefined) return;
  await freezeAutoscaler(api, members, autoscaler, replicas);
  note(`Autoscaler ${autoscaler.name} is held at ${replicas} members.`);
}
