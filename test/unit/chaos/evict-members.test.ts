import { describe, expect, it } from '@jest/globals';
import { beforeEachMember, evictMembers } from '../../../src/chaos/experiments/evict-members.js';
import type { InjectionLimits } from '../../../src/chaos/injection-guard.js';
import { podOf, pods, setOf, statefulSets } from '../kubernetes/samples.js';
import { ExperimentBench } from './experiment-bench.js';

const names = [3, 2, 1, 0].map(ordinal => `migratorydata-${ordinal}`);

function limitsOf(bench: ExperimentBench, steps: string[] = []): InjectionLimits {
  return {
    ...{ ...bench.context.limits, signal: bench.stop.signal },
    beforeStep: member => Promise.resolve(void steps.push(`remove ${member ?? ''}`)),
    tookEffect: sentMs => void steps.push(`accepted, sent at ${sentMs}`),
  };
}

describe('the members of a node', () => {
  it('are removed with a pause between two seeds, and without one before and after others', async () => {
    await using bench = await ExperimentBench.start();
    const steps: string[] = [];
    const set = bench.cluster.get(`${statefulSets}/migratorydata`);
    bench.cluster.put(statefulSets, { ...setOf(3), ...set, status: { observedGeneration: 1, availableReplicas: 3 } });
    const context = {
      ...bench.context,
      isSeed: (name: string) => name !== 'migratorydata-3',
      settle: () => Promise.resolve(void steps.push('settle')),
    };
    const beforeEach = beforeEachMember(context, limitsOf(bench, steps));
    for (const name of names) await beforeEach(name);
    expect(steps).toEqual([
      ...['remove migratorydata-3', 'remove migratorydata-2', 'settle', 'remove migratorydata-1', 'settle'],
      'remove migratorydata-0',
    ]);
  });

  it('tell when an eviction was accepted', async () => {
    await using bench = await ExperimentBench.start();
    const steps: string[] = [];
    bench.cluster.react = () => {
      if (bench.cluster.get(`${pods}/migratorydata-0`) === undefined) {
        bench.cluster.put(pods, podOf(0, { node: 'b', uid: 'replacement' }));
      }
    };
    await evictMembers(bench.context, { statefulSet: setOf(3), node: 'a' }, limitsOf(bench, steps));
    expect(steps).toEqual(['remove migratorydata-0', 'accepted, sent at 0']);
  });
});
