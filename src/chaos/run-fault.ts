import { type ActionError, hasCode, toActionError } from '../errors/action-error.js';
import { availabilityWindowMs } from '../journal/experiment-numbers.js';
import type { ExperimentRecord } from '../journal/experiment-record.js';
import type { Pod } from '../kubernetes/api/types.js';
import { type RolloutGoal, type RolloutLimits, waitForMembers } from '../kubernetes/rollout/rollout.js';
import { sleepOrEndEarly } from '../runtime/time.js';
import { checkBeforeInjection } from './before-fault.js';
import {
  type ClusterState,
  type ExperimentContext,
  type FaultPorts,
  readAllowedDisruptions,
} from './experiment-context.js';
import type { ExperimentDefinition, Fault, Proof } from './experiment.js';
import type { ExperimentName } from './experiments/index.js';
import { InjectionStopped, startGuard } from './injection-guard.js';
import type { InsideProbe } from './measurement/inside-probe.js';
import type { MeasurementResult } from './measurement/measurement-result.js';
import { type Measurement, startMeasurement } from './measurement/measurement.js';
import type { MessageHistory } from './measurement/message-history.js';
import { areNodesInService, recoveryGoal, interference } from './recovery-mode.js';
import { revertContextOf } from './revert/revert-context.js';
import { revertFault } from './revert/revert.js';
import { judge } from './verdict.js';
import type { OpenRecord } from './with-revert-record.js';

/** The result of a fault: the measured part of the record, and what was reverted. */
export interface FaultResult {
  readonly seen: Pick<ExperimentRecord, 'verdict' | 'reason' | 'facts' | 'assertions' | 'measurement' | 'timeline'>;
  /** What the counts of messages were computed from; absent when message loss was not measured. */
  readonly history: MessageHistory | undefined;
  readonly reverted: readonly string[];
  /**
   * The time from the revert until nodes and members were back, without what was only measured, in milliseconds; undefined
   * if they did not come back.
   */
  readonly restoringMs?: number;
  /** The error that interrupted the fault or the recovery. The measurement is complete even so. */
  readonly error?: ActionError;
}

/**
 * The time limit to end the fault, in milliseconds. Azure starts a machine within minutes. `revertAll` repeats what
 * fails.
 */
const revertMs = 20 * 60_000;

/**
 * Measures the steady state, injects the fault, holds it, ends it, and measures until the cluster has recovered. The
 * caller reverts what must not disturb the measurement, such as an added member.
 * @throws ActionError `experiment-skipped`, `not-steady` or `runner-limit` without an injection.
 */
