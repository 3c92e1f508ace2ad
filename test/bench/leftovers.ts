import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { endCluster, type Ending } from '../real/support/end-cluster.js';

/** A cluster of one node is ready after about ten seconds on two idle cores. */
const longestMs = 12_000;

/**
 * Starts clusters of real nodes, one after the other, and ends each: in half of the cases it is killed while it starts, in
 * a quarter when it runs, and in a quarter it stops. Whatever it leaves on the host is printed, and fails.
 */
export async function benchLeftovers(print: (line: string) => void, count = 20): Promise<void> {
  print(`CHAOS_SEED=${seed}`);
  const random = randomOf(seed);
  let left = 0;
  for (let number = 1; number <= count; number += 1) {
    const draw = random();
    const ending: Ending =
      draw < 0.5
        ? { afterMs: Math.round(draw * 2 * longestMs), signal: 'SIGKILL' }
        : { signal: draw < 0.75 ? 'SIGKILL' : 'SIGTERM' };
    const found = await endCluster(ending);
    left += found.length;
    const when = ending.afterMs === undefined ? 'when it ran' : `after ${ending.afterMs} ms`;
    print(
      `${number}. ${ending.signal === 'SIGKILL' ? 'killed' : 'stopped'} ${when}: ${found.join('; ') || 'nothing left'}`,
    );
  }
  if (left > 0) throw new Error(`${left} things were left on the host`);
}
