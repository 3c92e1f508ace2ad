import { describe, expect, it } from '@jest/globals';
import { isSilent } from '../../../src/chaos/kubelet.js';
import { FakeCluster } from '../kubernetes/fake-cluster.js';

const target = { name: 'a', uid: 'uid-a' };

/** Adds a node whose Ready condition changed at `since`, and whose kubelet renewed its Lease at `renewTime`. */
function put(cluster: FakeCluster, status: string, since: string, renewTime: string, uid = target.uid): void {
  const conditions = [{ type: 'Ready', status, lastTransitionTime: `2026-01-01T00:${since}Z` }];
  cluster.put('/api/v1/nodes', { metadata: { name: 'a', uid }, spec: {}, status: { conditions } });
  const spec = { leaseDurationSeconds: 40, renewTime: `2026-01-01T00:${renewTime}.000000Z` };
  cluster.put('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { metadata: { name: 'a' }, spec });
}

describe('isSilent', () => {
  it('is true for a stale Lease and the condition Ready Unknown', async () => {
    await using cluster = await FakeCluster.start();
    put(cluster, 'Unknown', '10:50', '10:00');
    expect(await isSilent(cluster.api(), target, 300)).toBe(true);
  });

  it.each([
    ['the node is Ready', ['True', '10:50', '10:00']],
    ['the kubelet reports that the node is not Ready', ['False', '10:50', '10:00']],
    ['the Lease was renewed later', ['Unknown', '10:50', '10:55']],
    ['another node has the same name', ['Unknown', '10:50', '10:00', 'uid-new']],
  ] as const)('is false when %s', async (_, [status, since, renewTime, uid]) => {
    await using cluster = await FakeCluster.start();
    put(cluster, status, since, renewTime, uid);
    expect(await isSilent(cluster.api(), target, 300)).toBe(false);
  });
});
