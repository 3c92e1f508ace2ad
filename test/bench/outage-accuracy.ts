import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientEndpoint } from '../../src/chaos/measurement/client-endpoint.js';
import { summarizeProbe } from '../../src/chaos/measurement/outages.js';
import { startProbe } from '../../src/chaos/measurement/probe.js';
import type { ProbeRecord } from '../../src/journal/experiment-record.js';
import { createSocketNetwork } from '../../src/runtime/node-network.js';
import { systemClock } from '../../src/runtime/node-ports.js';
import { startBalancerBench } from '../lab/workload/balancer-bench.js';
import type { BalancerFault } from '../lab/workload/balancer-faults.js';
import { describeSpread, spreadOf } from './samples.js';

const intervalMs = 200;
const rounds = 20;
/** The tolerated error of a duration: the attempts are one interval apart, and a busy runner is late. */
const toleratedMs = intervalMs + 50;
/** One node of three is lost, and with it this share of the new connections. */
const lostShare = 1 / 3;
const lossMs = 10_000;
/** The tolerance for the mean of all rounds: about a thousand connections, so three standard deviations. */
const toleratedShare = 0.05;
/** The tolerance for the mean of all rounds: three standard deviations of the time between two failures. */
const toleratedShortfallMs = 500;

/**
 * Compares the measured outage with the true one: outages of known durations in the load balancer, measured by the
 * probe alone. Several are measured at the same time, each with its own load balancer, at a random moment of the
 * interval.
 */
export async function benchOutageAccuracy(print: (line: string) => void): Promise<void> {
  for (const lengthMs of [500, 2_000, 10_000]) {
    const measured = await Promise.all(
      Array.from({ length: rounds }, () => measure({ kind: 'blackhole', durationMs: lengthMs })),
    );
    const errors = measured.map(({ probe, trueMs }) => probe.outageMs - trueMs);
    const outside = errors.filter(error => Math.abs(error) > toleratedMs).length;
    const spread = describeSpread(spreadOf(errors));
    print(`outage of ${lengthMs} ms, ${rounds} times: error ${spread}; beyond ${toleratedMs} ms: ${outside}`);
    if (outside > 0) throw new Error(`${outside} of ${rounds} outages of ${lengthMs} ms were measured wrongly`);
  }
  await benchLossOfANode(print);
  const control = await Promise.all(Array.from({ length: rounds }, () => measure({ kind: 'none' })));
  const failed = control.filter(({ probe }) => probe.failed > 0).length;
  print(`no fault, ${rounds} times: ${failed} with a failed connection; resolution ${intervalMs} ms`);
  if (failed > 0) throw new Error('connections failed although nothing was broken');
}

/** Checks that the loss of one node of three, which no client sees as an outage, is measured as degraded time. */
async function benchLossOfANode(print: (line: string) => void): Promise<void> {
  const measured = await Promise.all(
    Array.from({ length: rounds }, () => measure({ kind: 'blackhole', share: lostShare, durationMs: lossMs })),
  );
  const shares = measured.map(({ probe }) => probe.degradedShare).toSorted((a, b) => a - b);
  const shortfalls = measured.map(({ probe, trueMs }) => trueMs - probe.degradedMs);
  const expected = expectedOfALoss();
  const seen = { share: meanOf(shares), shortfallMs: meanOf(shortfalls) };
  print(`a third of the connections for ${lossMs} ms, ${rounds} times:`);
  print(
    `  degraded share ${percent(shares.at(0))} to ${percent(shares.at(-1))}, mean ${percent(seen.share)}; expected ${percent(expected.share)}`,
  );
  print(
    `  the degraded time is shorter than the truth by ${describeSpread(spreadOf(shortfalls))}, mean ${Math.round(seen.shortfallMs)} ms; expected ${Math.round(expected.shortfallMs)} ms`,
  );
  const tooLong = shortfalls.filter(shortfall => shortfall < -toleratedMs).length;
  if (tooLong > 0) throw new Error(`${tooLong} of ${rounds} degraded times were longer than the truth`);
  if (Math.abs(seen.shortfallMs - expected.shortfallMs) > toleratedShortfallMs) {
    throw new Error(`the degraded time is shorter than the truth by ${Math.round(seen.shortfallMs)} ms on the mean`);
  }
  if (Math.abs(seen.share - expected.share) > toleratedShare) {
    throw new Error(`the mean share is ${percent(seen.share)}`);
  }
}

/**
 * Returns what a perfect probe would measure. Attempts that succeed by chance at either end are not counted: in the
 * mean as many as succeed before one fails. The half of an interval that is lost at each end is regained, because the
 * last failure counts up to the next attempt. The first and the last counted attempt have always failed, so the share
 * is higher than that of the node.
 */
function expectedOfALoss(): { readonly share: number; readonly shortfallMs: number } {
  const passed = (1 - lostShare) / lostShare;
  const attempts = lossMs / intervalMs - 2 * passed;
  return { share: (2 + (attempts - 2) * lostShare) / attempts, shortfallMs: 2 * passed * intervalMs };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share = 0): string {
  return `${Math.round(share * 100)} %`;
}

/** Measures one fault. The clock of the injecting code gives the true duration. */
async function measure(fault: BalancerFault): Promise<{ readonly probe: ProbeRecord; readonly trueMs: number }> {
  await using bench = await startBalancerBench();
  const network = createSocketNetwork();
  const way: ClientEndpoint = { url: () => bench.url, network, blindSpot: undefined, rest: undefined };
  const ending = new AbortController();
  const t0Ms = systemClock.now();
  const probe = startProbe(systemClock, way, { t0Ms, intervalMs }, ending.signal, () => undefined);
  await sleep(1_000 + Math.random() * intervalMs);
  const startedMs = performance.now();
  const injectedMs = fault.kind === 'none' ? undefined : systemClock.now() - t0Ms;
  bench.setFault(fault);
  if (fault.kind === 'blackhole') await sleep(fault.durationMs);
  bench.setFault({ kind: 'none' });
  const trueMs = performance.now() - startedMs;
  await sleep(1_000);
  const endMs = systemClock.now() - t0Ms;
  await probe.stop();
  const series = { attempts: probe.series.ended(), endMs, injectedMs, recoveredMs: undefined };
  return { probe: summarizeProbe(series), trueMs };
}
