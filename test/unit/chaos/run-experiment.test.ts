import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExperimentContext } from '../../../src/chaos/experiment-context.js';
import { drain } from '../../../src/chaos/experiments/drain.js';
import { nodeDelete } from '../../../src/chaos/experiments/node-delete.js';
import type { Machines } from '../../../src/chaos/machines-port.js';
import { nothingToRevert } from '../../../src/chaos/revert/original-state.js';
import { writeRecord } from '../../../src/chaos/revert/revert-record-store.js';
import { runExperiment, type ExperimentResult } from '../../../src/chaos/run-experiment.js';
import type { ChaosSettings } from '../../../src/chaos/settings.js';
import { ActionError } from '../../../src/errors/action-error.js';
import { membersOf } from '../../../src/migratorydata/object-names.js';
import { FakeCluster, type Json, once, refuse } from '../kubernetes/fake-cluster.js';
import { podOf, pods, setOf, statefulSets } from '../kubernetes/samples.js';
import { ExperimentBench } from './experiment-bench.js';
import { nodes, poolOf, putNode, record as otherRecord } from './revert/revert-bench.js';

/** An experiment that adds a member temporarily. */
const surging: typeof drain = {
  ...drain,
  preflight: (_, { replicas }) => ({
    ...{ targets: [], facts: () => ({}), affected: [], recoveryMode: () => 'untouched' as const },
    originalState: { ...nothingToRevert, replicas: { from: replicas, set: replicas + 1 } },
    inject: () => Promise.reject(new Error('the fault began')),
    confirm: () => Promise.reject(new Error('the fault began')),
  }),
};

