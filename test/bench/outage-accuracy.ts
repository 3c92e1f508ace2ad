import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBalancerBench } from '../lab/workload/balancer-bench.js';
import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { durationsMs, intervalMs, measureRound, type Round, rounds } from './outage-rounds.js';
import { describeSpread, spreadOf } from './samples.js';

/** One node of three is lost, and with it this share of the new connections. */
const lostShare = 1 / 3;
/** The first and the last second may be degraded only in part. */
const toleratedExcessMs = 2_000;
const networkProgram = fileURLToPath(new URL('./network-outages.js', import.meta.url));

/**
 * Compares what is measured with what was injected, for faults of known durations, each at a random moment of the interval
 * of the probe. Refused connections and dropped packets are those of the kernel, in network namespaces; the loss of a share
 * of the connections is that of the load balancer of the lab.
 */
export async function benchOutageAccuracy(print: (line: string) => void): Promise<void> {
  print(`CHAOS_SEED=${seed}`);
  await benchNetworkFaults();
  const deviations: number[] = [];
  for (const durationMs of durationsMs) deviations.push(await benchPartialLoss(durationMs, print));
  // Chance alone takes one of three beyond 2 standard errors in 13 % of the runs, and two of them in 0.6 %.
  if (Math.max(...deviations) > 3 || deviations.filter(deviation => deviation > 2).length > 1) {
    throw new Error('the unavailable time differs from the truth by more than chance explains');
  }
  const control = await Promise.all(Array.from({ length: rounds }, (_, index) => measurePartialLoss(index, 0, 2_000)));
  const failed = control.filter(({ probe }) => probe.failed > 0 || probe.outageMs !== 0).length;
  const resolution = Math.max(...control.map(({ probe }) => probe.resolutionMs));
  print(
    `no fault, ${rounds} times: ${failed} with a failed connection; outage 0 ms, resolution at most ${resolution} ms`,
  );
  if (failed > 0) throw new Error('connections failed although nothing was broken');
}

/** Runs the faults of the network in a network namespace of their own; as another user than root, in one of users as well. */
async function benchNetworkFaults(): Promise<void> {
  const argv = ['--map-root-user', '--net', process.execPath, networkProgram];
  const child = spawn('unshare', argv, { stdio: 'inherit', env: { ...process.env, CHAOS_SEED: String(seed) } });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the bench of the network ended with code ${code}`);
}

/**
 * Checks that the loss of one node of three, which no client sees as an outage, is measured as unavailable time: exactly as
 * the recorded attempts say. Returns how far the mean is from the truth, in standard errors.
 */
async function benchPartialLoss(durationMs: number, print: (line: string) => void): Promise<number> {
  const measured = await Promise.all(
    Array.from({ length: rounds }, (_, index) => measurePartialLoss(index, lostShare, durationMs)),
  );
  const unavailable = measured.map(({ probe }) => probe.unavailableSeconds ?? NaN);
  const wrong = measured.filter(round => round.probe.unavailableSeconds !== recount(round)).length;
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const trueMs = meanOf(measured.map(round => round.trueMs));
  const expected = (lostShare * trueMs) / 1_000;
  const attempts = (rounds * trueMs) / intervalMs;
  const standardError = (trueMs / 1_000) * Math.sqrt((lostShare * (1 - lostShare)) / attempts);
  const deviation = Math.abs(meanOf(unavailable) - expected) / standardError;
  const excesses = measured.map(({ probe, trueMs: lengthMs }) => (probe.degradedMs ?? NaN) - lengthMs);
  print(`a third of the connections for ${durationMs} ms, ${rounds} times:`);
  print(
    `  unavailable in the mean ${seconds(meanOf(unavailable))}; expected ${seconds(expected)} with a standard error of ${seconds(standardError)}: ${deviation.toFixed(1)} of them apart`,
  );
  print(`  not as the recorded attempts say: ${wrong}`);
  print(`  the degraded time exceeds the truth by ${describeSpread(spreadOf(excesses))}`);
  if (wrong > 0) throw new Error(`${wrong} of ${rounds} unavailable times are not those of the recorded attempts`);
  const tooLong = excesses.filter(excess => excess > toleratedExcessMs).length;
  if (tooLong > 0) throw new Error(`${tooLong} of ${rounds} degraded times were too long`);
  return deviation;
}

async function measurePartialLoss(index: number, share: number, durationMs: number): Promise<Round> {
  const random = randomOf(seed + durationMs + index);
  await using bench = await startBalancerBench(random);
  const inject = async (): Promise<number> => {
    const startedMs = performance.now();
    bench.setFault(share === 0 ? { kind: 'none' } : { kind: 'blackhole', share });
    await sleep(durationMs);
    bench.setFault({ kind: 'none' });
    return performance.now() - startedMs;
  };
  return await measureRound(bench.url, inject, random());
}

/** The unavailable seconds as they are defined: the sum of the failed share of each second since the fault. */
function recount({ attempts, fromMs, endMs }: Round): number {
  let sum = 0;
  for (let startMs = fromMs; startMs < endMs; startMs += 1_000) {
    const all = attempts.filter(({ atMs }) => atMs >= startMs && atMs < startMs + 1_000);
    const failed = all.filter(({ ok }) => !ok).length;
    if (all.length > 0) sum += ((failed / all.length) * Math.min(1_000, endMs - startMs)) / 1_000;
  }
  return Number(sum.toFixed(3));
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}
