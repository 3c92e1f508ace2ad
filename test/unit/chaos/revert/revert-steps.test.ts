import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Machines } from '../../../../src/chaos/machines-port.js';
import { nothingToRevert } from '../../../../src/chaos/revert/original-state.js';
import type { RevertContext } from '../../../../src/chaos/revert/revert-context.js';
import { readRecord } from '../../../../src/chaos/revert/revert-record-store.js';
import type { RevertRecord } from '../../../../src/chaos/revert/revert-record.js';
import { revertAll, revertFast, revertFault } from '../../../../src/chaos/revert/revert.js';
import type { KubernetesApi } from '../../../../src/kubernetes/api/api.js';
import { membersOf } from '../../../../src/migratorydata/object-names.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster, once, type Received, refuse } from '../../kubernetes/fake-cluster.js';
import { pods } from '../../kubernetes/samples.js';
import {
  changeOf,
  FakeMachines,
  machineOf,
  nodes,
  poolOf,
  putMembers,
  record,
  revertBy,
  startExperiment,
} from './revert-bench.js';

const entry = (node: string) => ({ node, uid: `uid-${node}`, machine: machineOf(node) });
const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';
const autoscaler = { name: 'hpa', minReplicas: 3, maxReplicas: 5 };

/** What the loss of two machines may have changed, with a member that was added and an autoscaler that is held. */
const byPower: RevertRecord = {
  ...{ ...record, experiment: 'power-off', autoscaler },
  undo: { ...nothingToRevert, cordons: ['a'], machines: [entry('b'), entry('c')], replicas: { from: 3, set: 4 } },
};
/** What the deletion of node d may have changed, where three nodes were in service before. */
const byDeletion: RevertRecord = {
  ...{ ...record, experiment: 'node-delete', autoscaler },
  undo: {
    ...{ ...nothingToRevert, cordons: ['a'], replicas: { from: 3, set: 4 }, deletions: [{ node: 'd', uid: 'uid-d' }] },
    pool: { name: 'users', nodes: 3, bounds: { minCount: 1, maxCount: 5 } },
  },
};
/** All that a revert of `byPower` does, in order; what stands in one list may happen in any order. */
const stepsOfPower = [
  ['start mc_rg/aks-pool-vmss/1', 'start mc_rg/aks-pool-vmss/2', 'uncordon a'],
  ['bounds of members 3-3'],
  ['bounds of members 3-5'],
  ['release a', 'release b'],
  ['remove record'],
];

let cluster: FakeCluster;
let clock: JumpingClock;
let machines: FakeMachines;
let api: KubernetesApi;
let steps: string[];

beforeEach(async () => {
  cluster = await FakeCluster.start();
  clock = new JumpingClock(() => cluster.received.length);
  machines = new FakeMachines(cluster, action => {
    clock.at(clock.now() + 1_000, action);
  });
  machines.pool = poolOf({ minCount: 3, maxCount: 5 }, { minCount: 1, maxCount: 5 });
  api = cluster.api(undefined, clock);
  steps = machines.done;
});

afterEach(async () => {
  clock.stop();
  await cluster[Symbol.asyncDispose]();
});

/** Leaves the cluster as an experiment with a fourth member does whose process ends; from here on `steps` fill. */
async function begin(by: RevertRecord): Promise<void> {
  await startExperiment(cluster, by);
  putMembers(cluster, 4);
  cluster.put(autoscalers, {
    metadata: { name: 'hpa', annotations: { 'migratorydata-aks/former-bounds': '3-5' } },
    spec: { minReplicas: 4, maxReplicas: 4, scaleTargetRef: { kind: 'StatefulSet', name: 'migratorydata' } },
  });
  // The autoscaler takes the fourth member away when its bounds say so.
  cluster.react = ({ path, body }) => {
    if (!path.endsWith('/hpa') || !JSON.stringify(body).includes('"minReplicas":3')) return;
    putMembers(cluster, 3);
    cluster.delete(`${pods}/migratorydata-3`);
  };
  cluster.scripts.push(received => {
    const change = changeOf(received);
    if (change !== undefined) steps.push(change);
    return false;
  });
}

