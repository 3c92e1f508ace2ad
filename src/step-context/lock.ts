import { acquireLock, type Lock } from '../chaos/revert/lease.js';
import { readRecord } from '../chaos/revert/revert-record-store.js';
import { hasCode } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { ConnectedCluster } from './connection.js';
import type { Context } from './context.js';
import { revertPlaceOf, revertConfirmedRecords } from './revert-records.js';

/** How long the release of the lock may take, in milliseconds; a cancelled step has little more time. */
const releaseMs = 2_000;

/**
 * Returns the identity of this step in locks. Attempts of one run, and jobs that share an instance, run one after
 * another.
 */
export function holderOf({ ports, journal }: Context): string {
  const { repository, runId } = ports.run;
  return `${repository}/${runId}/${journal.report.instance}`;
}

/**
 * Runs `body` while no other run of this project works on the deployment, after reverting what an experiment of a lost
 * run left. Without a namespace, there is nothing to lock.
 * @throws ActionError `locked`, `lock-lost`, `undo-incomplete`, and the errors of `body`.
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
        const done = await revertConfirmedRecords(
          lockedContext,
          lockedCluster.api,
          revertPlaceOf(cluster.provider, namespace),
          note,
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
 * @throws ActionError `locked`, `lock-lost`, and the errors of `body`.
 */
export async function whileLocked<T>(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  body: (context: Context, cluster: ConnectedCluster, isHeld: boolean) => Promise<T>,
): Promise<T> {
  const { api } = cluster;
  const held = await acquire(context, cluster, namespace);
  if (held === undefined) return body(context, cluster, false);
  try {
    const signal = AbortSignal.any([context.signal, held.lock.lost]);
    return await body({ ...context, signal }, { ...cluster, api: api.withSignal(signal) }, true);
  } finally {
    // Changes that are not reverted yet still need the lock; it is released after the revert.
    if (context.undoLog.open().some(({ kind }) => kind === 'experiment')) held.lock.leave();
    else await release(api, held);
  }
}

/**
 * Runs `body`, which deletes the deployment or its cluster, under the lock. The lock is not released: it is deleted with
 * the deployment. If the deletion fails, an entry of the undo log releases it.
 * @throws ActionError `locked` while another run works on it, `lock-lost`, and the errors of `body`.
 */
export async function lockForDeletion<T>(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  body: (context: Context) => Promise<T>,
): Promise<T> {
  const held = await acquire(context, cluster, namespace);
  if (held === undefined) return body(context);
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

/** Acquires the lock after recording it in the undo log. Returns undefined if there is no namespace to hold it. */
async function acquire(
  context: Context,
  { api, connection }: ConnectedCluster,
  namespace: string,
): Promise<Held | undefined> {
  const found = await api.find('Namespace', { name: namespace }, 'check whether the namespace to lock exists');
  if (found === undefined || found.status?.phase === 'Terminating') return undefined;
  const holder = holderOf(context);
  const settle = context.undoLog.record({ kind: 'lock', connection, namespace, holder });
  try {
    return { lock: await acquireLock(api, namespace, holder), settle };
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