describe('an experiment that changes the number of members', () => {
  it('is skipped, without any change, when the number could not be restored', async () => {
    await using cluster = await FakeCluster.start();
    // This project did not render the StatefulSet, so the allowed number of members is unknown.
    cluster.put(statefulSets, setOf(3));
    for (const ordinal of [0, 1, 2]) cluster.put(pods, podOf(ordinal));
    const context: ExperimentContext = {
      ...{
        api: cluster.api(),
        members: membersOf({ namespace: 'ns', name: 'migratorydata' }),
        budgetName: 'migratorydata-pdb',
      },
      ...{ note: () => undefined, chaos: { targetNode: '' } as ChaosSettings },
      underNodesLock: body => body(cluster.api().signal),
    } as Partial<ExperimentContext> as ExperimentContext;
    const { record, over } = await runExperiment(context, surging);
    expect([record.verdict, over]).toEqual(['skipped', false]);
    expect(record.reason).toContain('it was deployed with no member list');
    expect(cluster.received.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('an experiment', () => {
  let bench: ExperimentBench;

  beforeEach(async () => {
    bench = await ExperimentBench.start();
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  it('annotates nodes only under their lock, also if it changes nothing else of them', async () => {
    const underNodesLock: ExperimentContext['underNodesLock'] = async body => {
      bench.steps.push('lock');
      const result = await body(bench.context.api.signal);
      bench.steps.push('unlock');
      return result;
    };
    Object.assign(bench.context, { underNodesLock });
    await bench.run(bench.faultWith({ originalState: nothingToRevert, prepare: () => Promise.resolve() }), {
      reverts: [],
    });
    expect([bench.steps[0], bench.steps.at(-1)]).toEqual(['lock', 'unlock']);
    expect(bench.steps).toContain('release a');
  });

  it('changes nothing when a member is not Ready before it', async () => {
    bench.cluster.put(pods, podOf(1, { ready: false }));
    const { record, error, over } = await bench.run(bench.faultWith());
    expect([record.verdict, error?.code, over, bench.steps]).toEqual(['aborted', 'not-steady', false, []]);
    expect(record.reason).toContain('there are 3 members, 2 of them Ready, but 3 are required; no fault was injected');
  });

  it('is skipped while the record of an experiment on another deployment is on a node', async () => {
    const copy = JSON.stringify({ ...otherRecord, namespace: 'other' });
    putNode(bench.cluster, 'c', {
      labels: { 'migratorydata-aks/held': '' },
      annotations: { 'migratorydata-aks/mark': copy },
    });
    const { record } = await bench.run(bench.faultWith());
    expect([record.verdict, bench.steps]).toEqual(['skipped', []]);
    expect(record.reason).toContain('An experiment on another deployment has left its revert record on c');
  });

  it('changes nothing when its preflight refuses', async () => {
    const error = new ActionError('target-refused', 'Node a holds no member.');
    const preflight = () => Promise.reject(error);
    const result = await bench.run(bench.faultWith(), { preflight });
    expect(result).toMatchObject({ error, over: false, record: { verdict: 'fail', reason: error.message } });
    expect(bench.steps).toEqual([]);
  });

  it('is the last one when seed members that were spread before it could not be put back', async () => {
    const error = new ActionError('undo-incomplete', 'After the seed members were moved: node a was not uncordoned.');
    const { record, over } = await bench.run(bench.faultWith(), { preflight: () => Promise.reject(error) });
    expect([record.verdict, over]).toEqual(['fail', true]);
  });

  it('does not begin while another one is not reverted, and leaves the record of that', async () => {
    await writeRecord(bench.context.api, { ...otherRecord, writtenAt: '2025-12-31T23:59:59.000Z' });
    bench.steps.length = 0;
    const { record, error } = await bench.run(bench.faultWith());
    expect([record.verdict, error?.code, bench.settled]).toEqual(['fail', 'mark-found', true]);
    expect(bench.steps).toEqual(['write record']);
  });

  it.each([
    ['as it was', { minReplicas: 3, maxReplicas: 5 }, {}],
    ['frozen by a discarded record', { minReplicas: 4, maxReplicas: 4 }, { 'migratorydata-aks/former-bounds': '3-5' }],
  ])('holds the autoscaler of the members meanwhile, found %s', async (_, found, annotations) => {
    const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';
    const scaleTargetRef = { kind: 'StatefulSet', name: 'migratorydata' };
    bench.cluster.put(autoscalers, { metadata: { name: 'hpa', annotations }, spec: { ...found, scaleTargetRef } });
    const bounds = (): unknown => bench.cluster.get(`${autoscalers}/hpa`)?.['spec'];
    const seen: unknown[] = [];
    const inject = (): Promise<void> => Promise.resolve(void seen.push(bounds()));
    const { record } = await bench.run(bench.faultWith({ inject }));
    expect(seen).toEqual([{ minReplicas: 3, maxReplicas: 3, scaleTargetRef }]);
    expect(bounds()).toEqual({ minReplicas: 3, maxReplicas: 5, scaleTargetRef });
    expect(record.putBack?.did.at(-1)).toBe('The bounds of autoscaler hpa were restored.');
  });

  it('ends in undo-incomplete, with what led to it, when a revert fails', async () => {
    const forbidden = ({ method, path, body }: { method: string; path: string; body: string }): boolean =>
      method === 'PATCH' && path === `${nodes}/a` && body.includes('"unschedulable":null');
    bench.cluster.scripts.unshift(
      once(
        forbidden,
        response => {
          refuse(response, 403, 'Forbidden');
        },
        Infinity,
      ),
    );
    const cause = new ActionError('unsupported-here', 'A deny assignment forbids it.');
    const { record, error, over } = await bench.run(bench.faultWith({ inject: () => Promise.reject(cause) }));
    expect([record.verdict, error?.code, error?.cause, over]).toEqual(['fail', 'undo-incomplete', cause, true]);
    expect(record.putBack).toMatchObject({
      ...{ done: false, did: [] },
      left: [expect.stringMatching(/^node a was not uncordoned: /)],
    });
    expect(record.reason).toMatch(
      /^The cluster could not be fully reverted: node a .*\. A deny assignment forbids it\.$/,
    );
    // The record and the entry of the undo log stay for whoever tries again.
    expect([bench.steps.includes('remove record'), bench.settled]).toEqual([false, false]);
  });
});

describe('node-delete', () => {
  let bench: ExperimentBench;
  const done: string[] = [];
  const raised = poolOf({ minCount: 3, maxCount: 5 }, { minCount: 1, maxCount: 5 });

  beforeEach(async () => {
    bench = await ExperimentBench.start();
    done.length = 0;
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  /** Deletes a node of the pool; its member is Ready on another one 5 s later, and `returns` says if a node comes. */
  function run(returns: boolean, before = poolOf({ minCount: 1, maxCount: 5 })): Promise<ExperimentResult> {
    const { cluster, clock, context } = bench;
    const call = (text: string): Promise<void> => Promise.resolve(void done.push(text));
    const machines = {
      describeOperation: () => Promise.resolve(undefined),
      pool: () => Promise.resolve(before),
      settledPool: () => Promise.resolve(raised),
      raisePoolBounds: (name, { minCount, maxCount }) => call(`raise ${name} to ${minCount}-${maxCount}`),
      restorePoolBounds: name => call(`restore ${name}`),
      deleteMachine: (pool, node) => {
        cluster.delete(`${nodes}/${node}`);
        cluster.put(pods, podOf(0, { uid: 'successor', node: 'b', ready: false }));
        clock.at(clock.now() + 5_000, () => cluster.put(pods, podOf(0, { uid: 'successor', node: 'b' })));
        if (returns)
          clock.at(clock.now() + 90_000, () => {
            putNode(cluster, 'd');
          });
        return call(`delete ${node} of ${pool}`);
      },
      withSignal: () => machines,
      withFence: () => machines,
      withAcceptance: () => machines,
    } as Partial<Machines> as Machines;
    return runExperiment({ ...context, machines, holdMs: 0 }, nodeDelete);
  }

  it('measures when the member was Ready again although the node pool still misses a node', async () => {
    const { record, error, over } = await run(false);
    expect([record.verdict, error?.code, over, bench.settled]).toEqual(['fail', 'undo-incomplete', true, false]);
    expect(record.putBack).toMatchObject({
      done: false,
      left: [
        'node pool users has 2 of 3 nodes in service',
        expect.stringMatching(/^the seed members are not spread as before: .* no other node can take one$/),
      ],
    });
    expect(record.measurement?.milestones.readyMs).toBe(5_000);
    // With its former lower bound the pool might not get its node back.
    expect(done).toEqual(['raise users to 3-5', 'delete a of users']);
    expect(bench.steps).not.toContain('remove record');
  });

  it('passes, and restores the bounds of the pool, when a node comes within the time of the revert', async () => {
    const { record, error, over } = await run(true);
    expect([record.verdict, error, over, bench.settled]).toEqual(['pass', undefined, false, true]);
    expect(done).toEqual(['raise users to 3-5', 'delete a of users', 'restore users']);
    expect(record.measurement?.milestones.readyMs).toBe(5_000);
  });

  it('restores also what an experiment with a discarded record has left raised', async () => {
    const { record } = await run(true, raised);
    expect([record.verdict, done.at(-1)]).toEqual(['pass', 'restore users']);
  });
});

describe('a probe inside the cluster', () => {
  let bench: ExperimentBench;
  let context: ExperimentContext;
  const probe = `${pods}/migratorydata-probe`;

  beforeEach(async () => {
    bench = await ExperimentBench.start();
    const { context: whole, cluster } = bench;
    context = { ...whole, chaos: { ...whole.chaos, probeImage: `curl@sha256:${'0'.repeat(64)}` } };
    cluster.put('/api/v1/namespaces/ns/services', {
      metadata: { name: 'cs', namespace: 'ns' },
      spec: { clusterIP: '10.0.0.9', ports: [{ name: 'client-port', port: 80 }] },
    });
    cluster.scripts.push(({ method, path, query }, response) => {
      if (method !== 'GET' && path.startsWith(pods)) bench.steps.push(`${method} ${path.slice(pods.length)}`);
      if (path !== `${probe}/log`) return false;
      response.writeHead(200).write('1 10.00 10.01 ok\n');
      if (!query.has('follow')) response.end();
      return true;
    });
    runsAs({ running: {} });
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  /** The container of the probe has this state. */
  function runsAs(state: object): void {
    bench.cluster.react = ({ method, path, body }) => {
      if (method !== 'POST' || path !== pods) return;
      const containerStatuses = [{ name: 'probe', ready: true, restartCount: 0, image: 'curl', state }];
      bench.cluster.put(pods, { ...(body as Json), spec: { nodeName: 'c' }, status: { containerStatuses } });
    };
  }
  const run = (): Promise<ExperimentResult> => runExperiment(context, { ...drain, preflight: () => bench.faultWith() });
  const held = ['hold a', 'hold b', 'hold c'];
  const released = ['release a', 'release b', 'release c', 'remove record'];

  it('is started after its record was written and before all other changes, and is gone before the record', async () => {
    const { record } = await run();
    const [before, after] = [
      ['write record', ...held, 'POST ', 'prepare', 'cordon a'],
      ['inject', 'confirm', 'confirm'],
    ];
    expect(bench.steps.slice(0, -6)).toEqual([...before, ...after]);
    expect([...bench.steps.slice(-6)].sort()).toEqual(
      ['DELETE /migratorydata-probe', 'uncordon a', ...released].sort(),
    );
    expect(bench.steps.at(-1)).toBe('remove record');
    expect(record.putBack?.did).toContain('The probe pod migratorydata-probe was deleted.');
    expect(record.measurement?.inside?.node).toBe('c');
    expect(bench.cluster.get(probe)).toBeUndefined();
  });

  it('that does not run lets nothing else change, and is deleted', async () => {
    runsAs({ terminated: { exitCode: 127, reason: 'StartError' } });
    const states = bench.cluster.react;
    bench.cluster.react = change => {
      states(change);
      const pod = bench.cluster.get(probe);
      if (pod && change.method === 'POST')
        bench.cluster.put(pods, { ...pod, status: { ...(pod['status'] as object), phase: 'Failed' } });
    };
    const { record, error, over } = await run();
    expect([record.verdict, error?.code, over]).toEqual(['inconclusive', 'probe-pod-failed', false]);
    expect(bench.steps).not.toContain('prepare');
    expect(bench.cluster.get(probe)).toBeUndefined();
  });
});
