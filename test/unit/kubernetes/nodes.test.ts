import { describe, expect, it } from '@jest/globals';
import type { Condition, Node } from '../../../src/kubernetes/api/types.js';
import { addressesOfNode, describeNode, servesNodePorts, waitForNodes } from '../../../src/kubernetes/nodes.js';
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

  it('have addresses, external ones first, of both versions of IP', () => {
    const addresses = [
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'Hostname', address: 'a' },
      { type: 'InternalIP', address: 'fd00::1' },
      { type: 'ExternalIP', address: '20.0.0.1' },
    ];
    const node = { ...nodeOf('a', [ready]), status: { conditions: [ready], addresses } };
    expect(addressesOfNode(node).map(({ address }) => address)).toEqual(['20.0.0.1', '10.0.0.1', 'fd00::1']);
    expect(addressesOfNode(nodeOf('b', [ready]))).toEqual([]);
  });

  it.each<[string, boolean, Node]>([
    ['a Ready one', true, nodeOf('n', [ready])],
    ['a cordoned one', true, nodeOf('n', [ready], { unschedulable: true })],
    ['one that is not Ready', false, nodeOf('n', [])],
    [
      'one that is being removed',
      false,
      nodeOf('n', [ready], { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] }),
    ],
    [
      'a virtual node',
      false,
      { ...nodeOf('n', [ready]), metadata: { name: 'n', labels: { type: 'virtual-kubelet' } } },
    ],
    [
      'a virtual node without the label',
      false,
      nodeOf('n', [ready], {
        taints: [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }],
      }),
    ],
  ])('serve node ports: %s, %s', (_, expected, node) => {
    expect(servesNodePorts(node)).toBe(expected);
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
