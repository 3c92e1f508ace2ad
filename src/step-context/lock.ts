import { acquireLock, type Lock } from '../chaos/revert/lease.js';
import { readRecord } from '../chaos/revert/revert-record-store.js';
import { hasCode } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { ConnectedCluster } from './connection.js';
import type { Context } from './context.js';
import { revertPlaceOf, revertConfirmedRecords } from './revert-records.js';

/** Time for giving the lock back after the work has ended, in milliseconds; a cancelled step has not much more. */
const releaseMs = 2_000;

/** Who this step is for others: attempts of one run, and the jobs that share an instance, follow one another. */
export function holderOf({ ports, journal }: Context): string {
  const { repository, runId } = ports.run;
  return `${repository}/${runId}/${journal.report.instance}`;
}

/**
 * Runs `body` while no other run of this project works on the deployment, and after what an experiment of a dead run
 * left is undone. Where there is no namespace yet there is nothing to lock.
 * @throws ActionError `locked`, `lock-lost`, `undo-incomplete`, and what `body` throws.
 */
export async function underLock<T>(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  body: (context: Context, cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  return whileLocked(context, cluster, namespace, async (held, locked, isHeld) => {
    if (isHeld && (await readRecord(cluster.api, namespace)) !== undefined) {
      // A phase of its own, so that the reader sees it.
      await context.journal.phase('recover', 'Undo what an earlier experiment left', async note => {
        const done = await revertConfirmedRecords(held, locked.api, revertPlaceOf(cluster.provider, namespace), note);
        if (done !== undefined) note(done);
      });
    }
    return body(held, locked);
  });
}

/**
 * Runs `body` under the lock as `underLock` does, without a look at what others left; `isHeld` is false where there was
 * nothing to lock.
 * @throws ActionError `locked`, `lock-lost`, and what `body` throws.
 */
export async function whileLocked<T>(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  body: (context: Context, cluster: ConnectedCluster, isHeld: boolean) => Promise<T>,
): Promise<T> {
  const { api } = cluster;
  const held = await take(context, cluster, namespace);
  if (held === undefined) return body(context, cluster, false);
  try {
    const signal = AbortSignal.any([context.signal, held.lock.lost]);
    return await body({ ...context, signal }, { ...cluster, api: api.withSignal(signal) }, true);
  } finally {
    // What is not undone yet is still to be protected; whoever undoes it gives the lock back after it.
    if (context.undoLog.open().some(({ kind }) => kind === 'experiment')) held.lock.leave();
    else await giveBack(api, held);
  }
}

/**
 * Takes the lock on a deployment that is about to be deleted and runs `prepare` under it; it goes with the deployment.
 * Should that fail, the undo log has an entry that gives it back.
 * @throws ActionError `locked` while another run works on it, and what `prepare` throws.
 */
export async function lockForDeletion(
  context: Context,
  cluster: ConnectedCluster,
  namespace: string,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const held = await take(context, cluster, namespace);
  try {
    await prepare();
  } finally {
    held?.lock.leave();
  }
}

interface Held {
  readonly lock: Lock;
  readonly settle: () => void;
}

/** Takes the lock, recorded before; undefined where there is no namespace that would hold it. */
async function take(
  context: Context,
  { api, connection }: ConnectedCluster,
  namespace: string,
): Promise<Held | undefined> {
  const found = await api.find('Namespace', { name: namespace }, 'see whether there is anything to lock');
  if (found === undefined || found.status?.phase === 'Terminating') return undefined;
  const holder = holderOf(context);
  const settle = context.undoLog.record({ kind: 'lock', connection, namespace, holder });
  try {
    return { lock: await acquireLock(api, namespace, holder), settle };
  } catch (error) {
    // After any other error it may be ours all the same, and post looks.
    if (hasCode(error, 'locked')) settle();
    throw error;
  }
}

/** Where giving back fails, post tries again. */
async function giveBack(api: KubernetesApi, { lock, settle }: Held): Promise<void> {
  try {
    await lock.release(api.withSignal(AbortSignal.timeout(releaseMs)));
    settle();
  } catch {
    lock.leave();
  }
}
