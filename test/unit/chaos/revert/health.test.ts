import { describe, expect, it } from '@jest/globals';
import { waitUntilHealthy } from '../../../../src/chaos/revert/health.js';
import { membersOf } from '../../../../src/migratorydata/object-names.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { podOf, pods } from '../../kubernetes/samples.js';
import { nodes, putMembers, putNode } from './revert-bench.js';

describe('waitUntilHealthy', () => {
  const members = membersOf({ namespace: 'ns', name: 'migratorydata' });
  const expected = { replicas: 3, nodes: [], deletions: ['a'], pool: undefined };

  it.each([
    ['is missing while that node is gone', true, ['migratorydata-0']],
    ['counts while the node exists', false, []],
  ])('a member whose pod is Ready on a node with a deleted machine %s', async (_, isGone, missing) => {
    await using cluster = await FakeCluster.start();
    for (const name of ['a', 'b', 'c']) putNode(cluster, name);
    putMembers(cluster, 3);
    for (const [ordinal, nodeName] of ['a', 'b', 'c'].entries()) {
      const pod = podOf(ordinal);
      cluster.put(pods, { ...pod, spec: { ...pod.spec, nodeName } });
    }
    if (isGone) cluster.delete(`${nodes}/a`);
    expect(await waitUntilHealthy(cluster.api(), members, expected, 300)).toMatchObject({ members: missing });
  });
});
