import { describe, expect, it } from '@jest/globals';
import type { Machines } from '../../../../src/chaos/machines-port.js';
import { findCopies } from '../../../../src/chaos/revert/node-annotations.js';
import { nothingToRevert, type OriginalState } from '../../../../src/chaos/revert/original-state.js';
import { readRecord } from '../../../../src/chaos/revert/revert-record-store.js';
import type { RevertRecord } from '../../../../src/chaos/revert/revert-record.js';
import type { KubernetesApi } from '../../../../src/kubernetes/api/api.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster, refuse } from '../../kubernetes/fake-cluster.js';
import { pods, statefulSets } from '../../kubernetes/samples.js';
import {
  FakeMachines,
  annotationsOf,
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
  startExperiment,
} from './revert-bench.js';

const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';
const entry = (node: string) => ({ node, uid: `uid-${node}`, machine: machineOf(node) });
const undoing = (undo: Partial<OriginalState>): RevertRecord => ({
  ...record,
  experiment: undo.machines ? 'power-off' : undo.pool ? 'node-delete' : record.experiment,
  undo: { ...record.undo, ...undo },
});

/** Returns a client on a clock that jumps over the pauses between attempts. */
const withoutPauses = (cluster: FakeCluster): KubernetesApi =>
  cluster.api(undefined, new JumpingClock(() => cluster.received.length));

describe('revertAll', () => {
  it('reverts what the record says, and removes the record last', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    expect(await revertBy(api)).toMatchObject({
      done: true,
      did: ['Node a is schedulable again.'],
      left: [],
      invalid: [],
    });
    expect(isCordoned(cluster, 'a')).toBe(false);
    expect(['a', 'b'].map(name => annotationsOf(cluster, name))).toEqual([{}, {}]);
    const { method, path } = cluster.received.at(-1) ?? {};
    expect([method, path]).toEqual(['DELETE', '/api/v1/namespaces/ns/configmaps/migratorydata-aks-mark']);
    expect(await readRecord(api, 'ns')).toBeUndefined();
  });

  it('is idempotent', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    await revertBy(api);
    expect(await revertBy(api)).toMatchObject({ done: true, did: [], left: [], invalid: [] });
  });

  it('does not change a node that has replaced the cordoned one', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    cluster.put(nodes, { metadata: { name: 'a', uid: 'uid-new' }, spec: { unschedulable: true } });
    expect(await revertBy(api)).toMatchObject({ done: true, did: [] });
    expect(isCordoned(cluster, 'a')).toBe(true);
  });

  it('keeps the record while something is left, and names what is left', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('a')] });
    const api = await startExperiment(cluster, by, withoutPauses(cluster));
    const { done, did, left } = await revertBy(api, by);
    expect([done, did]).toEqual([false, ['Node a is schedulable again.']]);
    expect(left).toEqual([expect.stringContaining('the machine of node a was not started: ')]);
    expect(await readRecord(api, 'ns')).toEqual({ record: by });
  });

  it('does not remove a later cordon of someone else', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    putNode(cluster, 'b', { spec: { unschedulable: true } });
    expect(await revertBy(api, undoing({ cordons: ['a', 'b'] }))).toMatchObject({ done: true });
    expect(isCordoned(cluster, 'b')).toBe(true);
  });

  it('keeps the annotation of an administrator, whatever the record says', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    putNode(cluster, 'c', { annotations: { [held]: 'true' } });
    await revertBy(api, { ...record, held: ['a', 'b', 'c'] });
    expect(annotationsOf(cluster, 'c')).toEqual({ [held]: 'true' });
  });

  it('reverts the rest when the deployment is gone', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    cluster.delete(`${statefulSets}/migratorydata`);
    expect(await revertBy(api, undoing({ replicas: { from: 4, set: 3 } }))).toMatchObject({ done: true });
  });
});

