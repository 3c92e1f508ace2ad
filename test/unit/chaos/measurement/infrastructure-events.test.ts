import { describe, expect, it } from '@jest/globals';
import { infrastructureEventsSince } from '../../../../src/chaos/measurement/infrastructure-events.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { eventOf } from '../../kubernetes/samples.js';

const put = (cluster: FakeCluster, namespace: string, ...event: Parameters<typeof eventOf>): void => {
  const { metadata, ...rest } = eventOf(...event);
  cluster.put(`/api/v1/namespaces/${namespace}/events`, { ...rest, metadata: { ...metadata, namespace } });
};

describe('the events of autoscalers and node repair', () => {
  it('are those of the own pods, of the nodes in question, and of the cluster as a whole', async () => {
    await using cluster = await FakeCluster.start();
    put(cluster, 'ns', 'Pod', 'migratorydata-0', 'TriggeredScaleUp', 'pool 3->4');
    put(cluster, 'default', 'Node', 'n1', 'NodeRebootStart', 'repair');
    put(cluster, 'default', 'Node', 'foreign', 'NodeRebootStart', 'repair of another');
    put(cluster, 'kube-system', 'ConfigMap', 'cluster-autoscaler-status', 'ScaledUpGroup', 'done');
    put(cluster, 'kube-system', 'Pod', 'foreign', 'NotTriggerScaleUp', 'no room');
    const since = (date: string): Promise<readonly string[]> =>
      infrastructureEventsSince(cluster.api(), 'ns', ['n1'], new Date(date));
    expect(await since('2025-12-31T23:00:00Z')).toEqual([
      'TriggeredScaleUp of Pod migratorydata-0: pool 3->4',
      'ScaledUpGroup of ConfigMap cluster-autoscaler-status: done',
      'NodeRebootStart of Node n1: repair',
    ]);
    expect(await since('2026-01-01T00:00:01Z')).toEqual([]);
    expect(
      cluster.received.filter(({ path, query }) => path.includes('default') && !query.has('fieldSelector')),
    ).toEqual([]);
  });
});
