import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nothingToRevert } from '../../../../src/chaos/revert/original-state.js';
import type { RevertRecord } from '../../../../src/chaos/revert/revert-record.js';
import { chooseSurplus, isSpreadAs, seedsPerNode } from '../../../../src/chaos/revert/seed-spread.js';
import type { Pod } from '../../../../src/kubernetes/api/types.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster, refuse } from '../../kubernetes/fake-cluster.js';
import { podOf, pods } from '../../kubernetes/samples.js';
import { putMembers, putNode, record, revertBy, startExperiment } from './revert-bench.js';

const on = (...nodes: readonly string[]): readonly Pod[] => nodes.map((node, ordinal) => podOf(ordinal, { node }));

describe('the spread of seed members', () => {
  it.each([
    [[1, 1, 1], [1, 1, 1], true],
    [[2, 1], [1, 1, 1], false],
    [[2, 1], [2, 1], true],
    [[1, 1, 1], [2, 1], true],
    [[3], [2, 1], false],
    [[2, 2, 1], [3, 1, 1], true],
    [[2, 2, 1], [2, 1, 1, 1], false],
    [[1, 1], [1, 1, 1], true],
  ])('%p compared with %p before is as good: %p', (now, before, expected) => {
    expect(isSpreadAs(now, before)).toBe(expected);
  });

  it('does not count a member that has no node yet', () => {
    expect(seedsPerNode(on('a', '', 'a', 'b'))).toEqual([2, 1]);
  });

  it('moves the highest ordinal of the fullest node, each once', () => {
    const seeds = on('a', 'b', 'a', 'b', 'a');
    expect(chooseSurplus(seeds, [])?.metadata.name).toBe('migratorydata-4');
    expect(chooseSurplus(seeds, ['migratorydata-4'])?.metadata.name).toBe('migratorydata-2');
    expect(chooseSurplus(on('a', 'b'), [])).toBeUndefined();
  });
});

describe('a revert', () => {
  const by: RevertRecord = {
    ...record,
    seedsPerNode: [1, 1, 1],
    undo: { ...nothingToRevert, cordons: ['a'] },
  };
  const bySurge: RevertRecord = { ...by, undo: { ...by.undo, replicas: { from: 3, set: 4 } } };
  let cluster: FakeCluster;
  let clock: JumpingClock;
  /** The changes of members, in order. */
  let steps: string[];
  let evictionsAllowed: boolean;

  /** Seed 0 was on node a before a drain, and is on node b now, with seed 1. */
  const afterDrain = async (replicas = 3): Promise<void> => {
    await startExperiment(cluster, by);
    putMembers(cluster, replicas);
    for (const [ordinal, node] of ['b', 'b', 'c'].entries()) cluster.put(pods, podOf(ordinal, { node }));
  };

  beforeEach(async () => {
    cluster = await FakeCluster.start();
    clock = new JumpingClock(() => cluster.received.length);
    [steps, evictionsAllowed] = [[], true];
    cluster.scripts.push(({ method, path, body }, response) => {
      if (path.endsWith('/scale')) steps.push(`scale to ${/"replicas":(\d)/.exec(body)?.[1] ?? ''}`);
      const evicted = /pods\/(migratorydata-\d)\/eviction/.exec(path)?.[1];
      if (method !== 'POST' || evicted === undefined) return false;
      if (!evictionsAllowed) {
        const causes = [{ reason: 'DisruptionBudget', message: 'The disruption budget pdb needs 3 healthy pods' }];
        refuse(response, 429, 'TooManyRequests', { details: { causes } });
        return true;
      }
      if (!body.includes('dryRun')) steps.push(`evict ${evicted}`);
      return false;
    });
    cluster.react = ({ path, body }) => {
      const evicted = /migratorydata-(\d)\/eviction/.exec(path)?.[1];
      if (evicted !== undefined && !JSON.stringify(body).includes('dryRun'))
        cluster.put(pods, podOf(Number(evicted), { node: 'a', uid: 'new' }));
      if (!path.endsWith('/scale')) return;
      const replicas = Number(/"replicas":(\d)/.exec(JSON.stringify(body))?.[1]);
      evictionsAllowed = replicas > 3;
      for (let ordinal = 3; ordinal < 5; ordinal += 1) cluster.delete(`${pods}/migratorydata-${ordinal}`);
      const placed = cluster.list(pods);
      putMembers(cluster, replicas);
      for (const pod of placed) cluster.put(pods, pod);
    };
  });

  afterEach(async () => {
    clock.stop();
    await cluster[Symbol.asyncDispose]();
  });

  it('moves a seed member to the node that is free again', async () => {
    await afterDrain();
    const { done, did } = await revertBy(cluster.api(undefined, clock), by);
    expect([done, steps]).toEqual([true, ['evict migratorydata-1']]);
    expect(did).toContain('The seed members are spread as before: migratorydata-1 moved.');
  });

  it('does so before the added member goes', async () => {
    await afterDrain(4);
    expect((await revertBy(cluster.api(undefined, clock), bySurge)).done).toBe(true);
    expect(steps).toEqual(['evict migratorydata-1', 'scale to 3']);
  });

  it('adds a member for that when the budget allows no eviction', async () => {
    await afterDrain();
    evictionsAllowed = false;
    expect((await revertBy(cluster.api(undefined, clock), by)).done).toBe(true);
    expect(steps).toEqual(['scale to 4', 'evict migratorydata-1', 'scale to 3']);
  });

  it('names seed members that stay together, and keeps its record', async () => {
    await afterDrain();
    evictionsAllowed = false;
    const alone = { ...by, undo: { ...by.undo, replicas: { from: 3, set: 1 } } };
    const { left, leftOnMembers } = await revertBy(cluster.api(undefined, clock), alone);
    expect([left, leftOnMembers]).toEqual([
      [
        'the seed members are not spread as before: migratorydata-1 shares node b with another seed member and cannot be evicted: The disruption budget pdb needs 3 healthy pods',
      ],
      false,
    ]);
    expect(steps).toEqual([]);
  });

  it('evicts nothing while no node is free', async () => {
    await afterDrain();
    putNode(cluster, 'a', { spec: { unschedulable: true } });
    const { left } = await revertBy(cluster.api(undefined, clock), by);
    expect(left).toEqual([expect.stringContaining('and no other node can take one')]);
    expect(steps).toEqual([]);
  });

  it('keeps a number of members that someone else has set since', async () => {
    await afterDrain(5);
    for (const [ordinal, node] of ['a', 'b', 'c'].entries()) cluster.put(pods, podOf(ordinal, { node }));
    const { done, did } = await revertBy(cluster.api(undefined, clock), bySurge);
    expect([done, steps]).toEqual([true, []]);
    expect(did).toContain('There are 5 members, which is not the number that the experiment set, so it stays.');
  });

  it('keeps a member that someone else has added, where the experiment adds none', async () => {
    await afterDrain(4);
    for (const [ordinal, node] of ['a', 'b', 'c'].entries()) cluster.put(pods, podOf(ordinal, { node }));
    const { done } = await revertBy(cluster.api(undefined, clock), by);
    expect([done, steps]).toEqual([true, []]);
  });
});
