import { ActionError } from '../errors/action-error.js';
import { explainByActivity } from './activity.js';
import type { Az } from './az.js';
import { showCluster } from './cluster-commands.js';
import { type AksCluster, isFailed, parseCluster } from './cluster.js';
import type { ClusterRef } from './commands.js';
import { pollUntil, waitUntilGone } from './polling.js';

/** How long a cluster may take to show itself after Azure has accepted its creation. */
const appearanceMs = 60_000;

/** The cluster as it is now; undefined when it, or its group, does not exist. */
export function findCluster(az: Az, ref: ClusterRef): Promise<AksCluster | undefined> {
  return az.find(showCluster(ref), parseCluster);
}

/**
 * Looks until Azure has finished what it does to a cluster. Gives the reason, not thrown, when it ends Failed.
 * @throws ActionError `cluster-create-timeout` at the deadline, `azure-preempted` when the cluster disappears.
 */
export async function waitForCluster(az: Az, ref: ClusterRef, deadlineMs: number): Promise<AksCluster | ActionError> {
  const startedMs = az.clock.now();
  let state = '';
  const cluster = await pollUntil(az, {
    look: async () => {
      const found = await findCluster(az, ref);
      if (!found && (state !== '' || az.clock.now() > startedMs + appearanceMs)) throw vanished(ref);
      if (found && found.state !== state) az.log.info(`Cluster ${ref.clusterName}: ${found.state}`);
      state = found?.state ?? state;
      return found && (found.state === 'Succeeded' || isFailed(found)) ? found : undefined;
    },
    deadlineMs,
    onDeadline: last => tooLate(ref, deadlineMs - startedMs, state, last),
  });
  return isFailed(cluster) ? explainByActivity(az, cluster) : cluster;
}

/** Waits until a cluster that is being deleted is gone. @throws ActionError `azure-being-deleted` at the deadline. */
export async function waitUntilClusterGone(az: Az, ref: ClusterRef, deadlineMs: number): Promise<void> {
  const leftMs = Math.max(0, deadlineMs - az.clock.now());
  await waitUntilGone(az, `cluster ${ref.clusterName}`, leftMs, () => findCluster(az, ref));
}

function vanished({ clusterName, resourceGroup }: ClusterRef): ActionError {
  const message = `Cluster ${clusterName} in resource group ${resourceGroup} is gone: it was deleted while this run waited for it.`;
  return new ActionError('azure-preempted', message);
}

function tooLate(ref: ClusterRef, waitedMs: number, state: string, last: ActionError | undefined): ActionError {
  const minutes = Math.round(waitedMs / 60_000);
  return new ActionError(
    'cluster-create-timeout',
    `Cluster ${ref.clusterName} in resource group ${ref.resourceGroup} was not ready after ${minutes} minutes of waiting; its state is ${state || 'unknown'}.`,
    { evidence: last?.message ?? '' },
  );
}
