import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { ExperimentRecord, RevertSummary, Verdict } from '../journal/experiment-record.js';
import { assertSteadyState, waitUntilAtRest } from './before-fault.js';
import {
  type ClusterState,
  type ExperimentContext,
  type FaultPorts,
  observeCluster,
  readRecountedDisruptions,
} from './experiment-context.js';
import type { ExperimentDefinition, Fault } from './experiment.js';
import type { ExperimentName } from './experiments/index.js';
import { assertBoundsLast, assertReplicasLast } from './lasting-changes.js';
import type { InsideProbe } from './measurement/inside-probe.js';
import type { MessageHistory } from './measurement/message-history.js';
import { startInsideProbe } from './measurement/probe-pod.js';
import { findCordoned } from './places.js';
import { describeThaw } from './revert/frozen-autoscaler.js';
import { findNodesOfOthers } from './revert/node-annotations.js';
import { refuteReplicas } from './revert/record-confirmation.js';
import { type FaultResult, runFault } from './run-fault.js';
import { spreadSeeds } from './spread-seeds.js';
import { describeTarget, toTargetRecord } from './target.js';
import { longestMs, withRevertRecord } from './with-revert-record.js';

/** The result of an experiment. */
export interface ExperimentResult {
  readonly record: ExperimentRecord;
  /** What the counts of messages were computed from; absent when message loss was not measured. */
  readonly history?: MessageHistory;
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
  try {
    return await context.underNodesLock(signal => {
      const { api, machines } = context;
      const bound = { ...context, api: api.withSignal(signal), machines: machines?.withSignal(signal) };
      return runAlone(bound, experiment);
    });
  } catch (thrown) {
    return notStarted(context, experiment, toActionError(thrown));
  }
}

/** Returns whether a node fails or becomes unschedulable. Every experiment annotates nodes. */
function affectsNodes({ nonGraceful, reverts }: ExperimentDefinition<ExperimentName>): boolean {
  return nonGraceful === true || reverts.length > 0;
}

/** Returns the result of an experiment that ended before it changed anything. */
function notStarted(
  context: ExperimentContext,
  { name }: ExperimentDefinition<ExperimentName>,
  error: ActionError,
): ExperimentResult {
  const record = { name, reason: error.message, facts: {}, assertions: [], targets: [] };
  const verdict = verdictOf(context, error);
  return { record: { ...record, verdict }, ...unlessSkipped(error), over: isOver(context, error) };
}

async function runAlone(
  context: ExperimentContext,
  experiment: ExperimentDefinition<ExperimentName>,
): Promise<ExperimentResult> {
  const { name } = experiment;
  let planned: { readonly found: ClusterState; readonly fault: Fault };
  try {
    await waitUntilAtRest(context);
    const found = await observeCluster(context);
    assertSteadyState(found);
    assertBoundsLast(found, context.note);
    await assertNoneCordoned(context, found);
    if (affectsNodes(experiment)) await assertNoneOfOthers(context);
    const placed = experiment.nonGraceful ? await spreadSeeds(context, name, found) : found;
    planned = { found: placed, fault: await experiment.preflight(context, placed) };
    assertRevertible(context, planned.found, planned.fault);
  } catch (thrown) {
    return notStarted(context, experiment, toActionError(thrown));
  }
  const { found, fault } = planned;
  for (const target of fault.targets) context.note(`Target: ${describeTarget(target)}.`);

  const nodes = fault.targets.map(target => target.name);
  const { value, error, putBack, revertMs } = await withRevertRecord(
    context,
    { experiment: name, found, originalState: fault.originalState, nodes },
    async openRecord => {
      // First, because what fails here must change nothing else.
      const inside = await startProbeOf(context, openRecord.ports, found, nodes);
      try {
        await fault.prepare?.(openRecord.ports);
        const result = await runFault(context, experiment, { ...openRecord, found, fault, inside });
        return { ...result, seen: withThaw(result.seen, await findThaw(context, found)) };
      } finally {
        await inside?.stop();
      }
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
        ...(await readAfter(context, found)),
      },
      targets: fault.targets.map(toTargetRecord),
      putBack: {
        ...putBack,
        did: [...(value?.reverted ?? []), ...putBack.did],
        ...restorationOf(putBack, value?.restoringMs, revertMs),
      },
    },
    failure,
  );
  const over = !putBack.done || (failure !== undefined && isOver(context, failure));
  return { record, ...(value?.history && { history: value.history }), ...unlessSkipped(failure), over };
}

