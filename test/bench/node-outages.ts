import { setTimeout as sleep } from 'node:timers/promises';
import { type NodeKind, startLab } from '../lab/lab.js';
import { randomOf, seed } from '../lab/scenarios/support/random.js';
import {
  judgeDeviations,
  judgeNoFault,
  judgePartialLoss,
  judgeTotalLoss,
  type TotalFault,
} from './outage-judgement.js';
import { durationsMs, measureRound, type Round, rounds as defaultRounds } from './outage-rounds.js';
import { type OutageTargets, realTargets, simulatedTargets } from './outage-targets.js';

/**
 * Compares what is measured with what was injected into a cluster of the lab, for faults of known durations: members that
 * refuse connections, members or nodes that give no answer, one member of all behind the load balancer, and no fault.
 * @param count how often each fault of each duration is injected.
 */
export async function benchOutagesOnNodes(
  print: (line: string) => void,
  nodes: NodeKind,
  count = defaultRounds,
): Promise<void> {
  print(`CHAOS_SEED=${seed}`);
  if (nodes === 'real') {
    await using lab = await startLab({ nodes, progress: print });
    await bench(print, await realTargets(lab), count);
  } else {
    await using lab = await startLab({ progress: print });
    await bench(print, await simulatedTargets(lab), count);
  }
}

async function bench(print: (line: string) => void, targets: OutageTargets, count: number): Promise<void> {
  for (const fault of ['refused', targets.silent] as const) {
    for (const durationMs of durationsMs) {
      judgeTotalLoss(print, fault, durationMs, await measureMembers(targets, fault, durationMs, count));
    }
  }
  const deviations: number[] = [];
  for (const durationMs of durationsMs) {
    const measured = await measureBalancer(targets, durationMs, count);
    deviations.push(judgePartialLoss(print, durationMs, measured));
  }
  judgeDeviations(deviations);
  const random = randomOf(seed);
  const noFault = Array.from({ length: count }, () => measureRound(targets.balancer, () => pause(2_000), random()));
  judgeNoFault(print, await Promise.all(noFault));
}

/** Measures a fault at all members at once, until it was injected `count` times. */
async function measureMembers(
  { members }: OutageTargets,
  fault: TotalFault,
  durationMs: number,
  count: number,
): Promise<readonly Round[]> {
  const random = randomOf(seed + durationMs);
  const measured: Round[] = [];
  while (measured.length < count) {
    const chosen = members.slice(0, count - measured.length);
    const running = chosen.map(member => measureRound(member.url, () => member.fail(fault, durationMs), random()));
    measured.push(...(await Promise.all(running)));
  }
  return measured;
}

/** Measures through the load balancer, while one member after the other refuses connections. */
async function measureBalancer(
  { members, balancer }: OutageTargets,
  durationMs: number,
  count: number,
): Promise<readonly Round[]> {
  const random = randomOf(seed + durationMs);
  const measured: Round[] = [];
  for (let index = 0; index < count; index += 1) {
    const member = members[index % members.length];
    if (member === undefined) throw new Error('there are no members');
    measured.push(await measureRound(balancer, () => member.fail('refused', durationMs), random()));
  }
  return measured;
}

async function pause(ms: number): Promise<number> {
  const startedMs = performance.now();
  await sleep(ms);
  return performance.now() - startedMs;
}