describe('the machines of an experiment', () => {
  it('are started although they run and their nodes are Ready: Azure may be about to stop them', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await startExperiment(cluster, by);
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, by, machines.port)).done).toBe(true);
    expect(machines.done).toEqual(['start mc_rg/aks-pool-vmss/1']);
  });

  it('keep the record until the kubelet has renewed its Lease after the start', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await startExperiment(cluster, by);
    const machines = new FakeMachines(cluster);
    cluster.scripts.push(({ method, path }, response) => {
      // Without power, the kubelet does not renew its Lease, but its node stays Ready for most of a minute.
      if (method !== 'GET' || path !== `${leases}/b`) return false;
      response.writeHead(200).end(JSON.stringify({ metadata: { name: 'b' }, spec: { renewTime: 'before' } }));
      cluster.put(leases, { metadata: { name: 'b' }, spec: { renewTime: 'before' } });
      return true;
    });
    const port = { ...machines.port, start: () => Promise.resolve() } as Machines;
    const { done, left } = await revertBy(api, by, port, { timeoutMs: 300 });
    expect([done, left]).toEqual([false, ['node b is not in service']]);
    expect(await readRecord(api, 'ns')).toBeDefined();
    expect((await findCopies(api, 'ns')).map(({ node }) => node)).toEqual(['a']);
  });

  it('keep the record while a lost node is not in service', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await startExperiment(cluster, by);
    putNode(cluster, 'b', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    const { done, left } = await revertBy(api, by, new FakeMachines(cluster).port, { timeoutMs: 300 });
    expect([done, left]).toEqual([false, ['node b is not in service']]);
  });

  it('are found by node name when the node is gone', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await startExperiment(cluster, by);
    cluster.delete(`${nodes}/b`);
    const machines = new FakeMachines(cluster);
    machines.nodeless.set('b', machineOf('b'));
    await revertBy(api, by, machines.port);
    expect(machines.done).toEqual(['start mc_rg/aks-pool-vmss/1']);
  });

  it('need no start when they are gone', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [entry('b')] });
    const api = await startExperiment(cluster, by);
    cluster.delete(`${nodes}/b`);
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, by, machines.port)).done).toBe(true);
    expect(machines.done).toEqual([]);
  });

  it.each([
    ['of another instance', { ...machineOf('b'), instanceId: '7' }],
    ['in another group', { ...machineOf('b'), resourceGroup: 'prod-db' }],
    ['of another subscription', { ...machineOf('b'), subscriptionId: '99999999-0000-4000-8000-000000000000' }],
  ])('are not started when the record names one %s', async (_, machine) => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ machines: [{ ...entry('b'), machine }] });
    const api = await startExperiment(cluster, by);
    const machines = new FakeMachines(cluster);
    const { done, left, invalid } = await revertBy(api, by, machines.port);
    expect([done, left, machines.done]).toEqual([false, [], []]);
    expect(invalid).toEqual([expect.stringContaining('The record says that the machine of node b is ')]);
  });
});

describe('the kubelets of an experiment', () => {
  const kubelet: RevertRecord = { ...record, undo: { ...nothingToRevert, kubelets: [entry('a')] } };

  it('are started when they do not renew their Lease, although their node is still Ready', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster, kubelet);
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, kubelet, machines.port)).done).toBe(true);
    expect(machines.done).toEqual(['start kubelet mc_rg/aks-pool-vmss/0']);
  });

  it.each([
    ['are not started when they renew their Lease long after the fault', 130_000, []],
    // Its times are from the clock of another machine.
    ['are started even so when the record has just been found', 110_000, ['start kubelet mc_rg/aks-pool-vmss/0']],
  ])('%s', async (_, knownForMs, done) => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster, kubelet);
    cluster.scripts.push(({ path, query }) => {
      if (path === leases && query.has('watch')) setImmediate(renewLease, cluster, 'a');
      return false;
    });
    const machines = new FakeMachines(cluster);
    expect((await revertBy(api, kubelet, machines.port, { knownForMs })).done).toBe(true);
    expect(machines.done).toEqual(done);
  });
});

