import type { Az } from '../azure/az.js';
import { openMachines } from '../azure/machines.js';
import type { Lock } from '../chaos/putback/lease.js';
import { acquireLock } from '../chaos/putback/lease.js';
import { readMark } from '../chaos/putback/mark-store.js';
import type { Target } from '../inputs/request.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { isOurs } from '../migratorydata/names.js';
import type { Context } from './context.js';
import type { OpenCluster } from './open-cluster.js';
import { restoreByMark } from './restore.js';

/** What is locked: the deployment in a namespace of a cluster. */
export interface Locked {
  readonly target: Target;
  readonly az: Az | undefined;
  readonly namespace: string;
}

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
  cluster: OpenCluster,
  locked: Locked,
  body: (context: Context, cluster: OpenCluster) => Promise<T>,
): Promise<T> {
  const { api, connection } = cluster;
  const { namespace } = locked;
  const place = await api.find('Namespace', { name: namespace }, 'see whether there is anything to lock');
  if (place === undefined || place.status?.phase === 'Terminating') return body(context, cluster);
  const holder = holderOf(context);
  const settle = context.ledger.record({ kind: 'lock', connection, namespace, holder });
  let lock: Lock | undefined;
  try {
    lock = await acquireLock(api, namespace, holder);
    await undoFormer(context, cluster, locked);
    const signal = AbortSignal.any([context.signal, lock.lost]);
    return await body({ ...context, signal }, { ...cluster, api: api.withSignal(signal) });
  } finally {
    // What is not undone yet is still to be protected; whoever undoes it gives the lock back after it.
    if (context.ledger.open().some(({ kind }) => kind === 'experiment')) lock?.leave();
    else await giveBack(api, lock, settle);
  }
}

/**
 * Takes the lock on a deployment of ours that is about to be deleted; it goes with the deployment. Should that fail, the
 * ledger gives it back.
 * @throws ActionError `locked` while another run works on it.
 */
export async function lockForDeletion(
  context: Context,
  { api, connection }: OpenCluster,
  namespace: string,
): Promise<void> {
  const place = await api.find('Namespace', { name: namespace }, 'see whether there is anything to lock');
  if (place === undefined || !isOurs(place)) return;
  const holder = holderOf(context);
  context.ledger.record({ kind: 'lock', connection, namespace, holder });
  (await acquireLock(api, namespace, holder)).leave();
}

/** Without a lock there is nothing to give back; where giving back fails, post tries again. */
async function giveBack(api: KubernetesApi, lock: Lock | undefined, settle: () => void): Promise<void> {
  try {
    await lock?.release(api.withSignal(AbortSignal.timeout(releaseMs)));
    settle();
  } catch {
    lock?.leave();
  }
}

/** Undoes what a dead run left, as a phase of its own so that the reader sees it. */
async function undoFormer(context: Context, { api }: OpenCluster, { target, az, namespace }: Locked): Promise<void> {
  if ((await readMark(api, namespace)) === undefined) return;
  const machines = target.kind === 'aks' && az !== undefined ? openMachines(az, target) : undefined;
  await context.journal.phase('recover', 'Undo what an earlier experiment left', async note => {
    note(await restoreByMark(context, api, { namespace, machines }, note));
  });
}
