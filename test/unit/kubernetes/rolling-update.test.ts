import { describe, expect, it } from '@jest/globals';
import { membersOf } from '../../../src/migratorydata/names.js';
import type { RollingUpdate } from '../../../src/kubernetes/rolling-update.js';
import { updateMembers, withPartition } from '../../../src/kubernetes/rolling-update.js';
import type { StatefulSet } from '../../../src/kubernetes/types.js';
import { FakeCluster } from './fake-cluster.js';
import { foreignPods, podOf, pods, setOf, statefulSets } from './samples.js';
import { playController } from './stateful-set-controller.js';

const limits = { timeoutMs: 8_000, autoscaled: false, redact: (text: string) => text };

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
    members: membersOf({ namespace: 'ns' }),
    wanted: wantedSet(image),
    former: formerSet(),
    limits,
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

describe('rolling update', () => {
  it('goes from the highest ordinal down, and through the cluster between two members', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3);
    const trace: string[] = [];
    await updateMembers(cluster.api(), updateOf('r2', trace));
    expect(trace).toEqual([
      'migratorydata-2 is updated and Ready.',
      'between migratorydata-2',
      'migratorydata-1 is updated and Ready.',
      'between migratorydata-1',
      'migratorydata-0 is updated and Ready.',
    ]);
    expect(imagesOf(cluster)).toEqual(['r2', 'r2', 'r2']);
    const partitions = cluster.received
      .filter(({ method }) => method === 'PATCH')
      .map(({ body }) => /"partition":(\d)/.exec(body)?.[1]);
    expect(partitions).toEqual(['3', '2', '1', '0']);
  });

  it('neither counts nor deletes a pod that only carries the label of the members', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3);
    for (const pod of foreignPods()) cluster.put(pods, pod);
    const trace: string[] = [];
    await updateMembers(cluster.api(), updateOf('r2', trace));
    expect(trace.filter(text => text.startsWith('between'))).toHaveLength(2);
    expect(cluster.received.filter(({ method }) => method === 'DELETE')).toEqual([]);
    const names = cluster.list(pods).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(foreignPods().map(({ metadata }) => metadata.name)));
  });

  it('deletes no such pod either when the update is rolled back', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3, ['bad']);
    for (const pod of foreignPods()) cluster.put(pods, pod);
    await expect(updateMembers(cluster.api(), updateOf('bad', []))).rejects.toMatchObject({ code: 'rollout-reverted' });
    const deleted = cluster.received.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
    expect(deleted).toEqual([`${pods}/migratorydata-2`]);
  });

  it('puts the former version back when a member does not come up, deleting only the broken pod', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3, ['bad']);
    const trace: string[] = [];
    await expect(updateMembers(cluster.api(), updateOf('bad', trace))).rejects.toMatchObject({
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
    // What the object says about its template must be true of the former one again.
    expect(live.metadata.annotations).toEqual({ version: 'r1' });
  });

  it('takes updated members back one by one when the cluster does not work between them', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3);
    const trace: string[] = [];
    const failing = (member: string): Promise<void> => Promise.reject(new Error(`no round trip after ${member}`));
    const result = updateMembers(cluster.api(), updateOf('r2', trace, failing));
    await expect(result).rejects.toMatchObject({
      code: 'rollout-reverted',
      message: expect.stringContaining('no round trip') as unknown,
    });
    expect(imagesOf(cluster).sort()).toEqual(['r1', 'r1', 'r1']);
    expect(trace).toContain('Taking back: migratorydata-2 is updated and Ready.');
  });

  it('keeps the count that an autoscaler has set meanwhile when it puts the former version back', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3);
    const path = `${statefulSets}/migratorydata`;
    const scaleAndFail = (): Promise<void> => {
      const live = cluster.get(path) as unknown as StatefulSet;
      cluster.put(statefulSets, { ...live, spec: { ...live.spec, replicas: 4 } });
      cluster.react({ method: 'PATCH', path, body: undefined });
      return Promise.reject(new Error('no round trip'));
    };
    await expect(updateMembers(cluster.api(), updateOf('r2', [], scaleAndFail))).rejects.toMatchObject({
      code: 'rollout-reverted',
    });
    expect((cluster.get(path) as unknown as StatefulSet).spec.replicas).toBe(4);
    expect(imagesOf(cluster)).toHaveLength(4);
  });

  it('mends a deployment that is broken already, with nothing to come back to', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3, ['bad']);
    cluster.put(pods, podOf(1, { ready: false, uid: 'broken' }));
    await updateMembers(cluster.api(), updateOf('r2', []));
    expect(imagesOf(cluster)).toEqual(expect.arrayContaining(['r2', 'r2', 'r2']));
  });

  it('does not put anything back after a cancel', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3);
    const stop = new AbortController();
    const cancel = (): Promise<void> => {
      stop.abort(new Error('cancelled'));
      return Promise.reject(new Error('ended'));
    };
    await expect(updateMembers(cluster.api(stop.signal), updateOf('r2', [], cancel))).rejects.toThrow('cancelled');
    expect(imagesOf(cluster).filter(image => image === 'r2')).toHaveLength(1);
  });
});

describe('withPartition', () => {
  it('keeps of a live object only what may be applied', () => {
    const applied = withPartition(setOf(3), 2);
    expect(applied.metadata).toEqual({ name: 'migratorydata', namespace: 'ns' });
    expect(applied).not.toHaveProperty('status');
    expect(applied.spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { partition: 2 } });
  });
});
