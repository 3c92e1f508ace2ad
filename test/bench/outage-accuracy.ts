import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientEndpoint } from '../../src/chaos/measurement/client-endpoint.js';
import { summarizeSeries } from '../../src/chaos/measurement/outages.js';
import { startProbe } from '../../src/chaos/measurement/probe.js';
import type { SeriesRecord } from '../../src/journal/experiment-record.js';
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
const toleratedSeconds = 0.45;
/** The first and the last second may be degraded only in part. */
const toleratedExcessMs = 2_000;

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
    const errors = measured.map(({ probe, trueMs }) => (probe.outageMs ?? NaN) - trueMs);
    const outside = errors.filter(error => !(Math.abs(error) <= toleratedMs)).length;
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

/** Checks that the loss of one node of three, which no client sees as an outage, is measured as unavailable time. */
async function benchLossOfANode(print: (line: string) => void): Promise<void> {
  const measured = await Promise.all(
    Array.from({ length: rounds }, () => measure({ kind: 'blackhole', share: lostShare, durationMs: lossMs })),
  );
  const unavailable = measured.map(({ probe }) => probe.unavailableSeconds ?? NaN).toSorted((a, b) => a - b);
  const mean = unavailable.reduce((sum, value) => sum + value, 0) / unavailable.length;
  const expected = (lostShare * lossMs) / 1_000;
  const excesses = measured.map(({ probe, trueMs }) => (probe.degradedMs ?? NaN) - trueMs);
  print(`a third of the connections for ${lossMs} ms, ${rounds} times:`);
  print(
    `  unavailable ${seconds(unavailable.at(0))} to ${seconds(unavailable.at(-1))}, mean ${seconds(mean)}; expected ${seconds(expected)}`,
  );
  print(`  the degraded time exceeds the truth by ${describeSpread(spreadOf(excesses))}`);
  const tooLong = excesses.filter(excess => excess > toleratedExcessMs).length;
  if (tooLong > 0) throw new Error(`${tooLong} of ${rounds} degraded times were too long`);
  if (Math.abs(mean - expected) > toleratedSeconds) throw new Error(`the mean is ${seconds(mean)} unavailable`);
}

function seconds(value = NaN): string {
  return `${value.toFixed(2)} s`;
}

/** Measures one fault. The clock of the injecting code gives the true duration. */
async function measure(fault: BalancerFault): Promise<{ readonly probe: SeriesRecord; readonly trueMs: number }> {
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
  const fromMs = injectedMs ?? 0;
  return {
    probe: summarizeSeries({ attempts: probe.series.ended(), fromMs, endMs, resolutionMs: intervalMs }),
    trueMs,
  };
}
