import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { type FaultyNetwork, type NetworkFault, startFaultyNetwork } from './faulty-network.js';
import { judgeTotalLoss } from './outage-judgement.js';
import { durationsMs, measureRound, rounds } from './outage-rounds.js';

/** Measures one fault of one duration at all servers at once. @throws Error when a round is wrong. */
async function bench(network: FaultyNetwork, fault: NetworkFault, durationMs: number): Promise<void> {
  const random = randomOf(seed + durationMs);
  const measured = await Promise.all(
    network.urls.map((url, index) => measureRound(url, () => network.fail(index, fault, durationMs), random())),
  );
  judgeTotalLoss(console.log, fault, durationMs, measured);
}

// Runs in a network namespace of its own: see `benchOutageAccuracy`.
await using network = await startFaultyNetwork(rounds);
for (const fault of ['refused', 'dropped'] as const) {
  for (const durationMs of durationsMs) await bench(network, fault, durationMs);
}
