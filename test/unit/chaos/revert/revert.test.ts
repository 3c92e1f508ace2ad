import { describe, expect, it } from '@jest/globals';
import type { Machines } from '../../../../src/chaos/machines-port.js';
import { findCopies } from '../../../../src/chaos/revert/node-annotations.js';
import { nothingToRevert, type OriginalState } from '../../../../src/chaos/revert/original-state.js';
import { readRecord } from '../../../../src/chaos/revert/revert-record-store.js';
import type { RevertRecord } from '../../../../src/chaos/revert/revert-record.js';
import { FakeCluster, refuse } from '../../kubernetes/fake-cluster.js';
import { pods, statefulSets } from '../../kubernetes/samples.js';
import {
  FakeMachines,
  annotationsOf,
  disturbed,
  held,
  isCordoned,
  leases,
  machineOf,
  record,
  nodes,
  poolOf,
  putMembers,
  putNode,
  renewLease,
  revertBy,
} from './revert-bench.js';

const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';
const entry = (node: string) => ({ node, uid: `uid-${node}`, machine: machineOf(node) });
const undoing = (undo: Partial<OriginalState>): RevertRecord => ({
  ...record,
  experiment: undo.machines ? 'power-off' : undo.pool ? 'node-delete' : record.experiment,
  undo: { ...record.undo, ...undo },
});
const now = (): string => new Date().toISOString();

describe('putting a cluster back', () => {
  it('goes by the mark, and takes the mark away last', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    expect(await revertBy(api)).toEqual({ done: true, did: ['Node a is schedulable again.'], left: [], invalid: [] });
    expect(isCordoned(cluster, 'a')).toBe(false);
    expect(['a', 'b'].map(name => annotationsOf(cluster, name))).toEqual([{}, {}]);
    const { method, path } = cluster.received.at(-1) ?? {};
    expect([method, path]).toEqual(['DELETE', '/api/v1/namespaces/ns/configmaps/migratorydata-aks-mark']);
    expect(await readRecord(api, 'ns')).toBeUndefined();
  });

  it('twice is the same as once', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    await revertBy(api);
    expect(await revertBy(api)).toEqual({ done: true, did: [], left: [], invalid: [] });
  });

  it('leaves a node alone that has come in the place of the one that was cordoned', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    cluster.put(nodes, { metadata: { name: 'a', uid: 'uid-new' }, spec: { unschedulable: true } });
    expect(await revertBy(api)).toMatchObject({ done: true, did: [] });
    expect(isCordoned(cluster, 'a')).toBe(true);
  });

  it('keeps the mark as long as anything is left, and names it', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('a')] });
    const api = await disturbed(cluster, by);
    const { done, did, left } = await revertBy(api, by);
    expect([done, did]).toEqual([false, ['Node a is schedulable again.']]);
    expect(left).toEqual([expect.stringContaining('the machine of node a is to be started: ')]);
    expect(await readRecord(api, 'ns')).toEqual({ mark: by });
  });

  it('lifts no cordon that somebody else has set since', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    putNode(cluster, 'b', { spec: { unschedulable: true } });
    expect(await revertBy(api, undoing({ cordons: ['a', 'b'] }))).toMatchObject({ done: true });
    expect(isCordoned(cluster, 'b')).toBe(true);
  });

  it('leaves the annotation of an administrator, whatever the mark says', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    putNode(cluster, 'c', { annotations: { [held]: 'true' } });
    await revertBy(api, { ...record, held: ['a', 'b', 'c'] });
    expect(annotationsOf(cluster, 'c')).toEqual({ [held]: 'true' });
  });

  it('does what is left to do when the deployment is gone', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    cluster.delete(`${statefulSets}/migratorydata`);
    expect(await revertBy(api, undoing({ replicas: 4 }))).toMatchObject({ done: true });
  });
});

