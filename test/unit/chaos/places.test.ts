import { describe, expect, it } from '@jest/globals';
import { observeCluster } from '../../../src/chaos/experiment-context.js';
import { findCandidates, findTarget } from '../../../src/chaos/find-target.js';
import { findCordoned } from '../../../src/chaos/places.js';
import { chooseTarget } from '../../../src/chaos/target.js';
import { refuse } from '../kubernetes/fake-cluster.js';
import { ExperimentBench } from './experiment-bench.js';
import { FakeMachines, nodes, poolOf, putNode } from './revert/revert-bench.js';

const needs = { others: 1, nonGraceful: false, machine: false };
const foreign = '/api/v1/namespaces/shop/pods';
const ready = [{ type: 'Ready', status: 'True' }];

/** Adds many nodes of others, in the order of their names after those with members. */
function addForeignNodes(bench: ExperimentBench, count: number, more: Partial<Record<string, object>> = {}): void {
  for (let index = 0; index < count; index += 1) putNode(bench.cluster, `f${1000 + index}`, more);
}

/** Gives a node room for one member, and fills it with a pod of somebody else. */
function fill(bench: ExperimentBench, node: string, cpu = '900m'): void {
  putNode(bench.cluster, node, { status: { conditions: ready, allocatable: { cpu: '1', memory: '1Gi', pods: '10' } } });
  bench.cluster.put(foreign, {
    metadata: { name: `on-${node}`, namespace: 'shop' },
    spec: { nodeName: node, containers: [{ name: 'c', resources: { requests: { cpu } } }] },
    status: { phase: 'Running' },
  });
}

/** Gives the members a request of half a core. */
function requestCpu(bench: ExperimentBench): void {
  const path = '/apis/apps/v1/namespaces/ns/statefulsets';
  const set = bench.cluster.get(`${path}/migratorydata`) as unknown as {
    metadata: { name: string };
    spec: { template: { spec: { containers: object[] } } };
  };
  const [container] = set.spec.template.spec.containers;
  const containers = [{ ...container, resources: { requests: { cpu: '500m' } } }];
  bench.cluster.put(path, { ...set, spec: { ...set.spec, template: { spec: { containers } } } });
}

describe('what the choice of a target reads', () => {
  it('is the nodes with members by name, their pods, and no page of the others when those suffice', async () => {
    await using bench = await ExperimentBench.start();
    addForeignNodes(bench, 120);
    const target = await findTarget(bench.context, await observeCluster(bench.context), needs);
    expect(target.name).toBe('a');
    const reads = bench.cluster.received.map(({ path, query }) => `${path} ${query.get('fieldSelector') ?? ''}`.trim());
    expect(reads.filter(path => path.startsWith(nodes)).toSorted()).toEqual(
      ['a', 'b', 'c'].map(name => `${nodes}/${name}`),
    );
    expect(reads.filter(path => path.startsWith('/api/v1/pods'))).toEqual([
      '/api/v1/pods spec.nodeName=a',
      '/api/v1/pods spec.nodeName=b',
    ]);
  });

  it('is as many pages of other nodes as are needed, and the pods only of nodes that can run a member', async () => {
    await using bench = await ExperimentBench.start();
    requestCpu(bench);
    for (const name of ['a', 'b', 'c']) fill(bench, name);
    addForeignNodes(bench, 60, { spec: { taints: [{ key: 'CriticalAddonsOnly', effect: 'NoSchedule' }] } });
    putNode(bench.cluster, 'g');
    putNode(bench.cluster, 'h');
    const target = await findTarget(bench.context, await observeCluster(bench.context), needs);
    expect(target.name).toBe('a');
    const lists = bench.cluster.received.filter(({ path }) => path === nodes || path === '/api/v1/pods');
    const shown = lists.map(({ query }) =>
      ['fieldSelector', 'limit', 'continue'].map(name => query.get(name) ?? '').join(' '),
    );
    expect(shown.map(text => text.trim())).toEqual([
      'spec.nodeName=a',
      'spec.nodeName=b',
      'spec.nodeName=c',
      'spec.unschedulable=false 50',
      'spec.unschedulable=false 50 50',
      'spec.nodeName=g',
    ]);
  });

  it('leaves out the room when the pods of others cannot be listed', async () => {
    await using bench = await ExperimentBench.start();
    requestCpu(bench);
    bench.cluster.scripts.push(({ path }, response) => {
      if (path !== '/api/v1/pods') return false;
      refuse(response, 403, 'Forbidden');
      return true;
    });
    for (const name of ['a', 'b', 'c']) fill(bench, name);
    expect((await findTarget(bench.context, await observeCluster(bench.context), needs)).name).toBe('a');
  });
});

