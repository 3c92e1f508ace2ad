import { describe, expect, it } from '@jest/globals';
import { isSilent } from '../../../src/chaos/kubelet.js';
import { FakeCluster } from '../kubernetes/fake-cluster.js';

const target = { name: 'a', uid: 'uid-a' };

/** A node whose Ready condition has changed at a time, and whose kubelet has renewed its Lease at another. */
function put(cluster: FakeCluster, status: string, since: string, renewTime: string, uid = target.uid): void {
  const conditions = [{ type: 'Ready', status, lastTransitionTime: `2026-01-01T00:${since}Z` }];
  cluster.put('/api/v1/nodes', { metadata: { name: 'a', uid }, spec: {}, status: { conditions } });
  const spec = { leaseDurationSeconds: 40, renewTime: `2026-01-01T00:${renewTime}.000000Z` };
  cluster.put('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { metadata: { name: 'a' }, spec });
}

describe('a kubelet that is stopped', () => {
  it('is proven by a stale Lease and a node that is given up', async () => {
    await using cluster = await FakeCluster.start();
    put(cluster, 'Unknown', '10:50', '10:00');
    expect(await isSilent(cluster.api(), target, 300)).toBe(true);
  });

  it.each([
    ['its node is Ready', ['True', '10:50', '10:00']],
    ['its node is not Ready by its own word', ['False', '10:50', '10:00']],
    ['it has renewed its Lease since', ['Unknown', '10:50', '10:55']],
    ['its node is another one of the same name', ['Unknown', '10:50', '10:00', 'uid-new']],
  ] as const)('is not proven while %s', async (_, [status, since, renewTime, uid]) => {
    await using cluster = await FakeCluster.start();
    put(cluster, status, since, renewTime, uid);
    expect(await isSilent(cluster.api(), target, 300)).toBe(false);
  });
});