describe('the machines of an experiment', () => {
  it('are started although they run and their nodes are Ready: Azure may be about to stop them', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await disturbed(cluster, by);
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, by, machines.port)).done).toBe(true);
    expect(machines.done).toEqual(['start mc_rg/aks-pool-vmss/1']);
  });

  it('keep the mark until the kubelet has renewed its Lease after the start', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await disturbed(cluster, by);
    const machines = new FakeMachines(cluster);
    cluster.scripts.push(({ method, path }, response) => {
      // A kubelet without power renews nothing, and its node counts as Ready for most of a minute.
      if (method !== 'GET' || path !== `${leases}/b`) return false;
      response.writeHead(200).end(JSON.stringify({ metadata: { name: 'b' }, spec: { renewTime: 'before' } }));
      cluster.put(leases, { metadata: { name: 'b' }, spec: { renewTime: 'before' } });
      return true;
    });
    const port = { ...machines.port, start: () => Promise.resolve() } as Machines;
    const { done, left } = await revertBy(api, by, port, 300);
    expect([done, left]).toEqual([false, ['node b is to be in service again']]);
    expect(await readRecord(api, 'ns')).toBeDefined();
    expect((await findCopies(api, 'ns')).map(({ node }) => node)).toEqual(['a']);
  });

  it('keep the mark while a node that was lost is not in service', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await disturbed(cluster, by);
    putNode(cluster, 'b', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    const { done, left } = await revertBy(api, by, new FakeMachines(cluster).port, 300);
    expect([done, left]).toEqual([false, ['node b is to be in service again']]);
  });

  it('are found by the name of a node that has vanished', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await disturbed(cluster, by);
    cluster.delete(`${nodes}/b`);
    const machines = new FakeMachines(cluster);
    machines.nodeless.set('b', machineOf('b'));
    await revertBy(api, by, machines.port);
    expect(machines.done).toEqual(['start mc_rg/aks-pool-vmss/1']);
  });

  it('need nothing when they are gone', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await disturbed(cluster, by);
    cluster.delete(`${nodes}/b`);
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, by, machines.port)).done).toBe(true);
    expect(machines.done).toEqual([]);
  });

  it.each([
    ['of another instance', { ...machineOf('b'), instanceId: '7' }],
    ['in another group', { ...machineOf('b'), resourceGroup: 'prod-db' }],
    ['of another subscription', { ...machineOf('b'), subscriptionId: '99999999-0000-4000-8000-000000000000' }],
  ])('are left alone when the record names one %s', async (_, machine) => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [{ ...entry('b'), machine }] });
    const api = await disturbed(cluster, by);
    const machines = new FakeMachines(cluster);
    const { done, left, invalid } = await revertBy(api, by, machines.port);
    expect([done, left, machines.done]).toEqual([false, [], []]);
    expect(invalid).toEqual([expect.stringContaining('The record says that the machine of node b is ')]);
  });
});

describe('the kubelets of an experiment', () => {
  const kubelet = (writtenAt: string): RevertRecord => ({
    ...record,
    writtenAt,
    undo: { ...nothingToRevert, kubelets: [entry('a')] },
  });

  it('are started when they give no sign of life, although their node still counts as Ready', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster, kubelet(record.writtenAt));
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, kubelet(record.writtenAt), machines.port)).done).toBe(true);
    expect(machines.done).toEqual(['start kubelet mc_rg/aks-pool-vmss/0']);
  });

  it.each([
    ['are left alone when they renew their Lease long after the fault', record.writtenAt, []],
    ['are started all the same right after it', now(), ['start kubelet mc_rg/aks-pool-vmss/0']],
  ])('%s', async (_, writtenAt, done) => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster, kubelet(writtenAt));
    cluster.scripts.push(({ path, query }) => {
      if (path === leases && query.has('watch')) setImmediate(renewLease, cluster, 'a');
      return false;
    });
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, kubelet(writtenAt), machines.port)).done).toBe(true);
    expect(machines.done).toEqual(done);
  });
});