/** Orders steps that happen at once, so that lists of them can be compared. */
function inOrder(expected: readonly (readonly string[])[]): readonly string[] {
  const sizes = expected.map(({ length }) => length);
  const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
  return starts.flatMap((start, index) => steps.slice(start, start + (sizes[index] ?? 0)).sort());
}

function refuseAlways(matching: (received: Received) => boolean): void {
  cluster.scripts.unshift(
    once(
      matching,
      response => {
        refuse(response, 403, 'Forbidden');
      },
      Infinity,
    ),
  );
}

const contextOf = (started: RevertContext['started'] = new Map()): RevertContext => ({
  ...{
    api,
    members: membersOf({ namespace: 'ns', name: 'migratorydata' }),
    machines: machines.port,
    note: () => undefined,
    started,
  },
  limits: { remainingMs: () => 10_000, autoscaled: false, redact: (text: string) => text },
  fence: undefined,
  knownMs: -3_600_000,
});

describe('a revert of everything', () => {
  it('ends the fault, restores members and bounds, and removes the record after all that', async () => {
    await begin(byPower);
    const { done, did } = await revertBy(api, byPower, machines.port);
    expect(inOrder(stepsOfPower)).toEqual(stepsOfPower.flat());
    expect([done, steps.length, did.length]).toEqual([true, stepsOfPower.flat().length, 5]);
  });

  it('restores the bounds of the pool after members, and at the same time as those of the autoscaler', async () => {
    await begin(byDeletion);
    expect(await revertBy(api, byDeletion, machines.port)).toMatchObject({ done: true, left: [] });
    const expected = [
      ['uncordon a'],
      ['bounds of members 3-3'],
      ['bounds of members 3-5', 'bounds of users: 1 to 5'],
      ['release a', 'release b'],
      ['remove record'],
    ];
    expect(inOrder(expected)).toEqual(expected.flat());
  });

  it('changes nothing the second time but for the starts, which Azure ignores for a machine that runs', async () => {
    await begin(byPower);
    await revertBy(api, byPower, machines.port);
    steps.length = 0;
    await revertBy(api, byPower, machines.port);
    expect([...steps].sort()).toEqual(stepsOfPower[0]?.slice(0, 2));
  });

  it('starts a machine once when the same process has ended the fault before', async () => {
    await begin(byPower);
    const context = contextOf();
    const sentences = await revertFault(context, byPower);
    expect([...sentences].sort()).toEqual([
      'Node a is schedulable again.',
      'The machine of node b was started.',
      'The machine of node c was started.',
    ]);
    expect((await revertAll(context, byPower)).done).toBe(true);
    expect(inOrder(stepsOfPower)).toEqual(stepsOfPower.flat());
    expect(steps).toHaveLength(stepsOfPower.flat().length);
  });

  it('adds a missing member at once, since the others may wait for it', async () => {
    const by = { ...byPower, autoscaler: undefined, undo: { ...nothingToRevert, replicas: { from: 4, set: 3 } } };
    await startExperiment(cluster, by);
    cluster.react = ({ path }) => {
      if (path.endsWith('/scale')) putMembers(cluster, 4);
    };
    const { did } = await revertBy(api, by);
    expect(did).toEqual(['The number of members was set to 4 again.']);
  });
});

