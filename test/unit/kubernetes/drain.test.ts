import { describe, expect, it } from '@jest/globals';
import { askForEviction, drainMembers } from '../../../src/kubernetes/drain.js';
import { membersOf } from '../../../src/migratorydata/object-names.js';
import { FakeCluster, once, refuse, reply } from './fake-cluster.js';
import { foreignPods, podOf, pods, setOf } from './samples.js';
import { playController } from './stateful-set-controller.js';

const members = membersOf({ namespace: 'ns', name: 'migratorydata' });
const limits = { remainingMs: () => 8_000, autoscaled: false, redact: (text: string) => text };
const budgets = '/apis/policy/v1/namespaces/ns/poddisruptionbudgets';
const causes = [
  { reason: 'DisruptionBudget', message: 'The disruption budget b needs 3 healthy pods and has 3 currently' },
];

function budget(disruptionsAllowed: number): object {
  return { metadata: { name: 'b' }, spec: {}, status: { disruptionsAllowed } };
}

/** A cluster with three members on node n1 that executes evictions. */
async function startCluster(): Promise<FakeCluster> {
  const cluster = await FakeCluster.start();
  playController(cluster, 3);
  const reconcile = cluster.react;
  cluster.react = change => {
    if (change.path.endsWith('/eviction')) cluster.delete(change.path.replace('/eviction', ''));
    reconcile(change);
  };
  return cluster;
}
const evictions = (cluster: FakeCluster): string[] =>
  cluster.received.filter(({ path }) => path.endsWith('/eviction')).map(({ path }) => path.split('/').at(-2) ?? '');

describe('drainMembers', () => {
  it('evicts the members one at a time, the highest ordinal first, and waits for each replacement', async () => {
    await using cluster = await startCluster();
    const notes: string[] = [];
    const left = await drainMembers(cluster.api(), {
      members,
      statefulSet: setOf(3),
      node: 'n1',
      limits,
      note: text => notes.push(text),
    });
    expect(left.map(({ metadata }) => metadata.uid)).toEqual(['uid-2', 'uid-1', 'uid-0']);
    expect(notes.slice(0, 3)).toEqual([
      'migratorydata-2 was evicted from n1.',
      'migratorydata-2 is Ready on another node.',
      'migratorydata-1 was evicted from n1.',
    ]);
    expect(cluster.list(pods).every(({ metadata }) => String(metadata['uid']).startsWith('made-'))).toBe(true);
  });

  it('waits for a PodDisruptionBudget that allows the eviction a moment later', async () => {
    await using cluster = await startCluster();
    cluster.put(budgets, budget(0));
    cluster.scripts.push(
      once(
        ({ path }) => path.endsWith('/eviction'),
        response => {
          refuse(response, 429, 'TooManyRequests', { details: { causes } });
        },
      ),
    );
    setTimeout(() => cluster.put(budgets, budget(1)), 100);
    await drainMembers(cluster.api(), { members, statefulSet: setOf(3), node: 'n1', limits, note: () => undefined });
    expect(evictions(cluster)).toEqual(['migratorydata-2', 'migratorydata-2', 'migratorydata-1', 'migratorydata-0']);
  });

  it('accepts a pod that was deleted otherwise', async () => {
    await using cluster = await startCluster();
    cluster.scripts.push(({ path }, response) => {
      if (!path.endsWith('/eviction')) return false;
      refuse(response, 404, 'NotFound');
      cluster.delete(path.replace('/eviction', ''));
      cluster.react({ method: 'DELETE', path: '', body: undefined });
      return true;
    });
    expect(
      await drainMembers(cluster.api(), { members, statefulSet: setOf(3), node: 'n1', limits, note: () => undefined }),
    ).toHaveLength(3);
  });

  it('evicts no pod that only has the label of the members', async () => {
    await using cluster = await startCluster();
    for (const pod of foreignPods()) cluster.put(pods, pod);
    await drainMembers(cluster.api(), { members, statefulSet: setOf(3), node: 'n1', limits, note: () => undefined });
    expect(evictions(cluster)).toEqual(['migratorydata-2', 'migratorydata-1', 'migratorydata-0']);
  });

  it('checks with a dry run why an eviction would be blocked', async () => {
    await using cluster = await startCluster();
    const api = cluster.api();
    expect(await askForEviction(api, podOf(0), 'ns')).toBeUndefined();
    cluster.scripts.push((_, response) => {
      refuse(response, 429, 'TooManyRequests', { details: { causes } });
      return true;
    });
    expect(await askForEviction(api, podOf(0), 'ns')).toBe(causes[0]?.message);
    expect(JSON.parse(cluster.received.at(-1)?.body ?? '')).toMatchObject({ deleteOptions: { dryRun: ['All'] } });
  });

  it('names the budgets when more than one selects the pod, which the API server reports as the result of a creation', async () => {
    await using cluster = await startCluster();
    for (const [name, label] of Object.entries({ ours: 'migratorydata', theirs: 'migratorydata', other: 'web' }))
      cluster.put(budgets, { metadata: { name }, spec: { selector: { matchLabels: { app: label } } } });
    cluster.scripts.push(({ path }, response) => {
      if (!path.endsWith('/eviction')) return false;
      const message =
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
      reply(response, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
      return true;
    });
    const overlap = {
      code: 'budgets-overlap',
      message: expect.stringMatching(
        /^migratorydata-\d .* more than one PodDisruptionBudget selects it: ours, theirs\.$/,
      ) as unknown,
    };
    await expect(askForEviction(cluster.api(), podOf(0), 'ns')).rejects.toMatchObject(overlap);
    await expect(
      drainMembers(cluster.api(), { members, statefulSet: setOf(3), node: 'n1', limits, note: () => undefined }),
    ).rejects.toMatchObject(overlap);
    expect(cluster.list(pods)).toHaveLength(3);
  });
});
