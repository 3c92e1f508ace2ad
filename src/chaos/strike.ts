import { type ActionError, hasCode, toActionError } from '../errors/action-error.js';
import { type RolloutGoal, type RolloutLimits, waitForMembers } from '../kubernetes/rollout.js';
import type { Pod } from '../kubernetes/types.js';
import type { ExperimentRecord } from '../journal/experiment-record.js';
import { areNodesBack, goalAfter, interference } from './coming-back.js';
import type { Experiment, Fault, Proof } from './experiment.js';
import { type Measuring, type Result, startMeasuring } from './measurement/measuring.js';
import { mend } from './putback/restore.js';
import { type Found, readAllowedDisruptions } from './scene.js';
import { envOf, type Stage } from './stage.js';
import type { Underway } from './under-mark.js';
import { judge } from './verdict.js';

/** What the fault came to: the part of the record that is measured, and what ended the fault. */
export interface Struck {
  readonly seen: Pick<ExperimentRecord, 'verdict' | 'reason' | 'facts' | 'assertions' | 'measurement' | 'timeline'>;
  readonly mended: readonly string[];
  /** What kept the fault, or the recovery from it, from taking its course; what was measured is there all the same. */
  readonly error?: ActionError;
}

/** How long ending the fault may take, in milliseconds: Azure starts a machine within minutes. What is left is tried again. */
const mendMs = 20 * 60_000;
/** How often a hold looks whether clients suffer too long, in milliseconds. */
const lookMs = 250;

/**
 * Measures a steady time, strikes, holds, mends, and measures until the cluster has recovered. What has to wait until
 * nobody measures, such as taking back the member that was added, is left to the caller.
 */
export async function strike(
  stage: Stage,
  { name }: Experiment,
  { found, fault, mark, started }: Underway & { readonly found: Found; readonly fault: Fault },
): Promise<Struck> {
  const { api, chaos, note } = stage;
  const targets = fault.targets.map(target => target.name);
  const way = stage.wayTo(found, targets);
  const { members, serviceName } = stage;
  const { statefulSet } = found;
  const options = { api, way, members, statefulSet, serviceName, targets, intervalMs: chaos.probeIntervalMs };
  const measuring = await startMeasuring(options);
  const end = (): Promise<Result> => {
    measuring.moment('ended');
    return measuring.stop({ disturbed: fault.disturbed, replaced: fault.back === 'replaced' });
  };
  try {
    measuring.moment('steady');
    note(`Measuring ${seconds(chaos.steadyMs)} s before the fault.`);
    const steady = await measuring.clean(chaos.steadyMs, 3 * chaos.steadyMs + 5_000, api.signal);
    if (!steady) return { seen: aborted(stage, measuring.unsteady(), await end()), mended: [] };

    note('The fault begins.');
    measuring.moment('injected');
    const limits = withinRecovery(stage, api.clock.now());
    const inflicted = await inflict(stage, fault, measuring, limits);
    const during = await readAllowedDisruptions(api, members.namespace, stage.budgetName).catch(() => 'not read');
    const acceptedUnderFault = measuring.acceptedUnderFault();

    measuring.moment('reverted');
    const mended = await mend(envOf(stage, mendMs, started), mark);
    const before = found.members.filter(({ metadata }) => fault.disturbed.includes(metadata.uid ?? ''));
    // What has not taken hold has changed no member: there is nobody to come back.
    const goal = inflicted.proof.confirmed ? goalAfter(fault, before) : {};
    const { recovered, pods, error = inflicted.error } = await recover(stage, fault, goal, measuring, limits);
    const seen = await end();
    const judged = judge({
      name,
      limits: chaos.limits,
      unavailable: fault.unavailable === true,
      proof: (pods && interference(fault, before, pods)) ?? inflicted.proof,
      measurement: seen.measurement,
      recovered,
      acceptedUnderFault,
    });
    const facts = { allowedDisruptionsDuring: during ?? 'no budget', ...(inflicted.cut && { holdCutShort: true }) };
    return { seen: { ...judged, ...seen, facts }, mended, ...(error && { error }) };
  } finally {
    await measuring.close();
  }
}

/** Nothing was injected: what fails now has another cause. */
function aborted({ chaos }: Stage, unsteady: string, seen: Result): Struck['seen'] {
  const reason = `Before the fault ${unsteady}, of which none may fail for ${seconds(chaos.steadyMs)} s; nothing was injected.`;
  return { verdict: 'aborted', reason, facts: {}, assertions: [], ...seen };
}

/** Limits of every wait from the injection on: what is left of `max-recovery` when the wait begins. */
function withinRecovery({ api, limits, chaos }: Stage, injectedMs: number): RolloutLimits {
  return {
    ...limits,
    timeoutCode: 'recovery-timeout',
    patient: true,
    get timeoutMs() {
      return Math.max(1, injectedMs + chaos.limits.maxRecoveryMs - api.clock.now());
    },
  };
}

interface Inflicted {
  /** Of the end of the hold, where the fault took hold at all. */
  readonly proof: Proof;
  readonly cut: boolean;
  readonly error?: ActionError;
}

/** Injects the fault, and holds it where it has taken hold. An error ends the fault, and not the measurement. */
async function inflict(stage: Stage, fault: Fault, measuring: Measuring, limits: RolloutLimits): Promise<Inflicted> {
  const { api, note } = stage;
  try {
    await fault.inject(limits);
    const struck = await fault.confirm();
    measuring.moment('confirmed');
    note(struck.detail);
    if (!struck.confirmed) return { proof: struck, cut: false };
    note('The fault is held.');
    const cut = await hold(stage, fault, measuring);
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
async function hold({ api, chaos, note }: Stage, fault: Fault, measuring: Measuring): Promise<boolean> {
  const { clock } = api;
  const over = new AbortController();
  const limitMs = 2 * chaos.limits.maxOutageMs + 2_000;
  const holding = fault.hold(over.signal).finally(() => {
    over.abort();
  });
  if (fault.unavailable) {
    await holding;
    return false;
  }
  let cut = false;
  const watching = (async () => {
    while (!over.signal.aborted) {
      if (measuring.failingForMs() > limitMs) {
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
  stage: Stage,
  fault: Fault,
  goal: Pick<RolloutGoal, 'gone' | 'restarted'>,
  measuring: Measuring,
  limits: RolloutLimits,
): Promise<Recovery> {
  const { api, members, chaos, note } = stage;
  let pods: readonly Pod[];
  try {
    if (!(await areNodesBack(stage, fault, limits.timeoutMs))) {
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
  const clean = await measuring.clean(chaos.steadyMs, limits.timeoutMs + chaos.steadyMs, api.signal);
  if (clean) measuring.moment('recovered', chaos.steadyMs);
  return { recovered: clean, pods };
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
