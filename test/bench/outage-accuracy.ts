import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { startBalancerBench } from '../lab/workload/balancer-bench.js';
import { lostShare, judgeDeviations, judgeNoFault, judgePartialLoss } from './outage-judgement.js';
import { durationsMs, measureRound, type Round, rounds } from './outage-rounds.js';

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
  for (const durationMs of durationsMs) {
    deviations.push(judgePartialLoss(print, durationMs, await measureRounds(lostShare, durationMs)));
  }
  judgeDeviations(deviations);
  judgeNoFault(print, await measureRounds(0, 2_000));
}

/** Runs the faults of the network in a network namespace of their own; as another user than root, in one of users as well. */
async function benchNetworkFaults(): Promise<void> {
  const argv = ['--map-root-user', '--net', process.execPath, networkProgram];
  const child = spawn('unshare', argv, { stdio: 'inherit', env: { ...process.env, CHAOS_SEED: String(seed) } });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the bench of the network ended with code ${code}`);
}

function measureRounds(share: number, durationMs: number): Promise<readonly Round[]> {
  return Promise.all(Array.from({ length: rounds }, (_, index) => measureShare(index, share, durationMs)));
}

async function measureShare(index: number, share: number, durationMs: number): Promise<Round> {
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
