import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubernetesApi } from '../../../../src/kubernetes/api/api.js';
import type { StatefulSet } from '../../../../src/kubernetes/api/types.js';
import { type RollingUpdate, updateMembers, withStrategy } from '../../../../src/kubernetes/rollout/rolling-update.js';
import { membersOf } from '../../../../src/migratorydata/object-names.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster } from '../fake-cluster.js';
import { foreignPods, podOf, pods, setOf, statefulSets } from '../samples.js';
import { playController } from '../stateful-set-controller.js';

const limits = { remainingMs: () => 8_000, autoscaled: false, redact: (text: string) => text };

function wantedSet(image: string): StatefulSet {
  const { apiVersion, kind, metadata } = setOf(3);
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: 'ns', annotations: { version: image } },
    spec: { replicas: 3, template: { spec: { image } } },
  };
}

function formerSet(): StatefulSet {
  const former = setOf(3);
  return { ...former, metadata: { ...former.metadata, annotations: { version: 'r1' } } };
}

function updateOf(image: string, trace: string[], between?: RollingUpdate['between']): RollingUpdate {
  return {
    members: membersOf({ namespace: 'ns', name: 'migratorydata' }),
    wanted: wantedSet(image),
    former: formerSet(),
    limits,
    readyWithinMs: 300,
    isServing: ready => ready.length >= 2,
    between:
      between ??
      (member => {
        trace.push(`between ${member}`);
        return Promise.resolve();
      }),
    note: text => trace.push(text),
  };
}

function imagesOf(cluster: FakeCluster): unknown[] {
  return cluster
    .list(pods)
    .map(({ metadata }) => (metadata['labels'] as Record<string, string>)['controller-revision-hash']);
}

/** Returns the partitions that were set on the StatefulSet, in order. */
function partitionsOf(cluster: FakeCluster): unknown[] {
  return cluster.received
    .filter(({ method }) => method === 'PATCH')
    .map(({ body }) => /"partition":(\d)/.exec(body)?.[1]);
}

let cluster: FakeCluster;
let clock: JumpingClock;
let api: KubernetesApi;

beforeEach(async () => {
  cluster = await FakeCluster.start();
  clock = new JumpingClock(() => cluster.received.length);
  api = cluster.api(undefined, clock);
});

afterEach(async () => {
  clock.stop();
  await cluster[Symbol.asyncDispose]();
});

/** Returns what calls an action some milliseconds later on the clock. */
const after = (ms: number) => (action: () => void) => {
  clock.at(clock.now() + ms, action);
};