describe('a cluster that is full', () => {
  it('is no place to drain, with the reasons, unless the autoscaler of a pool may add a node', async () => {
    await using bench = await ExperimentBench.start();
    requestCpu(bench);
    for (const name of ['a', 'b', 'c']) fill(bench, name);
    const state = await observeCluster(bench.context);
    await expect(findTarget(bench.context, state, needs)).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining(
        'a: the other nodes have no room for its members (a and 2 more: it has 100m CPU left, and a member requests 500m CPU)',
      ) as unknown,
    });
    const machines = new FakeMachines(bench.cluster);
    const onAks = { ...bench.context, machines: machines.port };
    expect((await findTarget(onAks, state, needs)).name).toBe('a');
    machines.pool = poolOf({ minCount: 1, maxCount: 3 });
    await expect(findTarget(onAks, state, needs)).rejects.toMatchObject({ code: 'target-refused' });
  });

  it('still is a place for a member that is killed', async () => {
    await using bench = await ExperimentBench.start();
    requestCpu(bench);
    for (const name of ['a', 'b', 'c']) fill(bench, name);
    const state = await observeCluster(bench.context);
    const candidates = await findCandidates(bench.context, state, { ...needs, others: 0 });
    expect(chooseTarget({ ...candidates, wanted: '' }).name).toBe('a');
    expect(bench.cluster.received.some(({ path }) => path === '/api/v1/pods')).toBe(false);
  });
});

describe('a cordoned node', () => {
  it('counts only where members could run otherwise', async () => {
    await using bench = await ExperimentBench.start();
    const cordoned = (taints: readonly object[]) => ({ spec: { unschedulable: true, taints } });
    putNode(bench.cluster, 'sys', cordoned([{ key: 'CriticalAddonsOnly', effect: 'NoSchedule' }]));
    const { statefulSet } = await observeCluster(bench.context);
    expect(await findCordoned(bench.context.api, statefulSet)).toEqual([]);
    putNode(bench.cluster, 'd', cordoned([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]));
    expect(await findCordoned(bench.context.api, statefulSet)).toEqual(['d']);
  });

  it('keeps an experiment from starting, without any change', async () => {
    await using bench = await ExperimentBench.start();
    putNode(bench.cluster, 'd', { spec: { unschedulable: true } });
    const { record } = await bench.run(bench.faultWith());
    expect([record.verdict, record.reason]).toEqual([
      'skipped',
      'd, where members could run, is cordoned, as in an upgrade; no fault was injected.',
    ]);
    expect(bench.steps).toEqual([]);
  });

  it('is judged as the target if it is the wanted one', async () => {
    await using bench = await ExperimentBench.start();
    putNode(bench.cluster, 'a', { spec: { unschedulable: true } });
    const chaos = { ...bench.context.chaos, targetNode: 'a' };
    Object.assign(bench.context, { chaos });
    const { error } = await bench.run(bench.faultWith(), {
      preflight: async (context, state) => {
        await findTarget(context, state, needs);
        return bench.faultWith();
      },
    });
    expect(error?.message).toBe('target-node "a" is refused: it is already cordoned.');
  });
});
