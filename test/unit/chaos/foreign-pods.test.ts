import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ExperimentContext, observeCluster } from '../../../src/chaos/experiment-context.js';
import { chooseMachine } from '../../../src/chaos/experiments/machine-targets.js';
import { zone } from '../../../src/chaos/experiments/zone.js';
import type { Machines } from '../../../src/chaos/machines-port.js';
import type { ChaosSettings } from '../../../src/chaos/settings.js';
import type { Pod } from '../../../src/kubernetes/api/types.js';
import { podOf } from '../kubernetes/samples.js';
import { ExperimentBench } from './experiment-bench.js';
import { nodes } from './revert/revert-bench.js';

const pods = '/api/v1/pods';

describe('a fault without a drain', () => {
  let bench: ExperimentBench;

  beforeEach(async () => {
    bench = await ExperimentBench.start();
    for (const [ordinal, node] of ['a', 'b', 'c'].entries()) bench.cluster.put(pods, podOf(ordinal, { node }));
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  /** Adds a pod of others to a node. */
  function addPod(name: string, node: string, metadata: Partial<Pod['metadata']> = {}): void {
    const { spec, status } = podOf(0, { node });
    bench.cluster.put(pods, { metadata: { name, namespace: 'shop', uid: name, ...metadata }, spec, status });
  }

  function contextWith(chaos: Partial<ChaosSettings> = {}, more: Partial<ExperimentContext> = {}): ExperimentContext {
    const { context } = bench;
    return { ...context, machines: {} as Machines, ...more, chaos: { ...context.chaos, ...chaos } };
  }

  async function choose(context = contextWith()): Promise<string> {
    return (await chooseMachine(context, await observeCluster(context))).name;
  }

  it('chooses a node without pods of others', async () => {
    addPod('web', 'a');
    expect(await choose()).toBe('b');
  });

  it('is refused on a node with pods of others, and says what can be done', async () => {
    addPod('web', 'a');
    await expect(choose(contextWith({ targetNode: 'a' }))).rejects.toMatchObject({
      code: 'target-refused',
      message:
        'target-node "a" is refused: it runs pods that are not of this deployment, in a cluster that this repository did not create (shop/web); set drain-scope to all if they may fail as well, or give the members a node pool of their own.',
    });
  });

  it('names at most five pods of each node', async () => {
    for (const node of ['a', 'b', 'c']) for (const index of [1, 2, 3, 4, 5, 6, 7]) addPod(`${node}${index}`, node);
    await expect(choose()).rejects.toThrow('(shop/b1, shop/b2, shop/b3, shop/b4, shop/b5 and 2 more)');
  });

  it.each([
    ['of DaemonSets', { ownerReferences: [{ kind: 'DaemonSet', name: 'd', uid: 'd', controller: true }] }],
    ['of static pods', { annotations: { 'kubernetes.io/config.mirror': 'x' } }],
    ['of the cluster', { namespace: 'kube-system' }],
    ['of add-ons', { namespace: 'gatekeeper-system', labels: { 'kubernetes.azure.com/managedby': 'aks' } }],
  ])('accepts the pods %s', async (_, metadata) => {
    addPod('agent', 'a', metadata);
    expect(await choose()).toBe('a');
  });

  it.each([
    ['with drain-scope all', { drainScope: 'all' } as const, {}],
    ['in a cluster that this repository created', {}, { ownsCluster: () => Promise.resolve(true) }],
  ])('accepts all pods %s', async (_, settings, more) => {
    addPod('web', 'a');
    expect(await choose(contextWith(settings, more))).toBe('a');
  });

  describe('of a zone', () => {
    beforeEach(() => {
      for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
        const node = bench.cluster.get(`${nodes}/${name}`) ?? bench.cluster.get(`${nodes}/c`);
        const zoneLabel = { 'topology.kubernetes.io/zone': `eastus-${Math.min(3, index + 1)}` };
        const labels = { ...zoneLabel, 'kubernetes.azure.com/agentpool': 'users' };
        bench.cluster.put(nodes, { ...node, metadata: { name, uid: `uid-${name}`, labels } });
      }
    });
    const zoneOf = async (context = contextWith()): Promise<readonly string[]> =>
      (await zone.preflight(context, await observeCluster(context))).targets.map(({ name }) => name);

    it('chooses a zone without pods of others', async () => {
      addPod('web', 'a');
      addPod('shop', 'b');
      expect(await zoneOf()).toEqual(['c', 'd']);
    });

    it('is refused when every zone has such pods, also on nodes without members', async () => {
      for (const node of ['a', 'b', 'd']) addPod(`web-${node}`, node);
      await expect(zoneOf()).rejects.toThrow(
        /^Zone eastus-1 .*\(shop\/web-a\).* Zone eastus-3 .* node d: .*\(shop\/web-d\)/,
      );
      expect(await zoneOf(contextWith({ drainScope: 'all' }))).toEqual(['a']);
    });
  });
});
