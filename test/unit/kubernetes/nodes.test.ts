import { describe, expect, it } from '@jest/globals';
import { describeNode, nodeAddress, readyAddresses, waitForNodes } from '../../../src/kubernetes/nodes.js';
import type { Condition, Node } from '../../../src/kubernetes/types.js';
import { FakeCluster } from './fake-cluster.js';

const ready: Condition = { type: 'Ready', status: 'True' };

function nodeOf(
  name: string,
  conditions: readonly Condition[],
  more: Partial<Node['spec']> = {},
  addresses = {},
): Node {
  const given = Object.entries(addresses).map(([type, address]) => ({ type, address: String(address) }));
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: more, status: { conditions, addresses: given } };
}

describe('nodes', () => {
  it.each([
    ['a Ready one', [ready], 'n is Ready'],
    ['a new one', [], 'n has no Ready condition yet'],
    [
      'a lost one',
      [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped' } as const],
      'n is lost (NodeStatusUnknown: Kubelet stopped)',
    ],
    [
      'one under pressure',
      [
        { type: 'Ready', status: 'False', reason: 'KubeletNotReady' } as const,
        { type: 'DiskPressure', status: 'True' } as const,
      ],
      'n is not Ready (KubeletNotReady; DiskPressure)',
    ],
  ])('describes %s', (_, conditions, text) => {
    expect(describeNode(nodeOf('n', conditions))).toBe(text);
  });

  it('prefers external addresses, and omits the target and nodes that are not Ready', () => {
    const a = nodeOf('a', [ready], {}, { InternalIP: '10.0.0.1', ExternalIP: '20.0.0.1' });
    const b = nodeOf('b', [ready], { unschedulable: true }, { Hostname: 'b', InternalIP: '10.0.0.2' });
    const c = nodeOf('c', [], {}, { InternalIP: '10.0.0.3' });
    expect([a, b, nodeOf('d', [ready])].map(nodeAddress)).toEqual(['20.0.0.1', '10.0.0.2', undefined]);
    expect(readyAddresses([a, b, c])).toEqual(['20.0.0.1', '10.0.0.2']);
    expect(readyAddresses([a, b, c], 'a')).toEqual(['10.0.0.2']);
  });

  it('are waited for; the error names those that are not Ready, with the reason', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put('/api/v1/nodes', nodeOf('a', [ready]));
    cluster.put('/api/v1/nodes', nodeOf('b', [{ type: 'Ready', status: 'False', message: 'cni not initialized' }]));
    const api = cluster.api();
    await expect(waitForNodes(api, 2, { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'nodes-not-ready',
      message: expect.stringContaining('1 of 2 nodes are Ready; b is not Ready (cni not initialized)') as unknown,
    });
    const result = waitForNodes(api, 2, { timeoutMs: 5_000 });
    cluster.put('/api/v1/nodes', nodeOf('b', [ready]));
    expect((await result).map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });
});
