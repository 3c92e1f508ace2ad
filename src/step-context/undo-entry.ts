import { removeRange } from '../azure/authorized-ranges.js';
import type { Az } from '../azure/az.js';
import { deleteOurs } from '../azure/deletion.js';
import { openMachines } from '../azure/machines.js';
import { ownedByCreation } from '../azure/ownership.js';
import { acquireLock, type Lock, releaseLock } from '../chaos/revert/lease.js';
import { readRecord } from '../chaos/revert/revert-record-store.js';
import { ActionError, hasCode } from '../errors/action-error.js';
import { hasStatus } from '../kubernetes/api-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { withClusterSession } from '../kubernetes/cluster-session.js';
import type { Context } from './context.js';
import { deleteNamespace } from './delete-namespace.js';
import { openAz } from './provider.js';
import { revertRecords } from './revert-records.js';
import type { Connection, UndoEntry } from './undo-log.js';

/** What became of an entry. */
export interface UndoOutcome {
  /** What was done, as a sentence. */
  readonly done: string;
  /** The cluster of the entry is gone, or Azure says that it is being deleted: nothing in it needs to be reverted. */
  readonly clusterGoes: boolean;
}

/** Undoes one entry; what is already as it was is fine. @throws ActionError with the reason why it could not. */
export async function undoEntry(context: Context, entry: UndoEntry): Promise<UndoOutcome> {
  if (entry.kind === 'cluster') return deleteCreated(context, openAz(context, entry.azure), entry);
  return { done: await revert(context, entry), clusterGoes: false };
}

async function revert(context: Context, entry: Exclude<UndoEntry, { kind: 'cluster' }>): Promise<string> {
  switch (entry.kind) {
    case 'experiment': {
      const { connection, namespace, holder, azure } = entry;
      const machines = azure && openMachines(openAz(context, azure), azure);
      return onApi(context, connection, api =>
        underOwnLock(api, namespace, holder, async () => {
          const done = await revertRecords(context, api, { namespace, machines, holder });
          return done ?? `The experiment in namespace ${namespace} is undone already.`;
        }),
      );
    }
    case 'lock':
      return onApi(context, entry.connection, async api => {
        await releaseLock(api, entry.namespace, entry.holder);
        return `The lock on namespace ${entry.namespace} is given back.`;
      });
    case 'namespace':
      return onApi(context, entry.connection, api => deleteOwnNamespace(api, entry.namespace));
    case 'authorized-range': {
      const { azure, resourceGroup, clusterName, range } = entry;
      const ref = { subscriptionId: azure.subscriptionId, resourceGroup, clusterName };
      await removeRange(openAz(context, azure), ref, range);
      return `${range} is out of the authorized IP ranges of cluster ${clusterName}.`;
    }
    case 'file':
      await context.ports.files.remove(entry.path);
      return `Removed ${entry.path}.`;
  }
}

/**
 * Keeps others out while a cluster is reverted, since a step that was cancelled renews its lock no longer. A run that has
 * taken the lock meanwhile reverts by the record before it does anything else.
 */
async function underOwnLock(
  api: KubernetesApi,
  namespace: string,
  holder: string,
  body: () => Promise<string>,
): Promise<string> {
  let lock: Lock | undefined;
  try {
    lock = await acquireLock(api, namespace, holder);
  } catch (error) {
    if (hasCode(error, 'locked')) return `${error.message} It reverts by the record in the namespace.`;
    // A namespace that is gone, or about to go, holds no lock; the copy of the record lies on a node.
    if (!hasStatus(error, 403, 404)) throw error;
  }
  try {
    return await body();
  } finally {
    // The undo log has an entry for the lock as well, which is released next.
    lock?.leave();
  }
}

/**
 * Deletes a namespace of ours. One that holds the record of an experiment stays: nodes, pools and machines may still be
 * as the experiment left them, and whoever reverts that needs the record.
 * @throws ActionError `mark-found`.
 */
export async function deleteOwnNamespace(api: KubernetesApi, namespace: string): Promise<string> {
  const fate = await deleteNamespace(api, namespace, async () => {
    const found = await readRecord(api, namespace);
    // What is no record of an experiment tells of no node that would have to be reverted.
    if (found === undefined || 'problems' in found) return;
    const { experiment, holder } = found.record;
    const message = `Namespace ${namespace} is not deleted: it holds the record of experiment ${experiment} of ${holder}, which is not reverted.`;
    throw new ActionError('mark-found', message);
  });
  return fate === 'deleted'
    ? `Namespace ${namespace} is being deleted.`
    : `Namespace ${namespace} is left alone (${fate}).`;
}

function onApi<T>(context: Context, connection: Connection, body: (api: KubernetesApi) => Promise<T>): Promise<T> {
  return withClusterSession(context, connection, ({ api }) => body(api));
}

/** Deletes exactly what carries the creation id that was saved before anything was created. */
async function deleteCreated(
  context: Context,
  az: Az,
  entry: Extract<UndoEntry, { kind: 'cluster' }>,
): Promise<UndoOutcome> {
  const { azure, resourceGroup, clusterName, creationId } = entry;
  await az.session.renewIfOld(context.signal);
  const { deleted, refused, reason } = await deleteOurs(
    az,
    { subscriptionId: azure.subscriptionId, resourceGroup, clusterName },
    { owned: ownedByCreation(context.ports.run.repository, creationId), sameCreation: true, dryRun: false, waitMs: 0 },
  );
  if (deleted === 'nothing') {
    // Nothing to delete means absent, or being deleted already; what was refused is somebody else's.
    return { done: `Nothing of ${clusterName} was left to delete: ${reason}.`, clusterGoes: !refused };
  }
  const name = deleted === 'group' ? `Resource group ${resourceGroup}` : `Cluster ${clusterName}`;
  return { done: `${name} is being deleted: ${reason}.`, clusterGoes: true };
}
