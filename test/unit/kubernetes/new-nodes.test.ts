import { describe, expect, it } from '@jest/globals';
import type { Node } from '../../../src/kubernetes/api/types.js';
import { isInService, waitForNodes } from '../../../src/kubernetes/nodes.js';
import { FakeCluster } from './fake-cluster.js';

const nodes = '/api/v1/nodes';

function readyNode(name: string, ...taints: readonly string[]): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { taints: taints.map(key => ({ key, effect: 'NoSchedule' })) },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

describe('a node that has just become Ready', () => {
  it.each(['node.kubernetes.io/not-ready', 'node.cloudprovider.kubernetes.io/uninitialized'])(
    'does not count until its controller has removed the taint %s',
    async taint => {
      await using cluster = await FakeCluster.start();
      cluster.put(nodes, readyNode('old'));
      cluster.put(nodes, readyNode('new', taint));
      const seen: string[] = [];
      const waiting = waitForNodes(cluster.api(), 2, { timeoutMs: 5_000, progress: text => seen.push(text) });
      while (cluster.watching === 0) await new Promise(resolve => setTimeout(resolve, 2));
      expect(seen).toEqual([`1 of 2 nodes are Ready; new still has the taint ${taint}:NoSchedule`]);
      cluster.put(nodes, readyNode('new'));
      expect((await waiting).map(({ metadata }) => metadata.name)).toEqual(['new', 'old']);
      expect(isInService(readyNode('new', taint))).toBe(false);
    },
  );

  it('counts with a permanent taint', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(nodes, readyNode('system', 'CriticalAddonsOnly'));
    expect(await waitForNodes(cluster.api(), 1, { timeoutMs: 5_000 })).toHaveLength(1);
    expect(isInService(readyNode('system', 'CriticalAddonsOnly'))).toBe(true);
  });
});

describe('a node that is Ready', () => {
  it.each([
    'node.kubernetes.io/unreachable',
    'node.kubernetes.io/network-unavailable',
    'node.kubernetes.io/out-of-service',
    'node.cloudprovider.kubernetes.io/shutdown',
    'ToBeDeletedByClusterAutoscaler',
  ])('is not in service with the taint %s', taint => {
    expect(isInService(readyNode('lost', taint))).toBe(false);
  });

  it.each(['node.kubernetes.io/disk-pressure', 'kubernetes.azure.com/scalesetpriority'])(
    'is in service with the taint %s',
    taint => {
      expect(isInService(readyNode('other', taint))).toBe(true);
    },
  );
});
