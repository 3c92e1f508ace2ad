import type { Az } from '../azure/az.js';
import { dismissRange } from '../azure/authorized-ranges.js';
import { deleteOurs } from '../azure/deletion.js';
import { openMachines } from '../azure/machines.js';
import { ownedByCreation } from '../azure/ownership.js';
import type { Lock } from '../chaos/putback/lease.js';
import { acquireLock, releaseLock } from '../chaos/putback/lease.js';
import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import { hasStatus } from '../kubernetes/api-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { withCluster } from '../kubernetes/cluster.js';
import type { Note } from '../report/journal.js';
import { openAz } from './azure-session.js';
import type { Context } from './context.js';
import { deleteNamespace } from './delete-namespace.js';
import type { Connection, Undo } from './ledger.js';
import { describeUndo } from './ledger.js';
import { restoreByMark } from './restore.js';

const tries = 3;
const pauseMs = 2_000;

/**
 * Undoes everything that the ledger still holds, mending before deleting; each entry is struck once it is done. One that
 * fails does not keep the others from being done.
 * @throws ActionError `undo-incomplete`, naming all that is left and why.
 */
export async function undoAll(context: Context, note: Note): Promise<void> {
  const failures: string[] = [];
  for (const entry of context.ledger.open()) {
    try {
      note(await undoWithPatience(context, entry));
      context.ledger.settle(entry);
    } catch (error) {
      failures.push(`${describeUndo(entry)}: ${context.signal.aborted ? 'the time for it is over.' : told(error)}`);
    }
  }
  if (failures.length === 0) return;
  throw new ActionError('undo-incomplete', `Not everything could be undone. ${failures.join(' ')}`);
}

function told(error: unknown): string {
  const { message, hint } = toActionError(error);
  // What az says need not end like a sentence.
  return `${message.replace(/[\s.]*$/, '.')} ${hint}`;
}

async function undoWithPatience(context: Context, entry: Undo): Promise<string> {
  for (let count = 1; ; count += 1) {
    try {
      return await undo(context, entry);
    } catch (error) {
      context.signal.throwIfAborted();
      // What putting back itself has given up was tried several times, and waited for.
      if (count >= tries || !toActionError(error).transient || hasCode(error, 'undo-incomplete')) throw error;
      await context.ports.clock.sleep(pauseMs * count, context.signal);
    }
  }
}

/** Undoes one entry; what is already as it was is fine. Gives a sentence about it. */
async function undo(context: Context, entry: Undo): Promise<string> {
  switch (entry.kind) {
    case 'experiment': {
      const { connection, namespace, holder, azure } = entry;
      const machines = azure && openMachines(openAz(context, azure), azure);
      return onApi(context, connection, api =>
        underOwnLock(api, namespace, holder, async () => {
          const done = await restoreByMark(context, api, { namespace, machines, holder });
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
      return onApi(context, entry.connection, async api => {
        const fate = await deleteNamespace(api, entry.namespace);
        return fate === 'deleted'
          ? `Namespace ${entry.namespace} is being deleted.`
          : `Namespace ${entry.namespace} is left alone (${fate}).`;
      });
    case 'authorized-range': {
      const { azure, resourceGroup, clusterName, range } = entry;
      const ref = { subscriptionId: azure.subscriptionId, resourceGroup, clusterName };
      await dismissRange(openAz(context, azure), ref, range);
      return `${range} is out of the authorized IP ranges of cluster ${clusterName}.`;
    }
    case 'cluster':
      return deleteCreated(context, openAz(context, entry.azure), entry);
    case 'file':
      await context.ports.files.remove(entry.path);
      return `Removed ${entry.path}.`;
  }
}

/**
 * Keeps others out while a cluster is put back, since a step that was cancelled renews its lock no longer. A run that has
 * taken the lock meanwhile goes by the mark before it does anything else.
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
    if (hasCode(error, 'locked')) return `${error.message} It puts back by the mark.`;
    // A namespace that is gone, or about to go, holds no lock; the copy of the mark lies on a node.
    if (!hasStatus(error, 403, 404)) throw error;
  }
  try {
    return await body();
  } finally {
    // The ledger has the lock as well, and gives it back next.
    lock?.leave();
  }
}

function onApi<T>(context: Context, connection: Connection, body: (api: KubernetesApi) => Promise<T>): Promise<T> {
  return withCluster(context, connection, ({ api }) => body(api));
}

/** Deletes exactly what carries the creation id that was saved before anything was created. */
async function deleteCreated(context: Context, az: Az, entry: Extract<Undo, { kind: 'cluster' }>): Promise<string> {
  const { azure, resourceGroup, clusterName, creationId } = entry;
  await az.session.freshen(context.signal);
  const deletion = await deleteOurs(
    az,
    { subscriptionId: azure.subscriptionId, resourceGroup, clusterName },
    { owned: ownedByCreation(context.ports.run.repository, creationId), sameCreation: true, dryRun: false, waitMs: 0 },
  );
  if (deletion.deleted === 'nothing') return `Nothing of ${clusterName} was left to delete: ${deletion.reason}.`;
  const name = deletion.deleted === 'group' ? `Resource group ${resourceGroup}` : `Cluster ${clusterName}`;
  return `${name} is being deleted: ${deletion.reason}.`;
}