export async function runFault(
  context: ExperimentContext,
  definition: ExperimentDefinition<ExperimentName>,
  open: OpenRecord & { readonly found: ClusterState; readonly fault: Fault; readonly inside: InsideProbe | undefined },
): Promise<FaultResult> {
  const { found, fault, record, ports, inside } = open;
  const { api, chaos, note } = context;
  const { name } = definition;
  const unavailable = definition.unavailable === true;
  const targets = fault.targets.map(target => target.name);
  const endpoint = context.clientEndpointFor(found, targets);
  const { members, serviceName, connectElsewhere } = context;
  const { statefulSet } = found;
  const stopsNodes = definition.needs.azure === true;
  const observed = { members, statefulSet, serviceName, targets, stopsNodes };
  const { probeIntervalMs: intervalMs, clients } = chaos;
  const options = { api, endpoint, connectElsewhere, ...observed, intervalMs, clients, inside };
  const measurement = await startMeasurement(options);
  const end = (): Promise<MeasurementResult> => {
    measurement.recordMoment('ended');
    const replaced = fault.recoveryMode() === 'replaced';
    const needsRevert = fault.needsRevert?.() === true;
    return measurement.stop({ affected: fault.affected, replaced, needsRevert, limits: chaos.limits });
  };
  try {
    measurement.recordMoment('steady');
    note(`Measuring ${seconds(chaos.steadyMs)} s before the fault.`);
    const steady = await measurement.waitUntilSteady(chaos.steadyMs, 3 * chaos.steadyMs + 5_000, api.signal);
    if (!steady) {
      const { history, ...seen } = await end();
      return { seen: aborted(context, measurement.describeFailures(), seen), history, reverted: [] };
    }

    await checkBeforeInjection(context);
    note('Injecting the fault.');
    measurement.recordMoment('injected');
    const injectedMs = api.clock.now();
    const limits = withinRecovery(context, injectedMs);
    const held = await injectAndHold(context, { found, fault, ports, unavailable, measurement }, limits);
    // Azure has not accepted the fault, so there is nothing to measure.
    if (hasCode(held.error, 'experiment-skipped')) throw held.error;
    const during = await readAllowedDisruptions(api, members.namespace, context.budgetName).catch(() => 'not read');
    const acceptedUnderFault = measurement.acceptedUnderFault();

    measurement.recordMoment('reverted');
    const revertedMs = api.clock.now();
    const reverted = await revertFault(revertContextOf(context, revertMs, open), record);
    const before = found.members.filter(({ metadata }) => fault.affected.includes(metadata.uid ?? ''));
    // Without a confirmed fault, no member has changed, so none has to recover.
    const goal = held.proof.confirmed ? recoveryGoal(fault, before) : {};
    const windowMs =
      held.proof.confirmed && !unavailable && chaos.limits.minAvailability > 0 ? availabilityWindowMs : 0;
    const back = {
      goal,
      windowMs,
      revertedMs,
      limits: afterRevert(context, fault, limits, { injectedMs, revertedMs }),
    };
    const { recovered, pods, restoringMs, error = held.error } = await recover(context, fault, measurement, back);
    const { history, ...seen } = await end();
    const judged = judge({
      name,
      limits: chaos.limits,
      unavailable,
      proof: (pods && interference(fault, before, pods)) ?? held.proof,
      ...(held.stopped && { stopped: true }),
      measurement: seen.measurement,
      recovered,
      acceptedUnderFault,
    });
    const facts = {
      allowedDisruptionsDuring: during ?? 'no budget',
      ...(held.stopped && { injectionCutShort: true }),
      ...(held.cutShort && { holdCutShort: true }),
    };
    return {
      seen: { ...judged, ...seen, facts },
      history,
      reverted,
      ...(restoringMs !== undefined && { restoringMs }),
      ...(error && { error }),
    };
  } finally {
    await measurement.close();
  }
}

/** Returns the verdict `aborted`: before the injection, failures have another cause. */
function aborted(
  { chaos }: ExperimentContext,
  failures: string,
  seen: Omit<MeasurementResult, 'history'>,
): FaultResult['seen'] {
  const reason = `Before the fault ${failures}, but none may fail for ${seconds(chaos.steadyMs)} s; nothing was injected.`;
  return { verdict: 'aborted', reason, facts: {}, assertions: [], ...seen };
}

/** Returns limits whose timeout is the rest of `max-recovery` at the time of each wait. */
function withinRecovery({ api, limits, chaos }: ExperimentContext, injectedMs: number): RolloutLimits {
  return {
    ...limits,
    timeoutCode: 'recovery-timeout',
    tolerateFailures: true,
    remainingMs: () => Math.max(1, injectedMs + chaos.limits.maxRecoveryMs - api.clock.now()),
  };
}

/**
 * Returns the limits of the waits after the revert: the hold does not count, and where the members only come back by the
 * revert, neither does what was before.
 */
function afterRevert(
  { api, holdMs, chaos }: ExperimentContext,
  fault: Fault,
  limits: RolloutLimits,
  { injectedMs, revertedMs }: { readonly injectedMs: number; readonly revertedMs: number },
): RolloutLimits {
  const fromMs = Math.max(injectedMs + holdMs, fault.needsRevert?.() === true ? revertedMs : 0);
  return { ...limits, remainingMs: () => Math.max(1, fromMs + chaos.limits.maxRecoveryMs - api.clock.now()) };
}

