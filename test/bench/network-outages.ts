import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { type FaultyNetwork, type NetworkFault, startFaultyNetwork } from './faulty-network.js';
import { durationsMs, intervalMs, measureRound, rounds } from './outage-rounds.js';
import { describeSpread, spreadOf } from './samples.js';

/** The attempts are one interval apart, and a busy machine is late. */
const toleratedMs = intervalMs + 50;
/** A dropped first packet is sent again after this time, in milliseconds, and before the deadline of an attempt. */
const retransmissionMs = 1_000;

/** What must be measured of a fault of a duration: the outage, and for how long connections are slow instead. */
const expected: Readonly<Record<NetworkFault, (trueMs: number) => { outageMs: number; slowMs: number }>> = {
  refused: trueMs => ({ outageMs: trueMs, slowMs: 0 }),
  dropped: trueMs => ({
    outageMs: Math.max(0, trueMs - retransmissionMs),
    slowMs: Math.min(trueMs, retransmissionMs),
  }),
};

/** Measures one fault of one duration at all servers at once. @throws Error when a round is wrong. */
async function bench(network: FaultyNetwork, fault: NetworkFault, durationMs: number): Promise<void> {
  const random = randomOf(seed + durationMs);
  const measured = await Promise.all(
    network.urls.map((url, index) => measureRound(url, () => network.fail(index, fault, durationMs), random())),
  );
  const errors = measured.map(({ probe, trueMs }) => (probe.outageMs ?? NaN) - expected[fault](trueMs).outageMs);
  const slowErrors = measured.map(({ probe, trueMs }) => probe.slow * intervalMs - expected[fault](trueMs).slowMs);
  const outside = errors.filter(error => !(Math.abs(error) <= toleratedMs)).length;
  // Both ends of the time in which connections are slow are known to one interval.
  const slowOutside = slowErrors.filter(error => !(Math.abs(error) <= 2 * toleratedMs)).length;
  const slow = spreadOf(measured.map(({ probe }) => probe.slow));
  const truth = spreadOf(measured.map(({ trueMs }) => trueMs));
  const resolution = Math.max(...measured.map(({ probe }) => probe.resolutionMs));
  console.log(`${fault} for ${durationMs} ms, ${rounds} times (really ${describeSpread(truth)}):`);
  console.log(
    `  error ${describeSpread(spreadOf(errors))}; beyond ${toleratedMs} ms: ${outside}; resolution at most ${resolution} ms`,
  );
  console.log(`  slow connections: ${slow.min} to ${slow.max}, median ${slow.median}; unexpected: ${slowOutside}`);
  if (outside > 0) throw new Error(`${outside} of ${rounds} outages were measured wrongly`);
  if (slowOutside > 0) throw new Error(`the slow connections of ${slowOutside} of ${rounds} rounds are wrong`);
}

// Runs in a network namespace of its own: see `benchOutageAccuracy`.
await using network = await startFaultyNetwork(rounds);
for (const fault of ['refused', 'dropped'] as const) {
  for (const durationMs of durationsMs) await bench(network, fault, durationMs);
}
