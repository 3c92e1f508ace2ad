import { type ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { ExperimentRecord } from '../journal/experiment-record.js';
import { type RolloutGoal, type RolloutLimits, waitForMembers } from '../kubernetes/rollout.js';
import type { Pod } from '../kubernetes/types.js';
import { sleepOrEndEarly } from '../runtime/time.js';
import { type ClusterState, type ExperimentContext, readAllowedDisruptions } from './experiment-context.js';
import type { ExperimentDefinition, Fault, Proof } from './experiment.js';
import type { ExperimentName } from './experiments/index.js';
import { type Measurement, type MeasurementResult, startMeasurement } from './measurement/measurement.js';
import { areNodesInService, recoveryGoal, interference } from './recovery-mode.js';
import { revertContextOf, revertFault } from './revert/revert.js';
import { judge } from './verdict.js';
import type { OpenRecord } from './with-revert-record.js';

/** What the fault came to: the part of the record that is measured, and what ended the fault. */
export interface FaultResult {
  readonly seen: Pick<ExperimentRecord, 'verdict' | 'reason' | 'facts' | 'assertions' | 'measurement' | 'timeline'>;
  readonly reverted: readonly string[];
  /** What kept the fault, or the recovery from it, from taking its course; what was measured is there all the same. */
  readonly error?: ActionError;
}

/** How long ending the fault may take, in milliseconds: Azure starts a machine within minutes. What is left is tried again. */
const revertMs = 20 * 60_000;
/** How often a hold looks whether clients suffer too long, in milliseconds. */
const lookMs = 250;

/**
 * Measures a steady time, strikes, holds, mends, and measures until the cluster has recovered. What has to wait until
 * nobody measures, such as taking back the member that was added, is left to the caller.
 */
export async function runFault(
  context: ExperimentContext,
  definition: ExperimentDefinition<ExperimentName>,
  { found, fault, record, started }: OpenRecord & { readonly found: ClusterState; readonly fault: Fault },
): Promise<FaultResult> {
  const { api, chaos, note } = context;
  const { name } = definition;
  const unavailable = definition.unavailable === true;
  const targets = fault.targets.map(target => target.name);
  const endpoint = context.clientEndpointFor(found, targets);
  const { members, serviceName } = context;
  const { statefulSet } = found;
  const options = { api, endpoint, members, statefulSet, serviceName, targets, intervalMs: chaos.probeIntervalMs };
  const measurement = await startMeasurement(options);
  const end = (): Promise<MeasurementResult> => {
    measurement.recordMoment('ended');
    return measurement.stop({ affected: fault.affected, replaced: fault.recoveryMode() === 'replaced' });
  };
  try {
    measurement.recordMoment('steady');
    note(`Measuring ${seconds(chaos.steadyMs)} s before the fault.`);
    const steady = await measurement.waitUntilSteady(chaos.steadyMs, 3 * chaos.steadyMs + 5_000, api.signal);
    if (!steady) return { seen: aborted(context, measurement.describeFailures(), await end()), reverted: [] };

    note('The fault begins.');
    measurement.recordMoment('injected');
    const limits = withinRecovery(context, api.clock.now());
    const held = await injectAndHold(context, { fault, unavailable, measurement }, limits);
    const during = await readAllowedDisruptions(api, members.namespace, context.budgetName).catch(() => 'not read');
    const acceptedUnderFault = measurement.acceptedUnderFault();

    measurement.recordMoment('reverted');
    const reverted = await revertFault(revertContextOf(context, revertMs, started), record);
    const before = found.members.filter(({ metadata }) => fault.affected.includes(metadata.uid ?? ''));
    // What has not taken hold has changed no member: there is nobody to come back.
    const goal = held.proof.confirmed ? recoveryGoal(fault, before) : {};
    const { recovered, pods, error = held.error } = await recover(context, fault, goal, measurement, limits);
    const seen = await end();
    const judged = judge({
      name,
      limits: chaos.limits,
      unavailable,
      proof: (pods && interference(fault, before, pods)) ?? held.proof,
      measurement: seen.measurement,
      recovered,
      acceptedUnderFault,
    });
    const facts = { allowedDisruptionsDuring: during ?? 'no budget', ...(held.cut && { holdCutShort: true }) };
    return { seen: { ...judged, ...seen, facts }, reverted, ...(error && { error }) };
  } finally {
    await measurement.close();
  }
}

/** Nothing was injected: what fails now has another cause. */
function aborted({ chaos }: ExperimentContext, unsteady: string, seen: MeasurementResult): FaultResult['seen'] {
  const reason = `Before the fault ${unsteady}, of which none may fail for ${seconds(chaos.steadyMs)} s; nothing was injected.`;
  return { verdict: 'aborted', reason, facts: {}, assertions: [], ...seen };
}

/** Limits of every wait from the injection on: what is left of `max-recovery` when the wait begins. */
function withinRecovery({ api, limits, chaos }: ExperimentContext, injectedMs: number): RolloutLimits {
  return {
    ...limits,
    timeoutCode: 'recovery-timeout',
    tolerateFailures: true,
    remainingMs: () => Math.max(1, injectedMs + chaos.limits.maxRecoveryMs - api.clock.now()),
  };
}

/** A fault that is to be injected while it is measured. */
interface Injection {
  readonly fault: Fault;
  readonly unavailable: boolean;
  readonly measurement: Measurement;
}

interface HeldFault {
  /** Of the end of the hold, where the fault took hold at all. */
  readonly proof: Proof;
  readonly cut: boolean;
  readonly error?: ActionError;
}

/** Injects the fault, and holds it where it has taken hold. An error ends the fault, and not the measurement. */
async function injectAndHold(
  context: ExperimentContext,
  injection: Injection,
  limits: RolloutLimits,
): Promise<HeldFault> {
  const { api, note } = context;
  const { fault, measurement } = injection;
  try {
    await fault.inject(limits);
    const struck = await fault.confirm();
    measurement.recordMoment('confirmed');
    note(struck.detail);
    if (!struck.confirmed) return { proof: struck, cut: false };
    note('The fault is held.');
    const cut = await hold(context, injection);
    return { proof: await fault.confirm(), cut };
  } catch (thrown) {
    api.signal.throwIfAborted();
    const error = toActionError(thrown);
    note(error.message);
    return { proof: { confirmed: false, detail: error.message }, cut: false, error };
  }
}

/**
 * Holds the fault, but no longer than clients may suffer twice: then the verdict is clear. Tells whether it was cut.
 */
async function hold(
  { api, chaos, holdMs, note }: ExperimentContext,
  { fault, unavailable, measurement }: Injection,
): Promise<boolean> {
  const { clock } = api;
  const over = new AbortController();
  const limitMs = 2 * chaos.limits.maxOutageMs + 2_000;
  const held = fault.hold?.(over.signal) ?? sleepOrEndEarly(clock, holdMs, over.signal, api.signal);
  const holding = held.finally(() => {
    over.abort();
  });
  if (unavailable) {
    await holding;
    return false;
  }
  let cut = false;
  const watching = (async () => {
    while (!over.signal.aborted) {
      if (measurement.failingForMs() > limitMs) {
        cut = true;
        note(`No connection has succeeded for ${seconds(limitMs)} s: the fault is taken back at once.`);
        over.abort();
      } else {
        await clock.sleep(lookMs, over.signal).catch(() => undefined);
      }
    }
  })();
  await holding;
  await watching;
  return cut;
}

interface Recovery {
  /** Within the time for it. */
  readonly recovered: boolean;
  /** The members as they were when all had come back; undefined: they had not. */
  readonly pods?: readonly Pod[];
  readonly error?: ActionError;
}

/** Waits for the nodes and members, each to come back as the fault lets it, then for the probe. */
async function recover(
  context: ExperimentContext,
  fault: Fault,
  goal: Pick<RolloutGoal, 'gone' | 'restarted'>,
  measurement: Measurement,
  limits: RolloutLimits,
): Promise<Recovery> {
  const { api, members, chaos, note } = context;
  let pods: readonly Pod[];
  try {
    if (!(await areNodesInService(context, fault, limits.remainingMs()))) {
      note('Not every node of the fault is back in service.');
      return { recovered: false };
    }
    pods = await waitForMembers(api, { members, ...goal }, limits);
  } catch (thrown) {
    api.signal.throwIfAborted();
    const error = toActionError(thrown);
    note(error.message);
    return { recovered: false, ...(!hasCode(error, 'recovery-timeout') && { error }) };
  }
  note(`All members are Ready; measuring until every connection has succeeded for ${seconds(chaos.steadyMs)} s.`);
  const clean = await measurement.waitUntilSteady(chaos.steadyMs, limits.remainingMs() + chaos.steadyMs, api.signal);
  if (clean) measurement.recordMoment('recovered', chaos.steadyMs);
  return { recovered: clean, pods };
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
