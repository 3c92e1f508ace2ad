import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pod } from '../../../src/kubernetes/api/types.js';
import { drainOthers, type OthersDrain, otherPodsOn } from '../../../src/kubernetes/drain-others.js';
import { deploymentLabels } from '../../../src/migratorydata/object-names.js';
import { JumpingClock } from '../jumping-clock.js';
import { FakeCluster, refuse } from './fake-cluster.js';
import { podOf, setOf } from './samples.js';

const all = '/api/v1/pods';
const budgets = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets';
const replicaSet = { kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true };

function other(name: string, metadata: Partial<Pod['metadata']> = {}, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    ...podOf(0),
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, ownerReferences: [replicaSet], ...metadata },
    spec: { nodeName: 'n1', containers: [], ...spec },
  };
}

describe('otherPodsOn', () => {
  it.each([
    ['a pod of a ReplicaSet', other('web'), true],
    [
      'a bare pod with the label of the members',
      other('bare', { ownerReferences: [], labels: deploymentLabels('migratorydata') }),
      true,
    ],
    [
      'a member of another deployment',
      other('migratorydata-0', { ownerReferences: [{ ...replicaSet, kind: 'StatefulSet' }] }),
      true,
    ],
    ['a member', podOf(0), false],
    ['a pod of a DaemonSet', other('agent', { ownerReferences: [{ ...replicaSet, kind: 'DaemonSet' }] }), false],
    ['a mirror of a static pod', other('proxy', { annotations: { 'kubernetes.io/config.mirror': 'x' } }), false],
    ['a pod that has ended', { ...other('job'), status: { phase: 'Succeeded' } }, false],
    ['a pod of another node', other('far', {}, { nodeName: 'n2' }), false],
  ])('decides about %s', async (_, pod, expected) => {
    await using cluster = await FakeCluster.start();
    cluster.put(all, pod);
    expect((await otherPodsOn(cluster.api(), 'n1', setOf(3))).length === 1).toBe(expected);
  });
});

describe('drainOthers', () => {
  let cluster: FakeCluster;
  let clock: JumpingClock;

  beforeEach(async () => {
    cluster = await FakeCluster.start();
    clock = new JumpingClock(() => cluster.received.length);
  });

  afterEach(async () => {
    clock.stop();
    await cluster[Symbol.asyncDispose]();
  });

  /** Pods end `graceMs` after their eviction. */
  function drain(graceMs = 1_000): Promise<OthersDrain> {
    cluster.react = ({ path }) => {
      const name = /\/pods\/(.*)\/eviction$/.exec(path)?.[1];
      if (name !== undefined)
        clock.at(clock.now() + graceMs, () => {
          cluster.delete(`${all}/${name}`);
        });
    };
    const api = cluster.api(undefined, clock);
    return drainOthers(api, { node: 'n1', statefulSet: setOf(3), timeoutMs: 150_000 });
  }
  const evictions = (): readonly string[] =>
    cluster.received.filter(({ path }) => path.endsWith('/eviction')).map(({ path }) => path.split('/').at(-2) ?? '');

  it('evicts the pods side by side, and waits until they are gone', async () => {
    for (const name of ['web', 'shop']) cluster.put(all, other(name));
    cluster.put(all, podOf(0, { node: 'n1' }));
    expect(await drain(60_000)).toEqual({ moved: ['shop/web', 'shop/shop'], left: [] });
    expect([evictions(), clock.now()]).toEqual([['web', 'shop'], 60_000]);
  });

  it('changes nothing when only members are on the node', async () => {
    cluster.put(all, podOf(0, { node: 'n1' }));
    expect(await drain()).toEqual({ moved: [], left: [] });
    expect(cluster.received.map(({ method }) => method)).toEqual(['GET']);
  });

  it('leaves what would be lost for good: bare pods, and data in emptyDir volumes', async () => {
    cluster.put(all, other('bare', { ownerReferences: [] }));
    cluster.put(all, other('cache', {}, { volumes: [{ name: 'config' }, { name: 'tmp', emptyDir: {} }] }));
    expect(await drain()).toEqual({
      moved: [],
      left: [
        'shop/bare (it has no controller that would replace it)',
        'shop/cache (its emptyDir volume tmp would lose its data)',
      ],
    });
    expect(evictions()).toEqual([]);
  });

  it('leaves, and does not fail for, what the budget of others keeps to the end', async () => {
    cluster.put(budgets, { metadata: { name: 'db' }, spec: {}, status: { disruptionsAllowed: 0 } });
    for (const name of ['db', 'web']) cluster.put(all, other(name));
    const causes = [{ reason: 'DisruptionBudget', message: 'The disruption budget db needs 1 healthy pods and has 1' }];
    cluster.scripts.push(({ path }, response) => {
      if (!path.endsWith('/db/eviction')) return false;
      refuse(response, 429, 'TooManyRequests', { details: { causes } });
      return true;
    });
    expect(await drain()).toEqual({
      moved: ['shop/web'],
      left: ['shop/db (The eviction of db is blocked: The disruption budget db needs 1 healthy pods and has 1)'],
    });
    expect(clock.now()).toBe(150_000);
  });

  it('leaves a pod that no eviction is possible for, such as one with two budgets', async () => {
    cluster.put(all, other('db'));
    cluster.scripts.push(({ path }, response) => {
      if (path.endsWith('/eviction')) refuse(response, 500, 'InternalError', { message: 'more than one budget.' });
      return path.endsWith('/eviction');
    });
    expect((await drain()).left).toEqual([
      expect.stringMatching(/^shop\/db \(Could not evict db .*: more than one budget\.\)$/),
    ]);
  });

  it('leaves a pod whose grace period is longer', async () => {
    cluster.put(all, other('slow', {}, { terminationGracePeriodSeconds: 3600 }));
    const left = ['shop/slow (it is still terminating, with a grace period of 3600 s)'];
    expect(await drain(3_600_000)).toEqual({ moved: [], left });
  });
});
