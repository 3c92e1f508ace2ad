import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import { holdOf } from '../inputs/experiments.js';
import { isReady } from '../kubernetes/pods.js';
import { setBounds } from '../kubernetes/scaling.js';
import type { ExperimentRecord, PutBackRecord } from '../report/experiment.js';
import type { Experiment, Fault } from './experiment.js';
import { holdNodes, nodesToHold } from './putback/annotations.js';
import type { Mark } from './putback/mark.js';
import { writeMark } from './putback/mark-store.js';
import { hurry, restore } from './putback/restore.js';
import type { Found } from './scene.js';
import { lookAround, readAllowedDisruptions } from './scene.js';
import type { Stage } from './stage.js';
import { envOf } from './stage.js';
import { strike } from './strike.js';
import type { Struck } from './strike.js';
import { describeTarget, toTargetRecord } from './target.js';

/** Undoing is not cut by the step's timeout; it has this time, and that of the recovery where it waits for members. */
const undoMs = 5 * 60_000;
/** A cancelled step has seconds left. */
const hurriedMs = 4_000;
/** Beyond its own limits an experiment should not last longer than this. */
const slackMs = 10 * 60_000;

/** What an experiment came to. With an error there is no sense in running the next one. */
export interface Result {
  readonly record: ExperimentRecord;
  readonly error?: ActionError;
}

/**
 * Runs one experiment: looks, marks, breaks, measures, and puts everything back whatever happens. Never throws; an error
 * is part of the result, so that the record of what was seen and undone is not lost with it.
 */
export async function runExperiment(stage: Stage, experiment: Experiment): Promise<Result> {
  const { name } = experiment;
  let planned: { readonly found: Found; readonly fault: Fault };
  try {
    const found = await lookAround(stage);
    expectWhole(found);
    planned = { found, fault: await experiment.preflight(stage, found) };
  } catch (thrown) {
    const error = toActionError(thrown);
    const record = { name, reason: error.message, facts: {}, assertions: [], targets: [] };
    if (hasCode(error, 'experiment-skipped')) return { record: { ...record, verdict: 'skipped' } };
    return { record: { ...record, verdict: verdictOf(stage, error) }, error };
  }
  const { found, fault } = planned;
  for (const target of fault.targets) stage.note(`Target: ${describeTarget(target)}.`);

  const mark = markOf(stage, experiment, found, fault);
  const unguard = stage.guard();
  const { outcome, putBack } = await strikeAndPutBack(stage, experiment, { found, fault, mark });
  if (putBack.done) unguard();

  const error = outcome.error ?? leftover(putBack);
  const after = await readAfter(stage);
  const record: ExperimentRecord = {
    name,
    verdict: error ? verdictOf(stage, error) : 'inconclusive',
    reason: error?.message ?? '',
    assertions: [],
    ...outcome.struck,
    ...(error && { verdict: verdictOf(stage, error), reason: error.message }),
    facts: {
      allowedDisruptionsBefore: found.allowedDisruptions ?? 'no budget',
      ...fault.facts,
      ...outcome.struck?.facts,
      ...(after === undefined ? {} : { allowedDisruptionsAfter: after }),
    },
    targets: fault.targets.map(toTargetRecord),
    putBack,
  };
  return error ? { record, error } : { record };
}

interface Plan {
  readonly found: Found;
  readonly fault: Fault;
  readonly mark: Mark;
}

interface Outcome {
  readonly struck?: Struck;
  readonly error?: ActionError;
}

/** From the mark on, whatever happens ends in putting back. */
async function strikeAndPutBack(
  stage: Stage,
  experiment: Experiment,
  { found, fault, mark }: Plan,
): Promise<{ readonly outcome: Outcome; readonly putBack: PutBackRecord }> {
  const outcome = await settled(async () => {
    const { api, members } = stage;
    await writeMark(api, members.namespace, mark);
    await holdNodes(
      api,
      mark,
      fault.targets.map(({ name }) => name),
    );
    await freeze(stage, found);
    await fault.prepare?.();
    return strike(stage, experiment, { found, fault, mark });
  });
  if (stage.api.signal.aborted) {
    await hurry(envOf(stage, hurriedMs), mark);
    // Post, or recover, makes sure; what is left is told by the ledger.
    return { outcome, putBack: { done: false, did: [], left: ['the step was cancelled: its post phase puts back'] } };
  }
  return { outcome, putBack: await restore(envOf(stage, undoMs), mark) };
}

async function settled(body: () => Promise<Struck>): Promise<Outcome> {
  try {
    return { struck: await body() };
  } catch (error) {
    return { error: toActionError(error) };
  }
}

/** What recovers cannot be told from what was broken before. @throws ActionError `not-steady`. */
function expectWhole({ members, replicas }: Found): void {
  const ready = members.filter(isReady).length;
  if (ready === replicas && members.length === replicas) return;
  const message = `Before the experiment there are ${members.length} members, ${ready} of them Ready, and ${replicas} are wanted; nothing was broken.`;
  throw new ActionError('not-steady', message);
}

function markOf(stage: Stage, { name }: Experiment, found: Found, { undo }: Fault): Mark {
  const { chaos, api } = stage;
  const now = api.clock.date().getTime();
  const lastsMs = 2 * chaos.steadyMs + holdOf(name, chaos.holdMs) + chaos.limits.maxRecoveryMs + slackMs;
  return {
    version: 1,
    holder: stage.holder,
    experiment: name,
    writtenAt: new Date(now).toISOString(),
    deadline: new Date(now + lastsMs).toISOString(),
    undo,
    autoscaler: found.autoscaler,
    held: nodesToHold(found.nodes),
    cluster: stage.cluster,
  };
}

/** A scale-in does not ask the budget, so none must happen while an experiment runs. */
async function freeze({ api, members, note }: Stage, { autoscaler, replicas }: Found): Promise<void> {
  if (autoscaler === undefined) return;
  const bounds = { minReplicas: replicas, maxReplicas: replicas };
  await setBounds(api, members.namespace, autoscaler.name, bounds);
  note(`Autoscaler ${autoscaler.name} is held at ${replicas} members.`);
}

function verdictOf({ api }: Stage, error: ActionError): 'aborted' | 'fail' {
  return api.signal.aborted || hasCode(error, 'not-steady', 'lock-lost') ? 'aborted' : 'fail';
}

function leftover({ done, left }: PutBackRecord): ActionError | undefined {
  if (done) return undefined;
  return new ActionError('undo-incomplete', `The cluster could not be put back as it was: ${left.join('; ')}.`);
}

/** After a cancel nobody waits for it. */
async function readAfter({ api, members, budgetName }: Stage): Promise<number | undefined> {
  if (api.signal.aborted) return undefined;
  return readAllowedDisruptions(api, members.namespace, budgetName).catch(() => undefined);
}