describe('a step of a revert that fails', () => {
  const failures: readonly [string, string, () => void][] = [
    [
      'uncordon a',
      'node a was not uncordoned',
      () => {
        refuseAlways(({ method, body }) => method === 'PATCH' && body.includes('"unschedulable":null'));
      },
    ],
    [
      'bounds of members 3-3',
      'the number of members was not restored to 3',
      () => {
        refuseAlways(({ method, body }) => method === 'PATCH' && body.includes('"maxReplicas":3'));
      },
    ],
    [
      'bounds of members 3-5',
      'the bounds of autoscaler hpa were not restored',
      () => {
        refuseAlways(({ method, path, body }) => method === 'PATCH' && path.endsWith('/hpa') && body.includes('null'));
      },
    ],
  ];

  it.each(failures)('(%s) is left, and all others are done', async (step, left, spoil) => {
    await begin(byPower);
    spoil();
    const result = await revertBy(api, byPower, machines.port);
    expect([result.done, result.left]).toEqual([false, [expect.stringMatching(new RegExp(`^${left}: .*Forbidden`))]]);
    const others = stepsOfPower.slice(0, 3).map(list => list.filter(other => other !== step));
    expect(inOrder(others)).toEqual(others.flat());
    expect(await readRecord(api, 'ns')).toEqual({ record: byPower });
  });

  it('(the start of one machine) is left, and the other machine is started', async () => {
    await begin(byPower);
    const working = machines.port;
    const port: Machines = {
      ...working,
      start: machine => (machine.instanceId === '1' ? Promise.reject(new Error('Quota.')) : working.start(machine)),
    };
    const { left } = await revertBy(api, byPower, port);
    expect(left).toEqual(['the machine of node b was not started: Quota']);
    expect([...steps].sort()).toEqual([
      'bounds of members 3-3',
      'bounds of members 3-5',
      'start mc_rg/aks-pool-vmss/2',
      'uncordon a',
    ]);
  });

  it('is tried three times, after 1 s and after 2 s', async () => {
    const by = { ...record, undo: { ...nothingToRevert, cordons: ['a'] } };
    await startExperiment(cluster, by);
    const times: number[] = [];
    const refusal = ({ method, path }: Received): boolean => {
      const fails = method === 'PATCH' && path === `${nodes}/a`;
      if (fails) times.push(clock.now());
      return fails;
    };
    cluster.scripts.push(
      once(
        refusal,
        response => {
          refuse(response, 403, 'Forbidden');
        },
        2,
      ),
    );
    expect((await revertBy(api, by)).done).toBe(true);
    expect(times).toEqual([0, 1_000]);
    expect(clock.now()).toBe(3_000);
  });

  it('is not tried again when the cluster does not confirm it', async () => {
    const by: RevertRecord = {
      ...record,
      experiment: 'power-off',
      undo: { ...nothingToRevert, machines: [entry('b')] },
    };
    await startExperiment(cluster, {
      ...by,
      undo: { ...by.undo, machines: [{ ...entry('b'), machine: machineOf('c') }] },
    });
    const wrong = { ...by, undo: { ...by.undo, machines: [{ ...entry('b'), machine: machineOf('c') }] } };
    const { invalid } = await revertBy(api, wrong, machines.port);
    expect([invalid.length, clock.now(), machines.done]).toEqual([1, 0, []]);
  });
});

describe('the fast revert of a cancelled step', () => {
  it('starts machines without a wait and uncordons, and does nothing else', async () => {
    await begin(byPower);
    const waits: unknown[] = [];
    const port: Machines = {
      ...machines.port,
      start: (machine, options) => Promise.resolve(void waits.push([machine.instanceId, options])),
    };
    await revertFast({ ...contextOf(), machines: port }, byPower);
    expect(waits).toEqual([
      ['1', { wait: false }],
      ['2', { wait: false }],
    ]);
    expect([steps, clock.now()]).toEqual([['uncordon a'], 0]);
  });

  it('tries everything once, whatever fails', async () => {
    await begin(byPower);
    refuseAlways(({ method }) => method === 'PATCH');
    cluster.received.length = 0;
    const tried: string[] = [];
    const port: Machines = {
      ...machines.port,
      start: ({ instanceId }) => {
        tried.push(instanceId);
        return Promise.reject(new Error('Quota.'));
      },
    };
    await revertFast({ ...contextOf(), machines: port }, byPower);
    expect(tried).toEqual(['1', '2']);
    expect(cluster.received.filter(({ method, path }) => method === 'PATCH' && path === `${nodes}/a`)).toHaveLength(1);
  });
});
