import type { AzureClient } from '../azure/arm/client.js';
import { removeRange } from '../azure/cluster/authorized-ranges.js';
import { deleteOurs } from '../azure/deletion/deletion.js';
import { openMachines } from '../azure/machines/machines.js';
import { ownedByCreation } from '../azure/ownership/ownership.js';
import { acquireLock, type Lock } from '../chaos/revert/lease-renewal.js';
import { deploymentLock, type LockKey, nodesLock, releaseLock } from '../chaos/revert/lease.js';
import { readRecord } from '../chaos/revert/revert-record-store.js';
import { ActionError, hasCode } from '../errors/action-error.js';
import { hasStatus } from '../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { DeploymentKey } from '../migratorydata/object-names.js';
import { onConnection } from './connection.js';
import type { Context } from './context.js';
import { deleteDeployment } from './delete-deployment.js';
import { openAzure } from './provider.js';
import { revertRecords } from './revert-records.js';
import type { UndoEntry } from './undo-log.js';

/** The result of undoing an entry. */
export interface UndoOutcome {
  /** A sentence about what was done. */
  readonly done: string;
  /** Whether the cluster of the entry is deleted or being deleted, so that its contents do not need to be reverted. */
  readonly clusterGoes: boolean;
}

/**
 * Undoes an entry; an entry that is already undone is not an error.
 * @throws ActionError with the reason when it fails.
 */
export async function undoEntry(context: Context, entry: UndoEntry): Promise<UndoOutcome> {
  if (entry.kind === 'cluster') return deleteCreated(context, openAzure(context, entry.azure), entry);
  return { done: await revert(context, entry), clusterGoes: false };
}

async function revert(context: Context, entry: Exclude<UndoEntry, { kind: 'cluster' }>): Promise<string> {
  switch (entry.kind) {
    case 'experiment': {
      const { connection, namespace, holder, azure } = entry;
      const machines = azure && openMachines(openAzure(context, azure), azure);
      const locks = [deploymentLock(namespace), ...(holdsNodes(context, holder) ? [nodesLock] : [])];
      return onConnection(context, connection, api =>
        underOwnLocks(api, locks, holder, async () => {
          const done = await revertRecords(context, api, { namespace, machines, holder });
          return done ?? `The experiment in namespace ${namespace} was already reverted.`;
        }),
      );
    }
    case 'lock':
      return onConnection(context, entry.connection, async api => {
        await releaseLock(api, entry.lock, entry.holder);
        return `Released: ${entry.lock.description}.`;
      });
    case 'namespace':
      return onConnection(context, entry.connection, api => deleteOwnNamespace(context, api, entry));
    case 'authorized-range': {
      const { azure, resourceGroup, clusterName, range } = entry;
      const ref = { subscriptionId: azure.subscriptionId, resourceGroup, clusterName };
      return (await removeRange(openAzure(context, azure), ref, entry))
        ? `${range} was removed from the authorized IP ranges of cluster ${clusterName}.`
        : `${range} stays in the authorized IP ranges of cluster ${clusterName}: another runner uses it, the tag that says that it is ours is gone, or it is the last one, without which everyone could connect.`;
    }
    case 'file':
      await context.ports.files.remove(entry.path);
      return `Removed ${entry.path}.`;
  }
}

/** Returns whether the step held the lock on the nodes when it was cancelled. */
function holdsNodes({ undoLog }: Context, holder: string): boolean {
  return undoLog
    .open()
    .some(entry => entry.kind === 'lock' && entry.holder === holder && entry.lock.name === nodesLock.name);
}

/**
 * Holds locks while the cluster is reverted, because a cancelled step no longer renews them. A run that has acquired the
 * lock on the deployment meanwhile reverts the record before any other work.
 */
async function underOwnLocks(
  api: KubernetesApi,
  keys: readonly LockKey[],
  holder: string,
  body: () => Promise<string>,
): Promise<string> {
  const locks: Lock[] = [];
  try {
    for (const key of keys) {
      try {
        locks.push(await acquireLock(api, key, holder));
      } catch (error) {
        // What a revert does to nodes may happen beside another run: it starts machines, and removes its own cordons.
        if (hasCode(error, 'locked') && key.name === nodesLock.name) continue;
        if (hasCode(error, 'locked')) return `${error.message} It reverts the record in the namespace.`;
        // A deleted or terminating namespace cannot hold a lock; a copy of the record is on a node.
        if (!hasStatus(error, 403, 404)) throw error;
      }
    }
    return await body();
  } finally {
    // The undo log also has an entry for each lock, which is released next.
    for (const lock of locks) lock.leave();
  }
}

/**
 * Deletes a namespace of ours. A namespace with the record of an experiment is kept: nodes, pools and machines may
 * still have the changes of the experiment, and a revert needs the record.
 * @throws ActionError `mark-found`.
 */
export async function deleteOwnNamespace(
  context: Context,
  api: KubernetesApi,
  deployment: DeploymentKey,
): Promise<string> {
  const { namespace, name } = deployment;
  const result = await deleteDeployment(context, api, deployment, async run => {
    const found = await readRecord(api, namespace);
    // An invalid record names no node to revert.
    if (found === undefined || 'problems' in found) return run(api);
    const { experiment, holder } = found.record;
    const message = `Namespace ${namespace} is not deleted: it contains the record of experiment ${experiment} of ${holder}, which is not reverted.`;
    throw new ActionError('mark-found', message);
  });
  switch (result.kind) {
    case 'namespace':
      return `Namespace ${namespace} is being deleted.`;
    case 'deployment':
      return `Deployment ${name} is being deleted, and namespace ${namespace} is kept with ${result.others.join(', ')}.`;
    default:
      return `Namespace ${namespace} was not deleted (${result.kind}).`;
  }
}

/** Deletes only resources with the creation ID that was saved before the creation. */
async function deleteCreated(
  context: Context,
  client: AzureClient,
  entry: Extract<UndoEntry, { kind: 'cluster' }>,
): Promise<UndoOutcome> {
  const { azure, resourceGroup, clusterName, creationId } = entry;
  const { deleted, refused, reason } = await deleteOurs(
    client,
    { subscriptionId: azure.subscriptionId, resourceGroup, clusterName },
    { owned: ownedByCreation(context.ports.run.repository, creationId), sameCreation: true, dryRun: false, waitMs: 0 },
  );
  if (deleted === 'nothing') {
    // Nothing to delete means absent or being deleted; a refused resource has another owner.
    return { done: `There was nothing to delete for ${clusterName}: ${reason}.`, clusterGoes: !refused };
  }
  const name = deleted === 'group' ? `Resource group ${resourceGroup}` : `Cluster ${clusterName}`;
  return { done: `${name} is being deleted: ${reason}.`, clusterGoes: true };
}
