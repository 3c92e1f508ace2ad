import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { ExperimentRecord, RevertSummary } from '../journal/experiment-record.js';
import { isReady } from '../kubernetes/pods.js';
import {
  type ClusterState,
  type ExperimentContext,
  observeCluster,
  readAllowedDisruptions,
} from './experiment-context.js';
import type { ExperimentDefinition, Fault } from './experiment.js';
import type { ExperimentName } from './experiments/index.js';
import { findCordoned } from './places.js';
import { refuteReplicas } from './revert/record-confirmation.js';
import { runFault } from './run-fault.js';
import { spreadSeeds } from './spread-seeds.js';
import { describeTarget, toTargetRecord } from './target.js';
import { withRevertRecord } from './with-revert-record.js';

/** The result of an experiment. */
export interface ExperimentResult {
  readonly record: ExperimentRecord;
  readonly error?: ActionError;
  /** Whether the next experiment must not run, because the cluster was not fully reverted or is no longer locked. */
  readonly over: boolean;
}

/**
 * Runs one experiment: reads the state, writes the revert record, injects the fault, measures, and always reverts all
 * changes. Never throws; an error is part of the result, so that the record of the observations and the revert is kept.
 */
export async function runExperiment(
  context: ExperimentContext,
  experiment: ExperimentDefinition<ExperimentName>,
): Promise<ExperimentResult> {
  const { name } = experiment;
  let planned: { readonly found: ClusterState; readonly fault: Fault };
  try {
    const found = await observeCluster(context);
    assertSteadyState(found);
    await assertNoneCordoned(context, found);
    const placed = experiment.nonGraceful ? await spreadSeeds(context, name, found) : found;
    planned = { found: placed, fault: await experiment.preflight(context, placed) };
    assertRevertible(planned.found, planned.fault);
  } catch (thrown) {
    const error = toActionError(thrown);
    const record = { name, reason: error.message, facts: {}, assertions: [], targets: [] };
    if (hasCode(error, 'experiment-skipped')) return { record: { ...record, verdict: 'skipped' }, over: false };
    return { record: { ...record, verdict: verdictOf(context, error) }, error, over: isOver(context, error) };
  }
  const { found, fault } = planned;
  for (const target of fault.targets) context.note(`Target: ${describeTarget(target)}.`);

  const nodes = fault.targets.map(target => target.name);
  const { value, error, putBack } = await withRevertRecord(
    context,
    { experiment: name, found, originalState: fault.originalState, nodes },
    async openRecord => {
      await fault.prepare?.();
      return runFault(context, experiment, { ...openRecord, found, fault });
    },
  );
  const cause = error ?? value?.error;
  const failure = context.api.signal.aborted ? cause : (leftover(putBack, cause) ?? cause);
  const record = withError(
    context,
    {
      name,
      verdict: 'inconclusive',
      reason: '',
      assertions: [],
      ...value?.seen,
      facts: {
        allowedDisruptionsBefore: found.allowedDisruptions ?? 'no budget',
        ...fault.facts(),
        ...value?.seen.facts,
        ...(await readAfter(context)),
      },
      targets: fault.targets.map(toTargetRecord),
      putBack: { ...putBack, did: [...(value?.reverted ?? []), ...putBack.did] },
    },
    failure,
  );
  const over = !putBack.done || (failure !== undefined && isOver(context, failure));
  return { record, ...(failure && { error: failure }), over };
}

/** An error decides the verdict, regardless of the measurement. */
function withError(
  context: ExperimentContext,
  record: ExperimentRecord,
  error: ActionError | undefined,
): ExperimentRecord {
  return error === undefined ? record : { ...record, verdict: verdictOf(context, error), reason: error.message };
}

function isOver({ api }: ExperimentContext, error: ActionError): boolean {
  return api.signal.aborted || hasCode(error, 'undo-incomplete', 'lock-lost');
}

/**
 * Without a steady state before the fault, recovery cannot be observed.
 * @throws ActionError `not-steady`.
 */
function assertSteadyState({ members, replicas }: ClusterState): void {
  const ready = members.filter(isReady).length;
  if (ready === replicas && members.length === replicas) return;
  const message = `Before the experiment there are ${members.length} members, ${ready} of them Ready, but ${replicas} are required; no fault was injected.`;
  throw new ActionError('not-steady', message);
}

/**
 * A cordoned node is usually about to be upgraded or removed; a fault beside that would hit two nodes at once. The
 * target itself is judged later.
 * @throws ActionError `experiment-skipped`.
 */
async function assertNoneCordoned(
  { api, chaos: { targetNode } }: ExperimentContext,
  { statefulSet }: ClusterState,
): Promise<void> {
  const cordoned = (await findCordoned(api, statefulSet)).filter(name => name !== targetNode);
  if (cordoned.length === 0) return;
  const message = `${cordoned.join(', ')}, where members could run, is cordoned, as in an upgrade; no fault was injected.`;
  throw new ActionError('experiment-skipped', message, { hint: 'Repeat the experiment when no node is cordoned.' });
}

/**
 * A revert must be able to restore the number of members.
 * @throws ActionError `experiment-skipped`.
 */
function assertRevertible({ statefulSet }: ClusterState, { originalState: { replicas } }: Fault): void {
  const refusal = replicas === undefined ? undefined : refuteReplicas(statefulSet, replicas);
  if (refusal === undefined) return;
  const message = `The experiment changes the number of members, but could not revert it. ${refusal.message}`;
  throw new ActionError('experiment-skipped', message, { cause: refusal });
}

function verdictOf({ api }: ExperimentContext, error: ActionError): 'aborted' | 'fail' {
  return api.signal.aborted || hasCode(error, 'not-steady', 'lock-lost') ? 'aborted' : 'fail';
}

/** An incomplete revert has precedence, because it needs attention first; its message includes the cause. */
function leftover({ done, left }: RevertSummary, cause: ActionError | undefined): ActionError | undefined {
  if (done) return undefined;
  const message = `The cluster could not be fully reverted: ${left.join('; ')}.`;
  if (cause === undefined) return new ActionError('undo-incomplete', message);
  return new ActionError('undo-incomplete', `${message} ${cause.message}`, { evidence: cause.evidence, cause });
}

/** Skipped after a cancel, because the step has no time left. */
async function readAfter({ api, members, budgetName }: ExperimentContext): Promise<ExperimentRecord['facts']> {
  if (api.signal.aborted) return {};
  const after = await readAllowedDisruptions(api, members.namespace, budgetName).catch(() => undefined);
  return after === undefined ? {} : { allowedDisruptionsAfter: after };
}
