import type { AzureClient } from '../azure/arm/client.js';
import type { BegunDeletion, DeletionGuard } from '../azure/deletion/deletion.js';
import { findLockedNamespaces } from '../chaos/revert/lease.js';
import { hasCode, toActionError } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import { waitForApi } from '../kubernetes/api/kubectl-version.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { withConnection } from './connection.js';
import type { Context } from './context.js';
import { lockForDeletion } from './lock.js';
import type { AksProvider } from './provider.js';
import type { Connection } from './undo-log.js';

/** How long the API server of a cluster that is to be deleted may take to respond, in milliseconds. */
const apiTimeoutMs = 30_000;

/**
 * Returns the guard of the deletion of a cluster: it takes the locks on `namespaces`, and on all other deployments in
 * it, of any repository, if it may list them. A cluster that cannot be asked, such as a stopped one, is deleted anyway,
 * because it costs money: its tags, read again right before, must do, since a run that works on a cluster moves its
 * expiry. The same holds without `namespaces` and without the permission to list the locks.
 * The guard throws ActionError `locked` while another run works on the cluster, `lock-lost`, and the errors of a cluster
 * that can be asked.
 */
export function guardDeletion(
  context: Context,
  provider: AksProvider,
  namespaces: readonly string[],
  note: Note,
): DeletionGuard {
  return async begin => {
    let connection: Connection | undefined;
    const answer = { isNeeded: false };
    const beginAndSettle = async (azure: AzureClient): Promise<BegunDeletion> => {
      const begun = await begin(azure);
      // The locks are deleted with the cluster, so the post step does not have to release them.
      if (begun.started) context.undoLog.settleAll(undo => undo.kind === 'lock' && undo.connection === connection);
      return begun;
    };
    try {
      return await withConnection(context, provider, async cluster => {
        ({ connection } = cluster);
        await waitForApi(cluster.api, apiTimeoutMs);
        answer.isNeeded = namespaces.length > 0;
        const finding = findLockedNamespaces(cluster.api);
        const others = await (answer.isNeeded ? cluster.api.unlessForbidden(finding, unseen.otherLocks) : finding);
        const locked = new Set([...namespaces, ...(others ?? [])]);
        const beginLocked = ({ signal }: Context): Promise<BegunDeletion> => {
          answer.isNeeded = true;
          return beginAndSettle(provider.azure.withSignal(signal));
        };
        const lockAll = [...locked].reduce(
          (inner, namespace) => outer => lockForDeletion(outer, cluster, namespace, inner),
          beginLocked,
        );
        return lockAll(context);
      });
    } catch (error) {
      context.signal.throwIfAborted();
      if (answer.isNeeded || hasCode(error, 'locked', 'lock-lost')) throw error;
      const { message } = toActionError(error);
      const why = `Could not check whether another run works on cluster ${provider.target.clusterName}: ${message}`;
      note(`${why} Its tags decide.`);
      return beginAndSettle(provider.azure);
    }
  };
}
