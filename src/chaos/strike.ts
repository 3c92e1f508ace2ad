import { hasCode } from '../errors/action-error.js';
import { waitForMembers } from '../kubernetes/rollout.js';
import type { ExperimentRecord } from '../report/experiment.js';
import type { Experiment, Fault } from './experiment.js';
import type { Measuring } from './measurement/measuring.js';
import { startMeasuring } from './measurement/measuring.js';
import type { Mark } from './putback/mark.js';
import { mend } from './putback/restore.js';
import type { Found } from './scene.js';
import { readAllowedDisruptions } from './scene.js';
import type { Stage } from './stage.js';
import { envOf } from './stage.js';
import { judge } from './verdict.js';

/** What the fault came to: the part of the record that is measured, and what ended the fault. */
export interface Struck {
  readonly seen: Pick<ExperimentRecord, 'verdict' | 'reason' | 'facts' | 'assertions' | 'measurement' | 'timeline'>;
  readonly mended: readonly string[];
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
  { found, fault, mark }: { readonly found: Found; readonly fault: Fault; readonly mark: Mark },
): Promise<Struck> {
  const { api, chaos, note } = stage;
  const targets = fault.targets.map(target => target.name);
  const way = stage.wayTo(found, targets);
  const { members, serviceName } = stage;
  const options = { api, way, members, serviceName, targets, intervalMs: chaos.probeIntervalMs };
  const measuring = await startMeasuring(options);
  try {
    measuring.moment('steady');
    note(`Measuring ${seconds(chaos.steadyMs)} s before the fault.`);
    const steady = await measuring.clean(chaos.steadyMs, 3 * chaos.steadyMs + 5_000, api.signal);
    if (!steady) return await abort(measuring, stage, fault);

    note('The fault begins.');
    measuring.moment('injected');
    const injectedMs = api.clock.now();
    await fault.inject();
    const struck = await fault.confirm();
    measuring.moment('confirmed');
    note(struck.detail);
    if (struck.confirmed) note('The fault is held.');
    const cut = struck.confirmed && (await hold(stage, fault, measuring));
    const held = struck.confirmed ? await fault.confirm() : struck;
    const during = await readAllowedDisruptions(api, members.namespace, stage.budgetName);
    const acceptedUnderFault = measuring.acceptedUnderFault();

    measuring.moment('reverted');
    const mended = await mend(envOf(stage, mendMs), mark);
    const recovered = await recover(stage, fault, measuring, injectedMs);
    measuring.moment('ended');
    const seen = await measuring.stop({ disturbed: fault.disturbed, replaced: fault.replaced });
    const judged = judge({
      name,
      limits: chaos.limits,
      unavailable: fault.unavailable === true,
      proof: struck.confirmed ? held : struck,
      measurement: seen.measurement,
      recovered,
      acceptedUnderFault,
    });
    const facts = { allowedDisruptionsDuring: during ?? 'no budget', ...(cut && { holdCutShort: true }) };
    return { seen: { ...judged, ...seen, facts }, mended };
  } finally {
    await measuring.close();
  }
}

/** Nothing was injected: what fails now has another cause. */
async function abort(measuring: Measuring, { chaos }: Stage, fault: Fault): Promise<Struck> {
  measuring.moment('ended');
  const seen = await measuring.stop({ disturbed: fault.disturbed, replaced: fault.replaced });
  const { failed, attempts } = seen.measurement.probe;
  const reason = `${failed} of ${attempts} connections failed before the fault, which must all succeed for ${seconds(chaos.steadyMs)} s; nothing was injected.`;
  return { seen: { verdict: 'aborted', reason, facts: {}, assertions: [], ...seen }, mended: [] };
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

/** Waits for the members, then for the probe; false when the time for it was over. */
async function recover(stage: Stage, fault: Fault, measuring: Measuring, injectedMs: number): Promise<boolean> {
  const { api, members, limits, chaos, note } = stage;
  const leftMs = (): number => Math.max(1, injectedMs + chaos.limits.maxRecoveryMs - api.clock.now());
  try {
    const gone = fault.replaced ? fault.disturbed : [];
    await waitForMembers(api, { members, gone }, { ...limits, timeoutMs: leftMs(), timeoutCode: 'recovery-timeout' });
  } catch (error) {
    if (!hasCode(error, 'recovery-timeout')) throw error;
    note(error.message);
    return false;
  }
  note(`All members are Ready; measuring until every connection has succeeded for ${seconds(chaos.steadyMs)} s.`);
  const clean = await measuring.clean(chaos.steadyMs, leftMs() + chaos.steadyMs, api.signal);
  if (clean) measuring.moment('recovered', chaos.steadyMs);
  return clean;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