describe('the node pool of an experiment', () => {
  const raised = poolOf({ minCount: 3, maxCount: 5 }, { minCount: 1, maxCount: 5 });
  const pool = { name: 'users', nodes: 3, bounds: { minCount: 1, maxCount: 5 } };

  it('gets the bounds from its tag when its node is back', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool, deletions: [{ node: 'd', uid: 'uid-d' }] });
    const api = await startExperiment(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    cluster.delete(`${nodes}/c`);
    expect((await revertBy(api, by, machines.port, { timeoutMs: 300 })).left).toEqual([
      'node pool users has 2 of 3 nodes in service',
    ]);
    expect(machines.done).toEqual([]);
    putNode(cluster, 'c');
    expect((await revertBy(api, by, machines.port)).did).toEqual(['The bounds of node pool users were restored.']);
    expect(machines.done).toEqual(['bounds of users: 1 to 5']);
  });

  it('waits for a deletion that Azure may have accepted, while the node exists', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool, deletions: [{ node: 'c', uid: 'uid-c' }] });
    const api = await startExperiment(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    const reverting = revertBy(api, by, machines.port, { knownForMs: 0 });
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
  ])('is not changed when the record says %s', async (_, recorded, field) => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool: recorded });
    const api = await startExperiment(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    const { left, invalid } = await revertBy(api, by, machines.port);
    expect([left, invalid, machines.done]).toEqual([[], [expect.stringContaining(field)], []]);
  });

  it('keeps its bounds while the health of the node is unknown', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool });
    const api = await startExperiment(cluster, by, withoutPauses(cluster));
    cluster.scripts.push(({ method, path }, response) => {
      if (method !== 'GET' || path !== pods) return false;
      refuse(response, 403, 'Forbidden');
      return true;
    });
    const machines = new FakeMachines(cluster);
    machines.pool = raised;
    const { left } = await revertBy(api, by, machines.port, { timeoutMs: 300 });
    expect(left).toEqual([
      expect.stringMatching(/^the health of nodes and members could not be checked: /),
      expect.stringMatching(/^the seed members are not spread as before: /),
    ]);
    expect([machines.done, await readRecord(api, 'ns')]).toEqual([[], { record: by }]);
  });

  it('needs no revert when it is gone', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ pool });
    const api = await startExperiment(cluster, by);
    const machines = new FakeMachines(cluster);
    machines.pool = undefined;
    expect((await revertBy(api, by, machines.port)).done).toBe(true);
  });
});

describe('the number of members', () => {
  it.each([0, 2, 6, 50])('is never set to %d, which is outside the limits of the deployment', async replicas => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ replicas: { from: replicas, set: 3 } });
    const api = await startExperiment(cluster, by);
    putMembers(cluster, 4);
    const { done, left, invalid } = await revertBy(api, by);
    expect([done, left]).toEqual([false, []]);
    expect(invalid).toEqual([expect.stringContaining(`had ${replicas} members (undo.replicas)`)]);
    expect(cluster.received.filter(({ path }) => path.endsWith('/scale'))).toEqual([]);
  });

  it('is restored when it fits the member list', async () => {
    await using cluster = await FakeCluster.start();
    const by = undoing({ replicas: { from: 3, set: 4 } });
    const api = await startExperiment(cluster, by);
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

  it('gets the bounds that are saved on it', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster, by);
    cluster.put(autoscalers, autoscaler(3, 3, '3-5'));
    expect((await revertBy(api, by)).did).toContain('The bounds of autoscaler hpa were restored.');
    expect(specOf(cluster)).toMatchObject({ minReplicas: 3, maxReplicas: 5 });
    expect(cluster.get(`${autoscalers}/hpa`)?.metadata['annotations']).toEqual({});
  });

  it.each([
    ['other bounds than the saved ones', autoscaler(3, 3, '2-4')],
    ['other bounds, and none are saved', autoscaler(2, 4)],
  ])('is not changed when the record says %s', async (_, object) => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster, by);
    cluster.put(autoscalers, object);
    const before = specOf(cluster);
    const { left, invalid } = await revertBy(api, by);
    expect([left, invalid]).toEqual([[], [expect.stringContaining('had the bounds 3 to 5 (autoscaler)')]]);
    expect(specOf(cluster)).toEqual(before);
  });
});
