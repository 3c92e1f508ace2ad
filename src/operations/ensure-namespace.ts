import type { Note } from '../journal/journal.js';
import { fieldManager } from '../kubernetes/api/kubectl-equivalents.js';
import type { KubernetesObject, Namespace } from '../kubernetes/api/types.js';
import { contains } from '../migratorydata/contains.js';
import { type DeploymentKey, isOurs } from '../migratorydata/object-names.js';
import { asRecord } from '../runtime/json.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';

/**
 * Creates the namespace of a deployment, or adds what ours lacks. A namespace of another owner is used without changes:
 * with our label on it, teardown would delete it. One that lacks nothing is not written, because the permissions of
 * many users end at the namespace itself.
 */
export async function ensureNamespace(
  { undoLog }: Context,
  { api, connection }: ConnectedCluster,
  live: Namespace | undefined,
  objects: readonly KubernetesObject[],
  {
    keepNamespace,
    deployment: { namespace, name },
  }: { readonly keepNamespace: boolean; readonly deployment: DeploymentKey },
  note: Note,
): Promise<void> {
  const wanted = objects.find(({ kind }) => kind === 'Namespace');
  if (live !== undefined && !isOurs(live)) {
    note(`Namespace ${namespace} exists and was not created by this action: it is used, but never deleted.`);
    return;
  }
  if (live !== undefined && wanted !== undefined && isAsApplied(live, wanted)) return;
  // If the cluster will be deleted, its namespaces are deleted with it.
  const guarded = keepNamespace || undoLog.open().some(({ kind }) => kind === 'cluster');
  if (live === undefined && !guarded) undoLog.record({ kind: 'namespace', connection, namespace, name });
  if (wanted !== undefined) await api.apply(wanted, `apply namespace ${namespace}`);
}

/** Returns whether an apply would change nothing: what is wanted is there, and no label of an earlier apply is to go. */
function isAsApplied(live: Namespace, wanted: KubernetesObject): boolean {
  const applied = live.metadata.managedFields?.find(
    ({ manager, operation }) => manager === fieldManager && operation === 'Apply',
  );
  const owned = asRecord(asRecord(applied?.fieldsV1)['f:metadata']);
  const isWanted = (field: 'labels' | 'annotations'): boolean =>
    Object.keys(asRecord(owned[`f:${field}`])).every(
      key => !key.startsWith('f:') || key.slice(2) in { ...wanted.metadata[field] },
    );
  return contains(live, wanted) && isWanted('labels') && isWanted('annotations');
}