/** A fault to inject, with its measurement. */
interface Injection {
  readonly found: ClusterState;
  readonly fault: Fault;
  readonly ports: FaultPorts;
  readonly unavailable: boolean;
  readonly measurement: Measurement;
}

interface HeldFault {
  /** From the end of the hold; from the injection when the fault was not confirmed. */
  readonly proof: Proof;
  /** Whether the injection was stopped between its steps; the detail of the proof says why. */
  readonly stopped?: true;
  /** Whether the hold ended early, because no client could connect. */
  readonly cutShort?: boolean;
  readonly error?: ActionError;
}

/** Injects the fault, and holds it when it is confirmed. An error ends the fault, but not the measurement. */
async function injectAndHold(
  context: ExperimentContext,
  injection: Injection,
  limits: RolloutLimits,
): Promise<HeldFault> {
  const { api, holdMs, note } = context;
  const { found, fault, ports, measurement } = injection;
  const guard = startGuard(context, found, injection, limits);
  try {
    // A request to Azure is one step, so nothing is gained when it is abandoned.
    const machines = ports.machines?.withAcceptance(() => {
      measurement.recordAzureAcceptance();
    });
    await fault.inject({ machines, api: ports.api.withSignal(guard.limits.signal) }, guard.limits);
    const proof = await fault.confirm();
    measurement.recordMoment('confirmed');
    note(proof.detail);
    if (!proof.confirmed) return { proof };
    note('The fault is held.');
    await (fault.hold?.(guard.signal) ?? sleepOrEndEarly(api.clock, holdMs, guard.signal, api.signal));
    const cutShort = guard.signal.aborted;
    guard.close();
    return { proof: await fault.confirm(), cutShort };
  } catch (thrown) {
    api.signal.throwIfAborted();
    const error = toActionError(thrown);
    note(error.message);
    const proof = { confirmed: false, detail: error.message };
    return thrown instanceof InjectionStopped ? { proof, stopped: true } : { proof, error };
  } finally {
    guard.close();
  }
}

/** What is waited for after the revert. */
interface WayBack {
  readonly goal: Pick<RolloutGoal, 'gone' | 'restarted'>;
  /** The shortest time of the measurement from the fault on, in milliseconds. */
  readonly windowMs: number;
  /** When the revert began, as a time of the clock. */
  readonly revertedMs: number;
  readonly limits: RolloutLimits;
}

interface Recovery {
  /** True when the service has recovered within the limits of the waits. */
  readonly recovered: boolean;
  /** From the revert until nodes and members were back, in milliseconds; undefined if they did not come back. */
  readonly restoringMs?: number;
  /** The members after recovery; undefined if they have not recovered. */
  readonly pods?: readonly Pod[];
  readonly error?: ActionError;
}

/** Waits until nodes and members are back in the recovery mode of the fault, then until the service has recovered. */
async function recover(
  context: ExperimentContext,
  fault: Fault,
  measurement: Measurement,
  { goal, windowMs, revertedMs, limits }: WayBack,
): Promise<Recovery> {
  const { api, members, chaos, note } = context;
  let pods: readonly Pod[];
  try {
    if (!(await areNodesInService(context, fault, limits.remainingMs()))) {
      note('Not all target nodes are back in service.');
      return { recovered: false };
    }
    pods = await waitForMembers(api, { members, ...goal }, limits);
  } catch (thrown) {
    api.signal.throwIfAborted();
    const error = toActionError(thrown);
    note(error.message);
    return { recovered: false, ...(!hasCode(error, 'recovery-timeout') && { error }) };
  }
  const restoringMs = api.clock.now() - revertedMs;
  note(`All members are Ready; measuring until every attempt has succeeded for ${seconds(chaos.steadyMs)} s.`);
  const { steadyMs } = chaos;
  const limitMs = Math.max(limits.remainingMs(), windowMs) + steadyMs;
  const recovered = await measurement.waitUntilRecovered({ steadyMs, windowMs, limitMs }, api.signal);
  return { recovered, pods, restoringMs };
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
