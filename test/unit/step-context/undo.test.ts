import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deploymentLock } from '../../../src/chaos/revert/lease.js';
import { nothingToRevert } from '../../../src/chaos/revert/original-state.js';
import { writeRecord } from '../../../src/chaos/revert/revert-record-store.js';
import { ActionError } from '../../../src/errors/action-error.js';
import { Journal } from '../../../src/journal/journal.js';
import { metadataOf } from '../../../src/migratorydata/object-names.js';
import type { Clock } from '../../../src/runtime/ports.js';
import type { Context } from '../../../src/step-context/context.js';
import { deleteOwnNamespace, type UndoOutcome } from '../../../src/step-context/undo-entry.js';
import { UndoLog, type UndoEntry } from '../../../src/step-context/undo-log.js';
import { undoAll } from '../../../src/step-context/undo.js';
import { fakePorts, MemoryState, RecordingLog, someRun } from '../fakes.js';
import { JumpingClock } from '../jumping-clock.js';
import { FakeCluster } from '../kubernetes/fake-cluster.js';

const connection = { kubeconfig: '/k', context: '' };
const azure = { subscriptionId: 's', resourceGroup: 'rg', clusterName: 'c' };
const [namespace, name, holder] = ['ns', 'migratorydata', 'acme/shop/4711/check-0'];
const entries = {
  file: { kind: 'file', path: '/tmp/kubeconfig' },
  cluster: { kind: 'cluster', azure, resourceGroup: 'rg', clusterName: 'c', creationId: 'id' },
  range: { kind: 'authorized-range', azure, resourceGroup: 'rg', clusterName: 'c', range: '198.51.100.7/32', key: 'k' },
  namespace: { kind: 'namespace', connection, namespace, name },
  lock: { kind: 'lock', connection, lock: deploymentLock(namespace), holder },
  experiment: { kind: 'experiment', connection, namespace, holder, azure },
} as const satisfies Record<string, UndoEntry>;
const { file, cluster, range, lock, experiment } = entries;

const minuteMs = 60_000;
const limitMs = 4 * minuteMs;

interface Bench {
  readonly context: Context;
  /** What was undone or tried, in order. */
  readonly tried: string[];
  readonly notes: string[];
  readonly left: () => readonly string[];
  /** Undoes all; gives the text of the error, empty where there is none. */
  readonly undo: (last?: boolean) => Promise<string>;
}

type Fate = (signal: AbortSignal, clock: Clock) => Promise<UndoOutcome>;

const works: Fate = () => Promise.resolve({ done: 'Done.', clusterGoes: false });
const beginsDeletion: Fate = () => Promise.resolve({ done: 'Cluster c is being deleted.', clusterGoes: true });
const fails: Fate = () => Promise.reject(new ActionError('undo-incomplete', 'A member stays Pending.'));
const isRefused: Fate = () => Promise.reject(new ActionError('azure-locked', 'The scope is locked.'));
const neverEnds: Fate = async (signal, clock) => {
  await clock.sleep(24 * 60 * minuteMs, signal);
  return { done: 'A day later.', clusterGoes: false };
};

/** A step that left these entries; each of its tries meets the next fate of its kind, the last of which stays. */
function makeBench(open: readonly UndoEntry[], fates: Partial<Record<UndoEntry['kind'], readonly Fate[]>>): Bench {
  const [log, clock] = [new RecordingLog(), new JumpingClock()];
  const undoLog = new UndoLog(new MemoryState());
  const context: Context = {
    ports: fakePorts({ log, clock }),
    journal: new Journal(clock, log, 'e2e', 'check-0', someRun),
    undoLog,
    azureClients: new Map(),
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    redact: text => text,
    hide: () => undefined,
  };
  for (const entry of open) undoLog.record(entry);
  const [tried, notes]: string[][] = [[], []];
  const waiting = new Map(Object.entries(fates).map(([kind, list]) => [kind, [...list]]));
  const undoOne = ({ signal }: Context, { kind }: UndoEntry): Promise<UndoOutcome> => {
    tried?.push(kind);
    const list = waiting.get(kind) ?? [works];
    const fate = list.length > 1 ? list.shift() : list[0];
    return (fate ?? works)(signal, clock);
  };
  return {
    context,
    tried: tried ?? [],
    notes: notes ?? [],
    left: () => undoLog.open().map(({ kind }) => kind),
    undo: async (last = false) => {
      const undoing = undoAll(context, text => notes?.push(text), { limitMs, last }, undoOne);
      return undoing.then(
        () => '',
        (error: unknown) => String(error),
      );
    },
  };
}

