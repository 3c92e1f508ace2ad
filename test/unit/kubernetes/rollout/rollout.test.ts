import { describe, expect, it } from '@jest/globals';
import type { Pod } from '../../../../src/kubernetes/api/types.js';
import { describeMissing, type RolloutGoal, waitForMembers } from '../../../../src/kubernetes/rollout/rollout.js';
import { membersOf } from '../../../../src/migratorydata/object-names.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster } from '../fake-cluster.js';
import { eventOf, events, foreignPods, podOf, pods, setOf, statefulSets } from '../samples.js';

const members = membersOf({ namespace: 'ns', name: 'migratorydata' });
const goal: RolloutGoal = { members, replicas: 2 };
const limits = {
  remainingMs: () => 10_000,
  autoscaled: false,
  redact: (text: string) => text.replaceAll('hunter2', '***'),
};
const two = [podOf(0), podOf(1)];
const held = (ordinal: number): Pod => {
  const pod = podOf(ordinal, { deleting: true });
  return { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/hold'] } };
};
const withContainer = (containerID: string): Pod => podOf(1, { containers: [{ containerID }] });

describe('describeMissing', () => {
  it.each([
    ['nothing', goal, setOf(2), two, undefined],
    ['nothing without a goal for the replicas', { members }, setOf(2), two, undefined],
    ['a StatefulSet', goal, undefined, [], 'does not exist'],
    ['the goal for the replicas', goal, setOf(3), two, 'has 3 replicas instead of 2'],
    ['processing by the controller', goal, setOf(2, { generation: 2 }), two, 'has not processed the StatefulSet yet'],
    [
      'a Ready member',
      goal,
      setOf(2),
      [podOf(0), podOf(1, { ready: false })],
      '1 of 2 members are Ready; migratorydata-1 is Pending',
    ],
    [
      'a member that is not being deleted',
      goal,
      setOf(2),
      [podOf(0), podOf(1, { deleting: true })],
      'migratorydata-1 is being deleted',
    ],
    ['a member', goal, setOf(2), [podOf(0)], '1 of 2 members are Ready'],
    [
      'a member that a finalizer does not hold',
      goal,
      setOf(2),
      [podOf(0), held(1)],
      'migratorydata-1 is being deleted, held by the finalizer example.com/hold',
    ],
    [
      'the deletion of a surplus member that a finalizer holds',
      goal,
      setOf(2),
      [...two, held(2)],
      'not deleted yet: migratorydata-2, held by the finalizer example.com/hold',
    ],
    ['the deletion of a surplus member', goal, setOf(2), [...two, podOf(2)], 'not deleted yet: migratorydata-2'],
    [
      'the replacement of a former pod',
      { ...goal, gone: ['uid-1'] },
      setOf(2),
      two,
      'not replaced yet: migratorydata-1',
    ],
    [
      'the restart of a pod with its former containers',
      { ...goal, restarted: [withContainer('old')] },
      setOf(2),
      [podOf(0), withContainer('old')],
      'not restarted yet: migratorydata-1',
    ],
    [
      'nothing if the same pod has a new container',
      { ...goal, restarted: [withContainer('old')] },
      setOf(2),
      [podOf(0), withContainer('new')],
      undefined,
    ],
    [
      'the new version',
      { ...goal, updatedFrom: 1 },
      setOf(2, { revision: 'r2' }),
      two,
      'not updated yet: migratorydata-1',
    ],
    [
      'nothing below the partition',
      { ...goal, updatedFrom: 1 },
      setOf(2, { revision: 'r2' }),
      [podOf(0), podOf(1, { revision: 'r2' })],
      undefined,
    ],
    [
      'the end of the update',
      { ...goal, updatedFrom: 0 },
      setOf(2, { revision: 'r2' }),
      [podOf(0, { revision: 'r2' }), podOf(1, { revision: 'r2' })],
      'has not finished its update',
    ],
    [
      'availability, if required',
      { ...goal, available: true },
      setOf(2),
      two,
      '0 of 2 members have been Ready for 10 s',
    ],
  ])('returns %s', (_, wanted, statefulSet, found, lack) => {
    const told = describeMissing(wanted, statefulSet, found);
    if (lack === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(lack);
  });
});

describe('waitForMembers', () => {
  it('returns the pods by ordinal as soon as the last one is Ready', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(11));
    for (let ordinal = 0; ordinal < 10; ordinal++) cluster.put(pods, podOf(ordinal));
    const seen: string[] = [];
    const result = waitForMembers(
      cluster.api(),
      { members, replicas: 11 },
      { ...limits, progress: text => seen.push(text) },
    );
    while (cluster.watching < 3) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(pods, podOf(10));
    expect((await result).map(({ metadata }) => metadata.name).slice(-2)).toEqual([
      'migratorydata-9',
      'migratorydata-10',
    ]);
    expect(seen).toEqual(['10 of 11 members are Ready']);
    while (cluster.watching > 0) await new Promise(resolve => setTimeout(resolve, 2));
  });

  it('does not count a pod that only has the label of the members, and reports it at the end', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(2));
    for (const pod of [...two, ...foreignPods()]) cluster.put(pods, pod);
    const told: string[] = [];
    const onForeign = (foreign: readonly Pod[]): void => void told.push(...foreign.map(pod => pod.metadata.name));
    const found = await waitForMembers(cluster.api(), goal, { ...limits, onForeign });
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['migratorydata-0', 'migratorydata-1']);
    expect(told).toEqual(['debug-shell', 'migratorydata-9', 'waiting', 'web-7d9f-x2x4z']);
  });

  it('finds no members without their StatefulSet, even if pods of a former one exist', async () => {
    await using cluster = await FakeCluster.start();
    for (const pod of two) cluster.put(pods, pod);
    const api = cluster.api(undefined, new JumpingClock(() => cluster.received.length));
    await expect(waitForMembers(api, goal, limits)).rejects.toThrow('does not exist');
    cluster.put(statefulSets, { ...setOf(2), metadata: { ...setOf(2).metadata, uid: 'another' } });
    await expect(waitForMembers(api, goal, limits)).rejects.toThrow('0 of 2 members');
  });

  it('fails at the second occurrence with the reason, states, events and redacted logs, long before the timeout', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(1));
    const container = (restartCount: number): object => ({
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    });
    cluster.put(pods, podOf(0, { ready: false, containers: [container(1)] }));
    cluster.put(events, eventOf('Pod', 'migratorydata-0', 'BackOff', 'Back-off restarting failed container'));
    cluster.scripts.push(({ path, query }, response) => {
      if (!path.endsWith('/log')) return false;
      response.end(query.get('previous') === 'true' ? "password hunter2\nUnrecognized VM option 'UseX'\n" : '');
      return true;
    });
    const result = waitForMembers(cluster.api(), { members, replicas: 1 }, limits);
    while (cluster.watching < 3) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(pods, podOf(0, { ready: false, containers: [container(2)] }));
    const error = await result.catch((thrown: unknown) => thrown as { code: string; evidence: string; hint: string });
    expect(error).toMatchObject({ code: 'crash-loop', hint: expect.stringContaining('UseX') as unknown });
    const { evidence } = error as { evidence: string };
    expect(evidence).toContain('ended with exit code 1 (Error), restarts 2');
    expect(evidence).toContain('Back-off restarting failed container');
    expect(evidence).toContain('password ***');
  });

  /** The event of a StatefulSet whose pods exceed a quota: first and last occurrence in seconds, and count. */
  const refused = (from: number, to: number, count: number): object =>
    eventOf('StatefulSet', 'migratorydata', 'FailedCreate', 'create Pod failed: exceeded quota: team', {
      firstTimestamp: new Date(Date.UTC(2026, 0, 1) + from * 1_000).toISOString(),
      lastTimestamp: new Date(Date.UTC(2026, 0, 1) + to * 1_000).toISOString(),
      count,
    });

  it('ignores failures to create pods from before the wait, or of only a moment', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(1));
    cluster.put(events, refused(0, 300, 20));
    const seen: string[] = [];
    const result = waitForMembers(cluster.api(), { members }, { ...limits, progress: text => seen.push(text) });
    while (cluster.watching < 3) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(events, { ...refused(400, 400, 1), metadata: { name: 'passing' } });
    cluster.put(events, { ...refused(400, 401, 2), metadata: { name: 'passing' } });
    cluster.put(pods, podOf(0));
    expect(await result).toHaveLength(1);
    expect(seen).toEqual(['0 of 1 members are Ready']);
  });

  it('fails with the reason when the creation of pods keeps failing', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(1));
    cluster.put(events, refused(0, 5, 11));
    const result = waitForMembers(cluster.api(), { members }, limits);
    while (cluster.watching < 3) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(events, refused(0, 10, 12));
    await expect(result).rejects.toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringContaining('exceeded quota: team') as unknown,
      evidence: expect.stringContaining('FailedCreate x12') as unknown,
    });
  });

  it('shows the log of a container that waits after its first crash', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(1));
    const state = { waiting: { reason: 'CrashLoopBackOff' } };
    const lastState = { terminated: { exitCode: 1, reason: 'Error' } };
    cluster.put(pods, podOf(0, { ready: false, containers: [{ state, lastState }] }));
    cluster.scripts.push(({ path }, response) => {
      if (!path.endsWith('/log')) return false;
      response.end('the license key is not valid\n');
      return true;
    });
    await expect(
      waitForMembers(cluster.api(), { members, replicas: 1 }, { ...limits, remainingMs: () => 1_000 }),
    ).rejects.toMatchObject({ evidence: expect.stringContaining('the license key is not valid') as unknown });
  });

  it('reports what was missing at the timeout, and evidence that cannot be read', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(1));
    cluster.put(pods, podOf(0, { ready: false, containers: [{ state: { running: { startedAt: 'noon' } } }] }));
    const result = waitForMembers(
      cluster.api(),
      { members, replicas: 1 },
      { ...limits, remainingMs: () => 1_000, timeoutCode: 'recovery-timeout' },
    );
    await expect(result).rejects.toMatchObject({
      code: 'recovery-timeout',
      message: expect.stringContaining('0 of 1 members are Ready') as unknown,
      evidence: expect.stringMatching(/running since noon[\s\S]*not readable/) as unknown,
    });
  });

  it('gives the cause that is known at the timeout, although nothing has confirmed it', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(2));
    cluster.put(pods, podOf(0));
    cluster.put(
      pods,
      podOf(1, { ready: false, containers: [{ state: { running: { startedAt: '2026-01-01T00:00:10Z' } } }] }),
    );
    const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
    cluster.put(
      events,
      eventOf('Pod', 'migratorydata-1', 'Unhealthy', message, { lastTimestamp: '2026-01-01T00:00:12Z' }),
    );
    await expect(waitForMembers(cluster.api(), goal, { ...limits, remainingMs: () => 1_000 })).rejects.toMatchObject({
      code: 'probe-failed',
      message: expect.stringMatching(
        /within 1 s: 1 of 2 members are Ready; .* The readiness probe of .* statuscode: 503/,
      ),
    });
  });

  it('names the finalizer that holds a member at the timeout, and says what to do', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(statefulSets, setOf(2));
    for (const pod of [podOf(0), held(1)]) cluster.put(pods, pod);
    const api = cluster.api(undefined, new JumpingClock(() => cluster.received.length));
    const hint = expect.stringContaining('remove the finalizer') as unknown;
    await expect(waitForMembers(api, goal, limits)).rejects.toMatchObject({
      code: 'finalizer-pending',
      message: expect.stringContaining('held by the finalizer example.com/hold') as unknown,
      hint,
    });
    const timeoutCode = 'recovery-timeout';
    await expect(waitForMembers(api, goal, { ...limits, timeoutCode })).rejects.toMatchObject({
      code: timeoutCode,
      hint,
    });
  });
});
