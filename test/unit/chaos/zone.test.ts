import { describe, expect, it } from '@jest/globals';
import { observeCluster } from '../../../src/chaos/experiment-context.js';
import type { Fault } from '../../../src/chaos/experiment.js';
import { zone } from '../../../src/chaos/experiments/zone.js';
import { podOf, pods } from '../kubernetes/samples.js';
import { ExperimentBench } from './experiment-bench.js';
import { FakeMachines, nodes, putNode } from './revert/revert-bench.js';

const zoneLabel = 'topology.kubernetes.io/zone';

/** Puts nodes into three zones in turn, the first into `eastus-1`; `more` is for each of them. */
function putIntoZones(
  bench: ExperimentBench,
  names: readonly string[],
  more: Partial<Record<string, object>> = {},
): void {
  for (const [index, name] of names.entries()) {
    const labels = { [zoneLabel]: `eastus-${(index % 3) + 1}`, ...more['labels'] };
    putNode(bench.cluster, name, { ...more, labels });
  }
}

async function faultOf(bench: ExperimentBench): Promise<Fault> {
  const context = { ...bench.context, machines: new FakeMachines(bench.cluster).port };
  return zone.preflight(context, await observeCluster(context));
}

const namesOf = ({ targets }: Fault): readonly string[] => targets.map(({ name }) => name);

describe('the loss of a zone', () => {
  it('takes all nodes of the pools with members, and none of a pool without: a dedicated system pool is no obstacle', async () => {
    await using bench = await ExperimentBench.start();
    putIntoZones(bench, ['a', 'b', 'c', 'd', 'e', 'f']);
    const taints = [{ key: 'CriticalAddonsOnly', effect: 'NoSchedule' }];
    putIntoZones(bench, ['x', 'y', 'z'], { labels: { 'kubernetes.azure.com/agentpool': 'system' }, spec: { taints } });
    expect(namesOf(await faultOf(bench))).toEqual(['a', 'd']);
    const lists = bench.cluster.received
      .filter(({ path }) => path === nodes)
      .map(({ query }) => query.get('labelSelector'));
    expect(lists).toEqual(['kubernetes.azure.com/agentpool=users']);
  });

  it('is refused with the reasons when no node outside can run the members', async () => {
    await using bench = await ExperimentBench.start();
    putIntoZones(bench, ['a', 'b', 'c']);
    // Those of the other zones are about to be removed.
    const taints = [{ key: 'DeletionCandidateOfClusterAutoscaler', effect: 'PreferNoSchedule' }];
    for (const [name, index] of [
      ['b', 2],
      ['c', 3],
    ] as const) {
      putNode(bench.cluster, name, { labels: { [zoneLabel]: `eastus-${index}` }, spec: { taints } });
    }
    await expect(faultOf(bench)).rejects.toMatchObject({
      code: 'target-refused',
      message:
        'Outside of zone eastus-1, no node can run its members (b and 1 more: it has the taint DeletionCandidateOfClusterAutoscaler:PreferNoSchedule, which the members do not tolerate).',
    });
    const lists = bench.cluster.received
      .filter(({ path }) => path === nodes)
      .map(({ query }) => query.get('labelSelector'));
    expect(lists.at(-1)).toBe(`${zoneLabel}!=eastus-1`);
  });

  it('is refused when a node in it is cordoned, or when it has too many seeds, and skipped with two zones', async () => {
    await using bench = await ExperimentBench.start();
    putIntoZones(bench, ['a', 'b', 'c', 'd']);
    putNode(bench.cluster, 'd', { labels: { [zoneLabel]: 'eastus-1' }, spec: { unschedulable: true } });
    await expect(faultOf(bench)).rejects.toThrow('Zone eastus-1 has node d, which is cordoned or not Ready');
    putIntoZones(bench, ['a', 'b', 'c', 'd']);
    for (const ordinal of [0, 1, 2]) bench.cluster.put(pods, podOf(ordinal, { node: ordinal === 0 ? 'a' : 'd' }));
    await expect(faultOf(bench)).rejects.toThrow('Zone eastus-1 runs 3 of 3 seed members, and no more than 1 may fail');
    putNode(bench.cluster, 'c', { labels: { [zoneLabel]: 'eastus-2' } });
    await expect(faultOf(bench)).rejects.toMatchObject({ code: 'experiment-skipped' });
  });
});
