import { describe, expect, it } from '@jest/globals';
import { Journal } from '../../../src/journal/journal.js';
import type { KubernetesApi } from '../../../src/kubernetes/api/api.js';
import type { Context } from '../../../src/step-context/context.js';
import { lockForDeletion, underLock } from '../../../src/step-context/lock.js';
import type { Provider } from '../../../src/step-context/provider.js';
import { UndoLog } from '../../../src/step-context/undo-log.js';
import { fakePorts, MemoryState, RecordingLog, someRun } from '../fakes.js';
import { FakeCluster, refuse } from '../kubernetes/fake-cluster.js';

const leases = '/apis/coordination.k8s.io/v1/namespaces/ns/leases';
const connection = { kubeconfig: '/k', context: '' };
const target = { kind: 'kubeconfig', source: { path: '/k' }, context: '' } as const;
const provider: Provider = { kind: 'kubeconfig', target };
const namespace = 'ns';

interface Bench {
  readonly context: Context;
  readonly api: KubernetesApi;
}

function makeBench(cluster: FakeCluster, phase = 'Active'): Bench {
  const log = new RecordingLog();
  const ports = fakePorts({ log });
  cluster.put('/api/v1/namespaces', { metadata: { name: 'ns' }, status: { phase } });
  const context: Context = {
    ports,
    journal: new Journal(ports.clock, log, 'deploy', 'check-0', someRun),
    undoLog: new UndoLog(new MemoryState()),
    azureClients: new Map(),
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    redact: text => text,
    hide: () => undefined,
  };
  return { context, api: cluster.api() };
}

/** Another run that renewed its Lease, by its own clock, so long ago, and does so again when it is watched. */
function lockedByAnother(cluster: FakeCluster, agoMs: number): void {
  const put = (renewTime: string): void => {
    const spec = { holderIdentity: 'other/team/7', leaseDurationSeconds: 30, renewTime };
    cluster.put(leases, { metadata: { name: 'migratorydata-aks', namespace: 'ns' }, spec });
  };
  const now = Date.now() - agoMs;
  put(new Date(now).toISOString());
  cluster.scripts.push(({ method, path, query }, response) => {
    if (method === 'GET' && path === leases && query.has('watch')) {
      setImmediate(() => {
        put(new Date(now + 1000).toISOString());
      });
    }
    if (method !== 'POST' || path !== leases) return false;
    refuse(response, 409, 'AlreadyExists');
    return true;
  });
}

describe('the lock around an operation', () => {
  it('is held while the body runs, and given back', async () => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster);
    const seen = await underLock(context, { api, connection, provider }, namespace, () =>
      Promise.resolve([cluster.list(leases).length, context.undoLog.open().map(({ kind }) => kind)]),
    );
    expect(seen).toEqual([1, ['lock']]);
    expect([cluster.list(leases), context.undoLog.open()]).toEqual([[], []]);
  });

  it('is given back when the body fails', async () => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster);
    const failing = underLock(context, { api, connection, provider }, namespace, () =>
      Promise.reject(new Error('broken')),
    );
    await expect(failing).rejects.toThrow('broken');
    expect([cluster.list(leases), context.undoLog.open()]).toEqual([[], []]);
  });

  it.each([
    ['is given back although the answer to its last renewal was lost', {}, 0],
    ['is left to another run that has taken it', { holderIdentity: 'other/team/7', acquireTime: 'later' }, 1],
  ])('%s', async (_, change, left) => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster);
    const lease = `${leases}/migratorydata-aks`;
    const stateOf = (): string | undefined => cluster.get(lease)?.metadata.resourceVersion;
    cluster.scripts.push(({ method, path, body }, response) => {
      if (method !== 'DELETE' || path !== lease || body.includes(`"resourceVersion":"${stateOf() ?? ''}"`))
        return false;
      refuse(response, 409, 'Conflict');
      return true;
    });
    await underLock(context, { api, connection, provider }, namespace, () => {
      const held = cluster.get(lease) as unknown as { readonly spec: object };
      cluster.put(leases, { ...held, metadata: { name: 'migratorydata-aks' }, spec: { ...held.spec, ...change } });
      return Promise.resolve();
    });
    expect(cluster.list(leases)).toHaveLength(left);
  });

  it('stays as long as an experiment is not undone', async () => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster);
    await underLock(context, { api, connection, provider }, namespace, () => {
      context.undoLog.record({ kind: 'experiment', connection, namespace: 'ns', holder: 'h' });
      return Promise.resolve();
    });
    expect(cluster.list(leases)).toHaveLength(1);
    expect(context.undoLog.open().map(({ kind }) => kind)).toEqual(['experiment', 'lock']);
  });

  it.each([
    ['', 0],
    [', also where our clock is minutes ahead of its own,', 3 * 60_000],
  ])('that another run holds%s is left with nothing for post to do', async (_, agoMs) => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster);
    lockedByAnother(cluster, agoMs);
    const waiting = underLock(context, { api, connection, provider }, namespace, () => Promise.resolve());
    await expect(waiting).rejects.toMatchObject({ code: 'locked' });
    expect(context.undoLog.open()).toEqual([]);
  });

  it('whose taking ended in another error may be ours: post looks', async () => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster);
    cluster.scripts.push(({ method, path }, response) => {
      if (method !== 'POST' || path !== leases) return false;
      refuse(response, 403, 'Forbidden');
      return true;
    });
    const failing = underLock(context, { api, connection, provider }, namespace, () => Promise.resolve());
    await expect(failing).rejects.toMatchObject({ code: 'api-forbidden' });
    expect(context.undoLog.open().map(({ kind }) => kind)).toEqual(['lock']);
  });

  it('is not asked for in a namespace that is going', async () => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster, 'Terminating');
    expect(await underLock(context, { api, connection, provider }, namespace, () => Promise.resolve('done'))).toBe(
      'done',
    );
    expect(cluster.received.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('goes with what is deleted', async () => {
    await using cluster = await FakeCluster.start();
    const { context, api } = makeBench(cluster);
    await lockForDeletion(context, { api, connection, provider }, 'ns', () => Promise.resolve());
    expect(cluster.list(leases)).toHaveLength(1);
    expect(context.undoLog.open().map(({ kind }) => kind)).toEqual(['lock']);
  });
});