describe('what a step leaves', () => {
  it('is not reverted when its cluster is being deleted', async () => {
    const bench = makeBench([file, range, cluster, lock, experiment], {
      cluster: [beginsDeletion],
      experiment: [neverEnds],
    });
    expect([await bench.undo(), bench.tried, bench.left()]).toEqual(['', ['cluster'], ['file']]);
    expect(bench.notes).toEqual([
      'Cluster c is being deleted.',
      'The changes of this step in the cluster are deleted with it and not reverted.',
    ]);
  });

  it('in another cluster than the one that is being deleted is reverted', async () => {
    const other = { ...range, clusterName: 'd' };
    const bench = makeBench([other, cluster, lock], { cluster: [beginsDeletion] });
    expect([await bench.undo(), bench.tried]).toEqual(['', ['cluster', 'authorized-range']]);
  });

  it('is reverted when the deletion of its cluster is refused, and the deletion is tried again', async () => {
    const bench = makeBench([cluster, range, lock, experiment], { cluster: [isRefused, beginsDeletion] });
    const order = ['cluster', 'experiment', 'lock', 'authorized-range', 'cluster'];
    expect([await bench.undo(), bench.tried, bench.left()]).toEqual(['', order, []]);
  });

  it('is reverted when the cluster of that name is somebody else’s', async () => {
    const bench = makeBench([cluster, lock], { cluster: [works] });
    expect([await bench.undo(), bench.tried, bench.left()]).toEqual(['', ['cluster', 'lock'], []]);
  });

  it('says of a cluster that cannot be deleted why, once', async () => {
    const bench = makeBench([cluster, lock], { cluster: [isRefused] });
    expect((await bench.undo()).match(/The scope is locked/g)).toHaveLength(1);
    expect([bench.tried, bench.left()]).toEqual([['cluster', 'lock', 'cluster'], ['cluster']]);
  });

  it('is deleted in one try where nothing else is left', async () => {
    const bench = makeBench([cluster], { cluster: [isRefused] });
    await bench.undo();
    expect(bench.tried).toEqual(['cluster']);
  });

  it('is deleted within the time although a revert and the first try of the deletion never end', async () => {
    const bench = makeBench([cluster, lock, experiment], {
      cluster: [neverEnds, beginsDeletion],
      experiment: [neverEnds],
    });
    expect([await bench.undo(), bench.left()]).toEqual(['', []]);
    expect(bench.tried).toEqual(['cluster', 'experiment', 'lock', 'cluster']);
    expect(bench.context.ports.clock.now()).toBeLessThan(limitMs);
  });

  it('has half of the time for the first try of the deletion', async () => {
    const bench = makeBench([cluster, experiment], { cluster: [neverEnds, beginsDeletion] });
    await bench.undo();
    expect([bench.tried, bench.context.ports.clock.now()]).toEqual([['cluster', 'experiment', 'cluster'], limitMs / 2]);
  });

  it('is undone, lock, namespace and range, although the revert of an experiment never ends', async () => {
    const bench = makeBench([entries.namespace, range, lock, experiment], { experiment: [neverEnds] });
    expect(await bench.undo()).toContain('its time limit was reached');
    expect(bench.tried).toEqual(['experiment', 'lock', 'namespace', 'authorized-range']);
    expect(bench.left()).toEqual(['experiment']);
    expect(bench.context.ports.clock.now()).toBeLessThan(limitMs);
  });

  it('gives a second experiment its time although the first one never ends', async () => {
    const bench = makeBench([experiment, { ...experiment, namespace: 'b' }], { experiment: [neverEnds, works] });
    await bench.undo();
    expect([bench.tried, bench.context.ports.clock.now()]).toEqual([['experiment', 'experiment'], limitMs / 2]);
  });

  it('keeps its kubeconfig for whoever tries again, until nobody does', async () => {
    const bench = makeBench([file, experiment], { experiment: [fails] });
    expect(await bench.undo()).toContain('A member stays Pending');
    expect(bench.left()).toEqual(['experiment', 'file']);
    await bench.undo(true);
    expect([bench.tried.at(-1), bench.left()]).toEqual(['file', ['experiment']]);
  });
});

describe('a namespace that the step made', () => {
  let kubernetes: FakeCluster;

  beforeEach(async () => {
    kubernetes = await FakeCluster.start();
    const labels = { 'app.kubernetes.io/managed-by': 'migratorydata-aks' };
    kubernetes.put('/api/v1/namespaces', { metadata: { name: namespace, labels }, status: { phase: 'Active' } });
  });

  afterEach(() => kubernetes[Symbol.asyncDispose]());

  it('is deleted when no experiment is left in it', async () => {
    expect(await deleteOwnNamespace(makeBench([], {}).context, kubernetes.api(), { namespace, name })).toBe(
      'Namespace ns is being deleted.',
    );
    expect(kubernetes.list('/api/v1/namespaces')).toEqual([]);
  });

  it('stays with another deployment that came into it, and only its own is deleted', async () => {
    const put = (path: string, objectName: string, instance: string): void => {
      const metadata = metadataOf(objectName, { namespace, name: instance });
      kubernetes.put(`${path}/namespaces/ns/${objectName.endsWith('-cs') ? 'services' : 'statefulsets'}`, { metadata });
    };
    for (const instance of [name, 'chat']) {
      put('/apis/apps/v1', instance, instance);
      put('/api/v1', `${instance}-cs`, instance);
    }
    const { context } = makeBench([], {});
    expect(await deleteOwnNamespace(context, kubernetes.api(), { namespace, name })).toBe(
      'Deployment migratorydata is being deleted, and namespace ns is kept with chat.',
    );
    const left = ['/apis/apps/v1/namespaces/ns/statefulsets', '/api/v1/namespaces/ns/services', '/api/v1/namespaces'];
    expect(left.map(path => kubernetes.list(path).map(({ metadata }) => metadata.name))).toEqual([
      ['chat'],
      ['chat-cs'],
      ['ns'],
    ]);
  });

  it('stays while it holds the record of an experiment that could not be reverted', async () => {
    await writeRecord(kubernetes.api(), {
      ...{
        version: 1,
        namespace,
        deployment: name,
        holder,
        experiment: 'drain',
        writtenAt: '2026-01-01T00:00:00.000Z',
        deadline: '2026-01-01T00:20:00.000Z',
      },
      ...{
        undo: { ...nothingToRevert, cordons: ['a'] },
        autoscaler: undefined,
        probePod: undefined,
        held: ['a'],
        seedsPerNode: [],
        cluster: undefined,
      },
    });
    await expect(deleteOwnNamespace(makeBench([], {}).context, kubernetes.api(), { namespace, name })).rejects.toThrow(
      `Namespace ns is not deleted: it contains the record of experiment drain of ${holder}, which is not reverted.`,
    );
    expect(kubernetes.list('/api/v1/namespaces')).toHaveLength(1);
  });
});