describe('updateMembers', () => {
  it('updates from the highest ordinal down, with a round trip between two members', async () => {
    playController(cluster, 3);
    const trace: string[] = [];
    await updateMembers(api, updateOf('r2', trace));
    expect(trace).toEqual([
      'migratorydata-2 is updated and Ready.',
      'between migratorydata-2',
      'migratorydata-1 is updated and Ready.',
      'between migratorydata-1',
      'migratorydata-0 is updated and Ready.',
    ]);
    expect(imagesOf(cluster)).toEqual(['r2', 'r2', 'r2']);
    expect(partitionsOf(cluster)).toEqual(['3', '2', '1', '0']);
  });

  it('neither counts nor deletes a pod that only has the label of the members', async () => {
    playController(cluster, 3);
    for (const pod of foreignPods()) cluster.put(pods, pod);
    const trace: string[] = [];
    await updateMembers(api, updateOf('r2', trace));
    expect(trace.filter(text => text.startsWith('between'))).toHaveLength(2);
    expect(cluster.received.filter(({ method }) => method === 'DELETE')).toEqual([]);
    const names = cluster.list(pods).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(foreignPods().map(({ metadata }) => metadata.name)));
  });

  it('deletes no such pod when the update is rolled back either', async () => {
    playController(cluster, 3, ['bad']);
    for (const pod of foreignPods()) cluster.put(pods, pod);
    await expect(updateMembers(api, updateOf('bad', []))).rejects.toMatchObject({ code: 'rollout-reverted' });
    const deleted = cluster.received.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
    expect(deleted).toEqual([`${pods}/migratorydata-2`]);
  });

  it('rolls back when a member does not become Ready, and deletes only that pod', async () => {
    playController(cluster, 3, ['bad']);
    const trace: string[] = [];
    await expect(updateMembers(api, updateOf('bad', trace))).rejects.toMatchObject({
      code: 'rollout-reverted',
      message: expect.stringContaining('InvalidImageName') as unknown,
      cause: expect.objectContaining({ code: 'image-pull' }) as unknown,
    });
    expect(cluster.received.filter(({ method }) => method === 'DELETE').map(({ path }) => path)).toEqual([
      `${pods}/migratorydata-2`,
    ]);
    expect(imagesOf(cluster).sort()).toEqual(['r1', 'r1', 'r1']);
    expect(cluster.get(`${pods}/migratorydata-0`)?.metadata['uid']).toBe('uid-0');
    const live = cluster.get(`${statefulSets}/migratorydata`) as unknown as StatefulSet;
    expect(live.spec.updateStrategy?.rollingUpdate?.partition).toBe(0);
    // The annotations must match the former template again.
    expect(live.metadata.annotations).toEqual({ version: 'r1' });
  });

  it('rolls back updated members one at a time when the round trip between them fails', async () => {
    playController(cluster, 3);
    const trace: string[] = [];
    const failing = (member: string): Promise<void> => Promise.reject(new Error(`no round trip after ${member}`));
    const result = updateMembers(api, updateOf('r2', trace, failing));
    await expect(result).rejects.toMatchObject({
      code: 'rollout-reverted',
      message: expect.stringContaining('no round trip') as unknown,
    });
    expect(imagesOf(cluster).sort()).toEqual(['r1', 'r1', 'r1']);
    expect(trace).toContain('Rolling back: migratorydata-2 is updated and Ready.');
  });

  it('keeps the replicas that an autoscaler has set when it rolls back', async () => {
    playController(cluster, 3);
    const path = `${statefulSets}/migratorydata`;
    const scaleAndFail = (): Promise<void> => {
      const live = cluster.get(path) as unknown as StatefulSet;
      cluster.put(statefulSets, { ...live, spec: { ...live.spec, replicas: 4 } });
      cluster.react({ method: 'PATCH', path, body: undefined });
      return Promise.reject(new Error('no round trip'));
    };
    await expect(updateMembers(api, updateOf('r2', [], scaleAndFail))).rejects.toMatchObject({
      code: 'rollout-reverted',
    });
    expect((cluster.get(path) as unknown as StatefulSet).spec.replicas).toBe(4);
    expect(imagesOf(cluster)).toHaveLength(4);
  });

  it('waits for a member that is starting, then updates one at a time', async () => {
    playController(cluster, 3);
    cluster.put(pods, podOf(2, { ready: false }));
    clock.at(100, () => cluster.put(pods, podOf(2)));
    const trace: string[] = [];
    await updateMembers(api, { ...updateOf('r2', trace), readyWithinMs: 8_000 });
    expect(trace).toEqual([
      'Not all members are Ready: waiting for them before the update.',
      'migratorydata-2 is updated and Ready.',
      'between migratorydata-2',
      'migratorydata-1 is updated and Ready.',
      'between migratorydata-1',
      'migratorydata-0 is updated and Ready.',
    ]);
    expect(partitionsOf(cluster)).toEqual(['3', '2', '1', '0']);
  });

  it.each([0, 50])(
    'starts with a member that does not become Ready, also if it is Ready after %d ms',
    async startMs => {
      playController(cluster, 3, [], startMs === 0 ? undefined : after(startMs));
      cluster.put(pods, podOf(1, { ready: false }));
      const trace: string[] = [];
      await updateMembers(api, updateOf('r2', trace));
      expect(trace.slice(2)).toEqual([
        'migratorydata-1 is updated and Ready.',
        'between migratorydata-1',
        'migratorydata-2 is updated and Ready.',
        'between migratorydata-2',
        'migratorydata-0 is updated and Ready.',
      ]);
      expect(partitionsOf(cluster)).toEqual([undefined, undefined, '3', '2', '0']);
      expect(imagesOf(cluster)).toEqual(['r2', 'r2', 'r2']);
      const uids = cluster.list(pods).map(({ metadata }) => metadata['uid']);
      expect(uids.sort()).toEqual(['made-1', 'made-2', 'made-3']);
    },
  );

  it('rolls back a bad version even if a member was not Ready, and changes no other', async () => {
    playController(cluster, 3, ['bad'], after(50));
    cluster.put(pods, podOf(2, { ready: false }));
    await expect(updateMembers(api, updateOf('bad', []))).rejects.toMatchObject({ code: 'rollout-reverted' });
    expect(imagesOf(cluster).sort()).toEqual(['r1', 'r1', 'r1']);
    expect([0, 1].map(at => cluster.get(`${pods}/migratorydata-${at}`)?.metadata['uid'])).toEqual(['uid-0', 'uid-1']);
  });

  it('does not wait for a member that cannot become Ready', async () => {
    playController(cluster, 3, [], after(50));
    const containers = [{ state: { waiting: { reason: 'InvalidImageName' } } }];
    cluster.put(pods, podOf(2, { ready: false, containers }));
    await updateMembers(api, { ...updateOf('r2', []), readyWithinMs: 60_000 });
    expect(clock.now()).toBeLessThan(20_000);
    expect(imagesOf(cluster)).toEqual(['r2', 'r2', 'r2']);
  });

  it('updates all at the same time if too few are Ready for the service', async () => {
    playController(cluster, 3);
    for (const ordinal of [1, 2]) cluster.put(pods, podOf(ordinal, { ready: false }));
    const trace: string[] = [];
    await updateMembers(api, updateOf('r2', trace));
    expect(trace.at(-1)).toBe('Too few members are Ready for the service: all are updated at the same time.');
    expect(partitionsOf(cluster)).toEqual(['0']);
    expect(imagesOf(cluster)).toEqual(['r2', 'r2', 'r2']);
  });

  it('rolls back that update, too', async () => {
    playController(cluster, 3, ['bad']);
    for (const ordinal of [1, 2]) cluster.put(pods, podOf(ordinal, { ready: false }));
    await expect(updateMembers(api, updateOf('bad', []))).rejects.toMatchObject({ code: 'rollout-reverted' });
    expect(imagesOf(cluster).sort()).toEqual(['r1', 'r1', 'r1']);
  });

  it('reports that the former template was restored and that the service was already unavailable', async () => {
    playController(cluster, 3, ['bad', 'r1']);
    for (const ordinal of [0, 1, 2]) cluster.put(pods, podOf(ordinal, { ready: false }));
    const error = await updateMembers(api, updateOf('bad', [])).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'image-pull' });
    const { message } = error as Error;
    expect(message).toContain('The update could not be rolled back: The image');
    expect(message).toContain('The StatefulSet has the former template again.');
    expect(message).toContain('The service was already unavailable before the update.');
  });

  it('keeps the replicas that an autoscaler has set during the wait', async () => {
    playController(cluster, 3);
    const path = `${statefulSets}/migratorydata`;
    cluster.put(pods, podOf(2, { ready: false }));
    clock.at(100, () => {
      cluster.put(pods, podOf(2));
      const live = cluster.get(path) as unknown as StatefulSet;
      cluster.put(statefulSets, { ...live, spec: { ...live.spec, replicas: 4 } });
      cluster.react({ method: 'PATCH', path, body: undefined });
    });
    await updateMembers(api, { ...updateOf('r2', []), readyWithinMs: 8_000 });
    expect(imagesOf(cluster)).toEqual(['r2', 'r2', 'r2', 'r2']);
  });

  it('does not roll back after a cancellation', async () => {
    playController(cluster, 3);
    const stop = new AbortController();
    const cancel = (): Promise<void> => {
      stop.abort(new Error('cancelled'));
      return Promise.reject(new Error('ended'));
    };
    await expect(updateMembers(cluster.api(stop.signal, clock), updateOf('r2', [], cancel))).rejects.toThrow(
      'cancelled',
    );
    expect(imagesOf(cluster).filter(image => image === 'r2')).toHaveLength(1);
  });
});

describe('withStrategy', () => {
  it('keeps only the fields of a live object that can be applied', () => {
    const applied = withStrategy(setOf(3), { type: 'OnDelete' });
    expect(applied.metadata).toEqual({ name: 'migratorydata', namespace: 'ns' });
    expect(applied).not.toHaveProperty('status');
    expect(applied.spec.updateStrategy).toEqual({ type: 'OnDelete' });
  });
});
