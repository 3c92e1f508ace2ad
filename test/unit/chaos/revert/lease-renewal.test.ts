import { describe, expect, it } from '@jest/globals';
import { acquireLock, type Lock } from '../../../../src/chaos/revert/lease-renewal.js';
import { deploymentLock } from '../../../../src/chaos/revert/lease.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster, refuse } from '../../kubernetes/fake-cluster.js';

const leases = '/apis/coordination.k8s.io/v1/namespaces/ns/leases';
const lease = `${leases}/migratorydata-aks`;
const key = deploymentLock('ns');

/** Resolves with the reason when a signal aborts. */
function reasonOf(signal: AbortSignal): Promise<unknown> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => {
      resolve(signal.reason);
    });
  });
}

/** A run that holds the lock, on a clock that jumps over its waits. */
async function holdBy(
  cluster: FakeCluster,
  holder: string,
): Promise<{ readonly clock: JumpingClock; readonly lock: Lock }> {
  const clock = new JumpingClock(() => cluster.received.length);
  return { clock, lock: await acquireLock(cluster.api(undefined, clock), key, holder) };
}

describe('a lock', () => {
  it('stops its holder 60 s after the last renewal, which is 30 s before another run can take it', async () => {
    await using cluster = await FakeCluster.start();
    const { clock, lock } = await holdBy(cluster, 'run-a');
    cluster.scripts.push(({ method, path }, response) => {
      if (method !== 'PATCH' || path !== lease || clock.now() < 15_000) return false;
      refuse(response, 500, 'InternalError');
      return true;
    });
    expect(await reasonOf(lock.lost)).toMatchObject({ code: 'lock-expiring' });
    // Renewed for the last time after 10 s.
    expect(clock.now()).toBe(70_000);
    clock.stop();
  });

  it('stops its holder in time although no response comes any more', async () => {
    await using cluster = await FakeCluster.start();
    const { clock, lock } = await holdBy(cluster, 'run-a');
    cluster.scripts.push(({ method, path }) => method === 'PATCH' && path === lease);
    expect(await reasonOf(lock.lost)).toMatchObject({ code: 'lock-expiring' });
    expect(clock.now()).toBe(60_000);
    clock.stop();
  });

  it('is kept over an outage of the API server of less than a minute', async () => {
    await using cluster = await FakeCluster.start();
    const { clock, lock } = await holdBy(cluster, 'run-a');
    cluster.scripts.push(({ method, path }, response) => {
      if (method !== 'PATCH' || path !== lease || clock.now() > 55_000) return false;
      refuse(response, 500, 'InternalError');
      return true;
    });
    await clock.sleep(300_000, new AbortController().signal);
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
    expect(cluster.list(leases)).toEqual([]);
    clock.stop();
  });

  it('stops its holder at once when another run has taken it', async () => {
    await using cluster = await FakeCluster.start();
    const { clock, lock } = await holdBy(cluster, 'run-a');
    const spec = { holderIdentity: 'run-b', acquireTime: 'later', renewTime: 'later', leaseDurationSeconds: 90 };
    cluster.put(leases, { metadata: { name: 'migratorydata-aks' }, spec });
    expect(await reasonOf(lock.lost)).toMatchObject({ code: 'lock-lost' });
    expect(clock.now()).toBe(10_000);
    clock.stop();
  });

  it.each([
    ['11 minutes behind ours', -11 * 60_000],
    ['11 minutes ahead of ours', 11 * 60_000],
  ])('of a live run whose clock is %s is not taken', async (_, skewMs) => {
    await using cluster = await FakeCluster.start();
    const clock = new JumpingClock(() => cluster.received.length);
    const renew = (): void => {
      const renewTime = new Date(clock.date().getTime() + skewMs).toISOString();
      const spec = { holderIdentity: 'run-a', acquireTime: 'before', renewTime, leaseDurationSeconds: 90 };
      cluster.put(leases, { metadata: { name: 'migratorydata-aks' }, spec });
    };
    renew();
    clock.at(80_000, renew);
    const taking = acquireLock(cluster.api(undefined, clock), key, 'run-b');
    await expect(taking).rejects.toMatchObject({ code: 'locked' });
    clock.stop();
  });

  it('of a run that has ended is taken after the duration of its Lease, and not before', async () => {
    await using cluster = await FakeCluster.start();
    const clock = new JumpingClock(() => cluster.received.length);
    const spec = { holderIdentity: 'run-a', renewTime: '2020-01-01T00:00:00.000000Z', leaseDurationSeconds: 90 };
    cluster.put(leases, { metadata: { name: 'migratorydata-aks' }, spec });
    const lock = await acquireLock(cluster.api(undefined, clock), key, 'run-b');
    expect(clock.now()).toBe(90_000);
    // Its own time begins then.
    await clock.sleep(120_000, new AbortController().signal);
    expect(lock.lost.aborted).toBe(false);
    lock.leave();
    clock.stop();
  });
});
