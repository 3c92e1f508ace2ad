import { describe, expect, it } from '@jest/globals';
import { startTimeline } from '../../../../src/chaos/measurement/timeline.js';
import { systemClock } from '../../../../src/runtime/node-ports.js';
import { FakeCluster, refuse } from '../../kubernetes/fake-cluster.js';
import { foreignPods, namespace, podOf, pods, setOf } from '../../kubernetes/samples.js';
import { nodes, putNode } from '../revert/revert-bench.js';

const members = { namespace, name: 'migratorydata', labels: 'app=migratorydata' };
const watched = { members, statefulSet: setOf(1), serviceName: 'cs', targets: [], leases: [] };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2));
}

describe('the timeline', () => {
  it('has no gap when each watch runs until the end', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(pods, podOf(0));
    const timeline = startTimeline(cluster.api(), { ...watched, t0Ms: systemClock.now() });
    await timeline.ready;
    await until(() => cluster.watching === 3);
    await timeline.stop();
    expect(timeline.observations()).toMatchObject({ transitions: [{ name: 'migratorydata-0' }], gaps: [] });
  });

  it('watches the targets and the nodes of members, one by one, and no other node', async () => {
    await using cluster = await FakeCluster.start();
    for (const name of ['target', 'n1', 'n2', 'foreign']) putNode(cluster, name);
    cluster.put(pods, podOf(0));
    const api = cluster.api();
    const timeline = startTimeline(api, { ...watched, targets: ['target'], t0Ms: systemClock.now() });
    const statesOf = (): readonly string[] =>
      timeline
        .observations()
        .transitions.filter(({ kind }) => kind === 'node')
        .map(({ name, state }) => `${name} ${state}`);
    await timeline.ready;
    expect(statesOf().toSorted()).toEqual(['n1 ready', 'target ready']);
    await until(() => cluster.watching === 4);
    cluster.delete(`${pods}/migratorydata-0`);
    cluster.put(pods, podOf(0, { node: 'n2', uid: 'replacement' }));
    await until(() => statesOf().includes('n2 ready'));
    cluster.delete(`${nodes}/target`);
    await until(() => statesOf().includes('target absent'));
    putNode(cluster, 'foreign', { spec: { unschedulable: true } });
    await timeline.stop();
    expect(statesOf().toSorted()).toEqual(['n1 ready', 'n2 ready', 'target absent', 'target ready']);
    expect(cluster.received.filter(({ path, query }) => path === nodes && !query.has('fieldSelector'))).toEqual([]);
  });

  it('has one gap when the watches of several nodes are lost together', async () => {
    await using cluster = await FakeCluster.start();
    for (const [ordinal, node] of ['n1', 'n2'].entries()) {
      putNode(cluster, node);
      cluster.put(pods, podOf(ordinal, { node }));
    }
    const timeline = startTimeline(cluster.api(), { ...watched, t0Ms: systemClock.now() });
    await timeline.ready;
    await until(() => cluster.watching === 4);
    let refused = 0;
    cluster.scripts.push(({ path }, response) => {
      if (path !== nodes || refused >= 4) return false;
      refused += 1;
      refuse(response, 503, 'ServiceUnavailable');
      return true;
    });
    cluster.breakWatches();
    await until(() => cluster.watching === 4);
    await timeline.stop();
    expect(timeline.observations().gaps.filter(({ kind }) => kind === 'Node')).toHaveLength(1);
  });

  it('ignores pods that only have the label of the members, in lists and in each kind of change', async () => {
    await using cluster = await FakeCluster.start();
    const [first = podOf(1), ...later] = foreignPods();
    cluster.put(pods, first);
    const timeline = startTimeline(cluster.api(), { ...watched, t0Ms: systemClock.now() });
    await timeline.ready;
    await until(() => cluster.watching === 2);
    for (const pod of later) cluster.put(pods, pod);
    cluster.put(pods, first);
    cluster.delete(`${pods}/${first.metadata.name}`);
    cluster.put(pods, podOf(0));
    await until(() => timeline.observations().transitions.length > 0);
    await timeline.stop();
    expect(timeline.observations().transitions).toMatchObject([{ name: 'migratorydata-0', state: 'ready' }]);
  });

  it('has a gap until the end when a watch was lost permanently', async () => {
    await using cluster = await FakeCluster.start();
    const t0Ms = systemClock.now();
    const timeline = startTimeline(cluster.api(), { ...watched, t0Ms });
    await timeline.ready;
    await until(() => cluster.watching === 2);
    let refused = 0;
    cluster.scripts.push(({ path }, response) => {
      if (path !== pods) return false;
      refused += 1;
      refuse(response, 503, 'ServiceUnavailable');
      return true;
    });
    cluster.breakWatches();
    await until(() => refused === 2 && cluster.watching === 1);
    const stoppedMs = systemClock.now() - t0Ms;
    await timeline.stop();
    const { gaps } = timeline.observations();
    const last = gaps.find(({ kind }) => kind === 'Pod');
    expect(gaps.filter(({ kind }) => kind === 'Pod')).toHaveLength(1);
    expect(last?.toMs).toBeGreaterThanOrEqual(Math.floor(stoppedMs));
    expect(last?.fromMs).toBeLessThan(stoppedMs);
  });
});
