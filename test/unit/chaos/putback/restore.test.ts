import { describe, expect, it } from '@jest/globals';
import type { Machine, Machines, PoolBounds } from '../../../../src/chaos/machines.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import { findCopy, holdNodes } from '../../../../src/chaos/putback/annotations.js';
import { cordon } from '../../../../src/chaos/putback/cordon.js';
import type { Mark } from '../../../../src/chaos/putback/mark.js';
import { nothingToUndo } from '../../../../src/chaos/putback/mark.js';
import { readMark, writeMark } from '../../../../src/chaos/putback/mark-store.js';
import { restore } from '../../../../src/chaos/putback/restore.js';
import type { KubernetesApi } from '../../../../src/kubernetes/api.js';
import { membersOf } from '../../../../src/migratorydata/names.js';
import type { PutBackRecord } from '../../../../src/report/experiment.js';
import { FakeCluster, refuse, type Json } from '../../kubernetes/fake-cluster.js';
import { podOf, pods, statefulSets } from '../../kubernetes/samples.js';

const nodes = '/api/v1/nodes';
const held = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';

const machine: Machine = { subscriptionId: 'sub-1', resourceGroup: 'rg', scaleSet: 'vmss', instanceId: '0' };

const mark: Mark = {
  version: 1,
  namespace: 'ns',
  holder: 'acme/shop/1/check-0',
  experiment: 'drain',
  writtenAt: '2026-01-01T00:00:00.000Z',
  deadline: '2026-01-01T00:20:00.000Z',
  undo: { ...nothingToUndo, cordons: ['a'] },
  autoscaler: undefined,
  held: ['a', 'b'],
  cluster: undefined,
};

function put(
  cluster: FakeCluster,
  name: string,
  spec: object = {},
  annotations: object = {},
  labels: object = {},
): void {
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  cluster.put(nodes, { metadata: { name, uid: `uid-${name}`, annotations, labels }, spec, status });
}

const nodeOf = (cluster: FakeCluster, name: string): Json | undefined => cluster.get(`${nodes}/${name}`);
const annotationsOf = (cluster: FakeCluster, name: string): object | undefined =>
  nodeOf(cluster, name)?.metadata['annotations'] as object | undefined;
const isCordoned = (cluster: FakeCluster, name: string): boolean =>
  (nodeOf(cluster, name)?.['spec'] as { readonly unschedulable?: boolean }).unschedulable === true;

function putBack(api: KubernetesApi, by: Mark = mark, machines?: Machines): Promise<PutBackRecord> {
  const limits = { timeoutMs: 1_500, autoscaled: false, redact: (text: string) => text };
  return restore({ api, members: membersOf({ namespace: 'ns' }), machines, limits, note: () => undefined }, by);
}

/** A deployment of two members, and an experiment in the middle of its work on node a. */
async function disturbed(cluster: FakeCluster): Promise<KubernetesApi> {
  const api = cluster.api();
  for (const name of ['a', 'b', 'c']) put(cluster, name);
  cluster.put(statefulSets, { metadata: { name: 'migratorydata', namespace: 'ns' }, spec: { replicas: 2 } });
  for (const ordinal of [0, 1]) cluster.put(pods, podOf(ordinal));
  await writeMark(api, mark);
  await holdNodes(api, mark, ['a']);
  await cordon(api, 'a', mark.holder);
  return api;
}