describe('the node pool of an experiment', () => {
  const raised = poolOf({ minCount: 3, maxCount: 5 }, { minCount: 1, maxCount: 5 });
  const pool = { name: 'users', nodes: 3, bounds: { minCount: 1, maxCount: 5 } };

  it('gets the bounds back that a tag of the pool has kept, once its node is back', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool, deletions: [{ node: 'd', uid: 'uid-d' }] });
    const api = await disturbed(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    cluster.delete(`${nodes}/c`);
    expect((await revertBy(api, by, machines.port, 300)).left).toEqual([
      'node pool users is to have 3 nodes again, and has 2',
    ]);
    expect(machines.done).toEqual([]);
    putNode(cluster, 'c');
    expect((await revertBy(api, by, machines.port)).did).toEqual(['Node pool users has its bounds back.']);
    expect(machines.done).toEqual(['bounds of users: 1 to 5']);
  });

  it('waits for a deletion that Azure may have accepted, as long as its node is there', async () => {
    await using cluster = await FakeCluster.start();
    const by = { ...undoing({ pool, deletions: [{ node: 'c', uid: 'uid-c' }] }), writtenAt: now() };
    const api = await disturbed(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    const reverting = revertBy(api, by, machines.port);
    await expect(Promise.race([reverting, new Promise(resolve => setTimeout(resolve, 400, 'waits'))])).resolves.toBe(
      'waits',
    );
    expect(machines.done).toEqual([]);
    cluster.put(nodes, {
      ...cluster.get(`${nodes}/c`),
      metadata: { name: 'd', uid: 'uid-d', labels: { 'kubernetes.azure.com/agentpool': 'users' } },
    });
    cluster.delete(`${nodes}/c`);
    expect((await reverting).done).toBe(true);
    expect(machines.done).toEqual(['bounds of users: 1 to 5']);
  });

  it.each([
    [
      'bounds that the pool never had',
      { ...pool, nodes: 0, bounds: { minCount: 50, maxCount: 1000 } },
      'undo.pool.bounds',
    ],
    ['more nodes than its lower bound keeps', { ...pool, nodes: 4 }, 'undo.pool.nodes'],
  ])('is left alone when the record says %s', async (_, said, field) => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool: said });
    const api = await disturbed(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    const { left, invalid } = await revertBy(api, by, machines.port);
    expect([left, invalid, machines.done]).toEqual([[], [expect.stringContaining(field)], []]);
  });

  it('keeps its bounds while nobody can see whether the node is back', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool });
    const api = await disturbed(cluster, by);
    cluster.scripts.push(({ method, path }, response) => {
      if (method !== 'GET' || path !== pods) return false;
      refuse(response, 403, 'Forbidden');
      return true;
    });
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    const { left } = await revertBy(api, by, machines.port, 300);
    expect(left).toEqual([expect.stringMatching(/^the nodes and members are to be seen as they were: /)]);
    expect([machines.done, await readRecord(api, 'ns')]).toEqual([[], { mark: by }]);
  });

  it('has nothing to be done when it is gone', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool });
    const api = await disturbed(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = undefined;
    expect((await revertBy(api, by, machines.port)).done).toBe(true);
  });
});

describe('the number of members', () => {
  it.each([0, 2, 6, 50])('is never set to %d, which is no number of this deployment', async replicas => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ replicas });
    const api = await disturbed(cluster, by);
    putMembers(cluster, 4);
    const { done, left, invalid } = await revertBy(api, by);
    expect([done, left]).toEqual([false, []]);
    expect(invalid).toEqual([expect.stringContaining(`had ${replicas} members (undo.replicas)`)]);
    expect(cluster.received.filter(({ path }) => path.endsWith('/scale'))).toEqual([]);
  });

  it('is that of the record within the member list', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ replicas: 3 });
    const api = await disturbed(cluster, by);
    putMembers(cluster, 4);
    cluster.react = ({ path }) => {
      if (path.endsWith('/scale')) cluster.delete(`${pods}/migratorydata-3`);
    };
    expect((await revertBy(api, by)).did).toContain('There are 3 members again.');
  });
});

describe('the autoscaler of the members', () => {
  const autoscaler = (min: number, max: number, former?: string): object => ({
    metadata: {
      name: 'hpa',
      ...(former !== undefined && { annotations: { 'migratorydata-aks/former-bounds': former } }),
    },
    spec: { minReplicas: min, maxReplicas: max, scaleTargetRef: { kind: 'StatefulSet', name: 'migratorydata' } },
  });
  const by: RevertRecord = { ...record, autoscaler: { name: 'hpa', minReplicas: 3, maxReplicas: 5 } };
  const specOf = (cluster: FakeCluster): unknown => cluster.get(`${autoscalers}/hpa`)?.['spec'];

  it('gets the bounds back that stand on it', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster, by);
    cluster.put(autoscalers, autoscaler(3, 3, '3-5'));
    expect((await revertBy(api, by)).did).toContain('Autoscaler hpa has its bounds back.');
    expect(specOf(cluster)).toMatchObject({ minReplicas: 3, maxReplicas: 5 });
    expect(cluster.get(`${autoscalers}/hpa`)?.metadata['annotations']).toEqual({});
  });

  it.each([
    ['other bounds than those on it', autoscaler(3, 3, '2-4')],
    ['other bounds, and none stand on it', autoscaler(2, 4)],
  ])('is left alone when the record says %s', async (_, object) => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster, by);
    cluster.put(autoscalers, object);
    const before = specOf(cluster);
    const { left, invalid } = await revertBy(api, by);
    expect([left, invalid]).toEqual([[], [expect.stringContaining('had the bounds 3 to 5 (autoscaler)')]]);
    expect(specOf(cluster)).toEqual(before);
  });
});
