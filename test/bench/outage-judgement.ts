import { intervalMs, type Round } from './outage-rounds.js';
import { describeSpread, spreadOf } from './samples.js';

/**
 * What a fault does to new connections: `refused` resets each at once, `dropped` discards its packets, and `hung` accepts
 * it and never answers.
 */
export type TotalFault = 'refused' | 'dropped' | 'hung';

/** One member or node of three is lost, and with it this share of the new connections. */
export const lostShare = 1 / 3;

type Print = (line: string) => void;

/** The attempts are one interval apart, and a busy machine is late. */
const toleratedMs = intervalMs + 50;
/** A dropped first packet is sent again after this time, in milliseconds, and before the deadline of an attempt. */
const retransmissionMs = 1_000;
/** The first and the last second may be degraded only in part. */
const toleratedExcessMs = 2_000;

/** What must be measured of a fault of a duration: the outage, and for how long connections are slow instead. */
const expected: Readonly<Record<TotalFault, (trueMs: number) => { outageMs: number; slowMs: number }>> = {
  refused: trueMs => ({ outageMs: trueMs, slowMs: 0 }),
  hung: trueMs => ({ outageMs: trueMs, slowMs: 0 }),
  dropped: trueMs => ({
    outageMs: Math.max(0, trueMs - retransmissionMs),
    slowMs: Math.min(trueMs, retransmissionMs),
  }),
};

/** Judges the rounds of one fault that no connection survives. @throws Error when a round is wrong. */
export function judgeTotalLoss(print: Print, fault: TotalFault, durationMs: number, measured: readonly Round[]): void {
  const rounds = measured.length;
  const errors = measured.map(({ probe, trueMs }) => (probe.outageMs ?? NaN) - expected[fault](trueMs).outageMs);
  const slowErrors = measured.map(({ probe, trueMs }) => probe.slow * intervalMs - expected[fault](trueMs).slowMs);
  const outside = errors.filter(error => !(Math.abs(error) <= toleratedMs)).length;
  // Both ends of the time in which connections are slow are known to one interval.
  const slowOutside = slowErrors.filter(error => !(Math.abs(error) <= 2 * toleratedMs)).length;
  const slow = spreadOf(measured.map(({ probe }) => probe.slow));
  const truth = spreadOf(measured.map(({ trueMs }) => trueMs));
  print(`${fault} for ${durationMs} ms, ${rounds} times (really ${describeSpread(truth)}):`);
  print(
    `  error ${describeSpread(spreadOf(errors))}; beyond ${toleratedMs} ms: ${outside}; resolution at most ${resolutionOf(measured)} ms`,
  );
  print(`  slow connections: ${slow.min} to ${slow.max}, median ${slow.median}; unexpected: ${slowOutside}`);
  if (outside > 0) throw new Error(`${outside} of ${rounds} outages were measured wrongly`);
  if (slowOutside > 0) throw new Error(`the slow connections of ${slowOutside} of ${rounds} rounds are wrong`);
}

/**
 * Checks that the loss of a third of the connections, which no client sees as an outage, is measured as unavailable time:
 * exactly as the recorded attempts say. Returns how far the mean is from the truth, in standard errors.
 */
export function judgePartialLoss(print: Print, durationMs: number, measured: readonly Round[]): number {
  const rounds = measured.length;
  const unavailable = measured.map(({ probe }) => probe.unavailableSeconds ?? NaN);
  const wrong = measured.filter(round => round.probe.unavailableSeconds !== recount(round)).length;
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const trueMs = meanOf(measured.map(round => round.trueMs));
  const trueSeconds = (lostShare * trueMs) / 1_000;
  const attempts = (rounds * trueMs) / intervalMs;
  const standardError = (trueMs / 1_000) * Math.sqrt((lostShare * (1 - lostShare)) / attempts);
  const deviation = Math.abs(meanOf(unavailable) - trueSeconds) / standardError;
  const excesses = measured.map(({ probe, trueMs: lengthMs }) => (probe.degradedMs ?? NaN) - lengthMs);
  print(`a third of the connections for ${durationMs} ms, ${rounds} times:`);
  print(
    `  unavailable in the mean ${seconds(meanOf(unavailable))}; expected ${seconds(trueSeconds)} with a standard error of ${seconds(standardError)}: ${deviation.toFixed(1)} of them apart`,
  );
  print(`  not as the recorded attempts say: ${wrong}`);
  print(`  the degraded time exceeds the truth by ${describeSpread(spreadOf(excesses))}`);
  if (wrong > 0) throw new Error(`${wrong} of ${rounds} unavailable times are not those of the recorded attempts`);
  const tooLong = excesses.filter(excess => excess > toleratedExcessMs).length;
  if (tooLong > 0) throw new Error(`${tooLong} of ${rounds} degraded times were too long`);
  return deviation;
}

/** @param deviations of each duration, in standard errors. @throws Error when chance does not explain them. */
export function judgeDeviations(deviations: readonly number[]): void {
  // Chance alone takes one of three beyond 2 standard errors in 13 % of the runs, and two of them in 0.6 %.
  if (Math.max(...deviations) > 3 || deviations.filter(deviation => deviation > 2).length > 1) {
    throw new Error('the unavailable time differs from the truth by more than chance explains');
  }
}

/** Judges rounds without a fault. @throws Error when a connection failed. */
export function judgeNoFault(print: Print, measured: readonly Round[]): void {
  const failed = measured.filter(({ probe }) => probe.failed > 0 || probe.outageMs !== 0).length;
  print(
    `no fault, ${measured.length} times: ${failed} with a failed connection; outage 0 ms, resolution at most ${resolutionOf(measured)} ms`,
  );
  if (failed > 0) throw new Error('connections failed although nothing was broken');
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

function resolutionOf(measured: readonly Round[]): number {
  return Math.max(...measured.map(({ probe }) => probe.resolutionMs));
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}