/** Starts the probe inside the cluster; undefined without one. */
async function startProbeOf(
  context: ExperimentContext,
  { api: changing }: FaultPorts,
  { statefulSet }: ClusterState,
  targets: readonly string[],
): Promise<InsideProbe | undefined> {
  const { api, members, serviceName, chaos, limits, note } = context;
  if (chaos.probeImage === '') return undefined;
  const settings = { namespace: members.namespace, image: chaos.probeImage, statefulSet, targets, serviceName };
  const inside = await startInsideProbe(api, changing, { ...settings, lastsMs: longestMs(context) }, limits);
  note(`The probe inside the cluster runs on node ${inside.node}.`);
  return inside;
}

/** Restoration begins with the revert of the fault and ends with that of the rest; what was only measured does not count. */
function restorationOf(
  { done }: RevertSummary,
  restoringMs: number | undefined,
  revertMs: number | undefined,
): Pick<RevertSummary, 'restorationMs'> {
  if (!done || restoringMs === undefined || revertMs === undefined) return {};
  return { restorationMs: Math.round(restoringMs + revertMs) };
}

/** Returns whether the autoscaler was no longer frozen at the end of the fault; undefined without an autoscaler. */
async function findThaw(
  { api, members }: ExperimentContext,
  { autoscaler }: ClusterState,
): Promise<string | undefined> {
  return autoscaler && (await describeThaw(api, members).catch(() => undefined));
}

/** An autoscaler that was not frozen to the end may have changed the members, so the numbers prove nothing. */
function withThaw(seen: FaultResult['seen'], thaw: string | undefined): FaultResult['seen'] {
  if (thaw === undefined) return seen;
  return { ...seen, verdict: 'inconclusive', reason: `No conclusion is possible because ${thaw}.` };
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
  return api.signal.aborted || hasCode(error, 'undo-incomplete', 'lock-lost', 'lock-expiring');
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
 * A second fault must not be added to the one that a lost run has left in another namespace.
 * @throws ActionError `experiment-skipped`.
 */
async function assertNoneOfOthers({ api, members: { namespace } }: ExperimentContext): Promise<void> {
  const nodes = await findNodesOfOthers(api, namespace);
  if (nodes.length === 0) return;
  const message = `An experiment on another deployment has left its revert record on ${nodes.join(', ')}; no fault was injected.`;
  throw new ActionError('experiment-skipped', message, { hint: 'Run operation recover in its namespace.' });
}

/**
 * A changed number of members must last, and a revert must be able to restore it.
 * @throws ActionError `experiment-skipped`.
 */
function assertRevertible(
  { note }: ExperimentContext,
  found: ClusterState,
  { originalState: { replicas } }: Fault,
): void {
  if (replicas === undefined) return;
  assertReplicasLast(found, note);
  const refusal = refuteReplicas(found.statefulSet, replicas.from);
  if (refusal === undefined) return;
  const message = `The experiment changes the number of members, but could not revert it. ${refusal.message}`;
  throw new ActionError('experiment-skipped', message, { cause: refusal });
}

function verdictOf({ api }: ExperimentContext, error: ActionError): Verdict {
  if (api.signal.aborted || hasCode(error, 'not-steady', 'lock-lost', 'lock-expiring')) return 'aborted';
  if (hasCode(error, 'runner-limit', 'probe-pod-failed')) return 'inconclusive';
  return isSkipped(error) ? 'skipped' : 'fail';
}

/** A cluster that is busy with another run is not a failure of the cluster. */
function isSkipped(error: ActionError): boolean {
  return hasCode(error, 'experiment-skipped', 'locked');
}

/** An experiment that was skipped is not an error of the step. */
function unlessSkipped(error: ActionError | undefined): Pick<ExperimentResult, 'error'> {
  return error === undefined || isSkipped(error) ? {} : { error };
}

/** An incomplete revert has precedence, because it needs attention first; its message includes the cause. */
function leftover({ done, left }: RevertSummary, cause: ActionError | undefined): ActionError | undefined {
  if (done) return undefined;
  const message = `The cluster could not be fully reverted: ${left.join('; ')}.`;
  if (cause === undefined) return new ActionError('undo-incomplete', message);
  return new ActionError('undo-incomplete', `${message} ${cause.message}`, { evidence: cause.evidence, cause });
}

/** Skipped after a cancel, because the step has no time left. */
async function readAfter(
  { api, members: { namespace }, budgetName }: ExperimentContext,
  { replicas }: ClusterState,
): Promise<ExperimentRecord['facts']> {
  if (api.signal.aborted) return {};
  const after = await readRecountedDisruptions(api, namespace, budgetName, replicas).catch(() => undefined);
  return after === undefined ? {} : { allowedDisruptionsAfter: after };
}
