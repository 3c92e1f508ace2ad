import { acquireLock, type Lock } from '../chaos/revert/lease-renewal.js';
import { deploymentLock, type LockKey, nodesLock } from '../chaos/revert/lease.js';
import { readRecord } from '../chaos/revert/revert-record-store.js';
import { hasCode, toActionError } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { retry } from '../runtime/time.js';
import type { ConnectedCluster } from './connection.js';
import { type Context, holderOf } from './context.js';
import { revertBefore, revertPlaceOf } from './revert-records.js';

/** How long the release of the lock may take, in milliseconds; a cancelled step has little more time. */
const releaseMs = 2_000;
/** The pause before another look at a lock that another run holds, in milliseconds. */
const lookAgainMs = 1_000;

/**
 * Runs `body` while no other run of this project works on the deployment, after reverting what an experiment of a lost
 * run left. Without a namespace, there is nothing to lock.
 * @throws ActionError `locked`, `lock-lost`, `lock-expiring`, `undo-incomplete`, and the errors of `body`.
 */
export async function underLock<T>(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  body: (context: Context, cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  return whileLocked(context, cluster, namespace, async (lockedContext, lockedCluster, isHeld) => {
    if (isHeld && (await readRecord(cluster.api, namespace)) !== undefined) {
      // A separate phase, so that it is visible in the report.
      await context.journal.phase('recover', 'Revert what an earlier experiment left', async note => {
        const done = await revertBefore(
          lockedContext,
          lockedCluster.api,
          revertPlaceOf(cluster.provider, namespace),
          note,
          'nodes',
        );
        if (done !== undefined) note(done);
      });
    }
    return body(lockedContext, lockedCluster);
  });
}

/**
 * Runs `body` under the lock as `underLock` does, without checking for what others left; `isHeld` is false if there was
 * nothing to lock.
 * @throws ActionError `locked`, `lock-lost`, `lock-expiring`, and the errors of `body`.
 */
export async function whileLocked<T>(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  body: (context: Context, cluster: ConnectedCluster, isHeld: boolean) => Promise<T>,
): Promise<T> {
  if (!(await canBeLocked(cluster.api, namespace))) return body(context, cluster, false);
  const held = await acquire(context, cluster, deploymentLock(namespace));
  return whileHeld(context, cluster, held, (locked, bound) => body(locked, bound, true));
}

/**
 * Runs `body` under the lock on the nodes of the cluster: in all its deployments together, only one run at a time
 * changes nodes. Waits up to `patienceMs` milliseconds for another run, and tells `note` about it.
 * @throws ActionError `locked` when the other run is not done then, `lock-lost`, `lock-expiring`, and the errors of
 * `body`.
 */
export async function underNodesLock<T>(
  context: Context,
  cluster: ConnectedCluster,
  { patienceMs, note }: { readonly patienceMs: number; readonly note: Note },
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock } = context.ports;
  const deadlineMs = clock.now() + patienceMs;
  const acquired = await retry(
    clock,
    context.signal,
    () => acquire(context, cluster, nodesLock),
    (error, tries) => {
      if (!hasCode(error, 'locked') || clock.now() >= deadlineMs) return undefined;
      if (tries === 1) note(`Waiting: ${toActionError(error).message}`);
      return lookAgainMs;
    },
  );
  return whileHeld(context, cluster, acquired, locked => body(locked.signal));
}

/**
 * Removes the lock on the nodes when the run that holds it has ended, which takes the duration of its Lease to see. A
 * run without access to that lock leaves it, and says so.
 */
export async function clearNodesLock(context: Context, { api }: ConnectedCluster): Promise<void> {
  const clear = async (): Promise<void> => {
    if ((await api.find('Lease', nodesLock, 'check whether a lock on the nodes was left')) === undefined) return;
    const lock = await acquireLock(api, nodesLock, holderOf(context));
    await lock.release();
  };
  try {
    await api.unlessForbidden(clear(), unseen.nodesLock);
  } catch (error) {
    if (!hasCode(error, 'locked')) throw error;
  }
}

/** Runs `body` with a signal that aborts when the lock is lost. */
async function whileHeld<T>(
  context: Context,
  cluster: ConnectedCluster,
  held: Held,
  body: (context: Context, cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  const { api } = cluster;
  try {
    const signal = AbortSignal.any([context.signal, held.lock.lost]);
    return await body({ ...context, signal }, { ...cluster, api: api.withSignal(signal) });
  } finally {
    // Changes that are not reverted yet still need the lock; it is released after the revert.
    if (context.undoLog.open().some(({ kind }) => kind === 'experiment')) held.lock.leave();
    else await release(api, held);
  }
}

/**
 * Runs `body`, which deletes the cluster, under the lock. The lock is not released: it is deleted with the cluster. If the
 * deletion fails, an entry of the undo log releases it.
 * @throws ActionError `locked` while another run works on it, `lock-lost`, and the errors of `body`.
 */
export async function lockForDeletion<T>(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  body: (context: Context) => Promise<T>,
): Promise<T> {
  if (!(await canBeLocked(cluster.api, namespace))) return body(context);
  const held = await acquire(context, cluster, deploymentLock(namespace));
  try {
    return await body({ ...context, signal: AbortSignal.any([context.signal, held.lock.lost]) });
  } finally {
    held.lock.leave();
  }
}

interface Held {
  readonly lock: Lock;
  readonly settle: () => void;
}

/** Returns whether the namespace can hold a lock: it exists and is not being deleted. */
async function canBeLocked(api: KubernetesApi, namespace: string): Promise<boolean> {
  const found = await api.find('Namespace', { name: namespace }, 'check whether the namespace to lock exists');
  return found !== undefined && found.status?.phase !== 'Terminating';
}

/** Acquires a lock after recording it in the undo log. */
async function acquire(context: Context, { api, connection }: ConnectedCluster, lock: LockKey): Promise<Held> {
  const holder = holderOf(context);
  const settle = context.undoLog.record({ kind: 'lock', connection, lock, holder });
  try {
    return { lock: await acquireLock(api, lock, holder), settle };
  } catch (error) {
    // After any other error, the lock may be ours anyway, so the post step checks it.
    if (hasCode(error, 'locked')) settle();
    throw error;
  }
}

/** Releases the lock. If the release fails, the post step tries again. */
async function release(api: KubernetesApi, { lock, settle }: Held): Promise<void> {
  try {
    await lock.release(api.withSignal(AbortSignal.timeout(releaseMs)));
    settle();
  } catch {
    lock.leave();
  }
}