describe('putting a cluster back', () => {
  it('goes by the mark, and takes the mark away last', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    expect(await putBack(api)).toEqual({ done: true, did: ['Node a is schedulable again.'], left: [] });
    expect(isCordoned(cluster, 'a')).toBe(false);
    expect(['a', 'b'].map(name => annotationsOf(cluster, name))).toEqual([{}, {}]);
    const { method, path } = cluster.received.at(-1) ?? {};
    expect([method, path]).toEqual(['DELETE', '/api/v1/namespaces/ns/configmaps/migratorydata-aks-mark']);
    expect(await readMark(api, 'ns')).toBeUndefined();
  });

  it('twice is the same as once', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    await putBack(api);
    expect(await putBack(api)).toEqual({ done: true, did: [], left: [] });
  });

  it('leaves a node alone that has come in the place of the one that was cordoned', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    cluster.put(nodes, { metadata: { name: 'a', uid: 'uid-new' }, spec: { unschedulable: true } });
    expect(await putBack(api)).toMatchObject({ done: true, did: [] });
    expect(isCordoned(cluster, 'a')).toBe(true);
  });

  it('keeps the mark as long as anything is left, and names it', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    const undo = { ...mark.undo, machines: [{ node: 'a', uid: 'uid-a', machine }] };
    const { done, did, left } = await putBack(api, { ...mark, undo });
    expect([done, did]).toEqual([false, ['Node a is schedulable again.']]);
    expect(left).toEqual([expect.stringContaining('the machine of node a is to be started: ')]);
    expect(await readMark(api, 'ns')).toEqual(mark);
  });

  it.each([
    ['starts a kubelet that gives no sign of life, although its node still counts as Ready', false],
    ['leaves a kubelet alone that renews its Lease', true],
  ])('%s', async (_, alive) => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const renew = (renewTime: string): unknown =>
      cluster.put(leases, { metadata: { name: 'a' }, spec: { leaseDurationSeconds: 1, renewTime } });
    renew('2026-01-01T00:00:00Z');
    cluster.scripts.push(({ path, query }) => {
      if (alive && path === leases && query.has('watch')) setImmediate(() => renew('2026-01-01T00:00:10Z'));
      return false;
    });
    const started: Machine[] = [];
    const machines = { startKubelet: (one: Machine) => Promise.resolve(void started.push(one)) } as Partial<Machines>;
    const undo = { ...nothingToUndo, kubelets: [{ node: 'a', uid: 'uid-a', machine }] };
    expect((await putBack(api, { ...mark, undo }, machines as Machines)).done).toBe(true);
    expect(started).toEqual(alive ? [] : [machine]);
  });

  it('lifts no cordon that somebody else has set since', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    const undo = { ...mark.undo, cordons: ['a', 'b'] };
    put(cluster, 'b', { unschedulable: true });
    expect(await putBack(api, { ...mark, undo })).toMatchObject({ done: true, did: ['Node a is schedulable again.'] });
    expect(isCordoned(cluster, 'b')).toBe(true);
  });

  it('keeps the mark while a node that was lost is not in service', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    const status = { conditions: [{ type: 'Ready', status: 'Unknown' }] };
    cluster.put(nodes, { metadata: { name: 'b', uid: 'uid-b' }, spec: {}, status });
    const undo = { ...mark.undo, machines: [{ node: 'b', uid: 'uid-b', machine }] };
    const machines = { powerState: () => Promise.resolve('running') } as Partial<Machines>;
    const { done, left } = await putBack(api, { ...mark, undo }, machines as Machines);
    expect([done, left]).toEqual([false, ['node b is to be in service again']]);
    expect(await readMark(api, 'ns')).toEqual(mark);
    expect(await findCopy(api, 'ns')).toEqual(mark);
  });

  it('keeps the lower bound of a pool raised until its node is back', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    const set: PoolBounds[] = [];
    const machines = {
      pool: (name: string) => Promise.resolve({ name, count: 1, bounds: { minCount: 1, maxCount: 3 } }),
      setPoolBounds: (_: string, bounds: PoolBounds) => Promise.resolve(void set.push(bounds)),
    } as Partial<Machines> as Machines;
    const bounds = { minCount: 0, maxCount: 3 };
    const byPool = { ...mark, undo: { ...mark.undo, pool: { name: 'users', nodes: 1, bounds } } };
    const { left } = await putBack(api, byPool, machines);
    expect([left, set]).toEqual([['node pool users is to have 1 nodes again, and has 0'], []]);
    put(cluster, 'new', {}, {}, { 'kubernetes.azure.com/agentpool': 'users' });
    expect((await putBack(api, byPool, machines)).did).toEqual(['Node pool users has its bounds back.']);
    expect(set).toEqual([bounds]);
  });

  it('leaves the bounds as they are while nobody can see whether the node is back', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    cluster.scripts.push(({ method, path }, response) => {
      if (method !== 'GET' || path !== pods) return false;
      refuse(response, 403, 'Forbidden');
      return true;
    });
    // Without a method: a call of the pool would be told as left.
    const pool = { name: 'users', nodes: 1, bounds: { minCount: 0, maxCount: 3 } };
    const { left } = await putBack(api, { ...mark, undo: { ...mark.undo, pool } }, {} as Machines);
    expect(left).toEqual([expect.stringMatching(/^the nodes and members are to be seen as they were: /)]);
    expect(await readMark(api, 'ns')).toBeDefined();
  });

  it('has nothing to do for a pool that is gone', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    const gone = new ActionError('azure-not-found', 'The agent pool could not be found.');
    const machines = { pool: () => Promise.reject(gone) } as Partial<Machines> as Machines;
    const pool = { name: 'users', nodes: 0, bounds: { minCount: 0, maxCount: 3 } };
    expect((await putBack(api, { ...mark, undo: { ...mark.undo, pool } }, machines)).done).toBe(true);
  });

  it('does what is left to do when the deployment is gone', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    cluster.delete(`${statefulSets}/migratorydata`);
    const undo = { ...mark.undo, replicas: 2 };
    expect(await putBack(api, { ...mark, undo })).toMatchObject({ done: true, did: ['Node a is schedulable again.'] });
  });
});

describe('the copy of a mark', () => {
  it('is the whole mark, on the node that is disturbed', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    expect(await findCopy(api, 'ns')).toEqual(mark);
    expect(Object.keys(annotationsOf(cluster, 'b') ?? {})).toEqual([held]);
  });

  it('is on one of the nodes that are held where none is disturbed', async () => {
    await using cluster = await FakeCluster.start();
    for (const name of ['a', 'b']) put(cluster, name);
    await holdNodes(cluster.api(), mark, []);
    expect(Object.keys(annotationsOf(cluster, 'a') ?? {})).toEqual([held, 'migratorydata-aks/mark']);
    expect(Object.keys(annotationsOf(cluster, 'b') ?? {})).toEqual([held]);
  });

  it.each([
    ['of a deployment in another namespace', JSON.stringify({ ...mark, namespace: 'other' })],
    ['of a version that we do not know', JSON.stringify({ ...mark, version: 2 })],
    ['that somebody has cut', JSON.stringify(mark).slice(0, 50)],
  ])('%s is not ours: neither read nor removed', async (_, copy) => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    put(cluster, 'c', {}, { 'migratorydata-aks/mark': copy });
    await putBack(api);
    expect(annotationsOf(cluster, 'c')).toEqual({ 'migratorydata-aks/mark': copy });
    expect(await findCopy(api, 'ns')).toBeUndefined();
  });
});
