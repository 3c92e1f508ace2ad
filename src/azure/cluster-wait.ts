import { ActionError } from '../errors/action-error.js';
import { explainByActivity } from './activity.js';
import type { Az } from './az.js';
import { showCluster } from './cluster-commands.js';
import { type AksCluster, isFailed, parseCluster } from './cluster.js';
import type { ClusterRef } from './commands.js';
import { pollUntil, waitUntilGone } from './polling.js';

/** How long Azure may take to list a cluster after it has accepted the creation. */
const appearanceMs = 60_000;

/** Returns the current state of the cluster; undefined when it or its resource group does not exist. */
export function findCluster(az: Az, ref: ClusterRef): Promise<AksCluster | undefined> {
  return az.find(showCluster(ref), parseCluster);
}

/**
 * Waits until Azure has finished the operation on a cluster. If the cluster ends in state Failed, the reason is
 * returned, not thrown.
 * @throws ActionError `cluster-create-timeout` at the deadline, `azure-preempted` when the cluster disappears.
 */
export async function waitForCluster(az: Az, ref: ClusterRef, deadlineMs: number): Promise<AksCluster | ActionError> {
  const startedMs = az.clock.now();
  let state = '';
  const cluster = await pollUntil(az, {
    look: async () => {
      const found = await findCluster(az, ref);
      if (!found && (state !== '' || az.clock.now() > startedMs + appearanceMs)) throw deletedError(ref);
      if (found && found.state !== state) az.log.info(`Cluster ${ref.clusterName}: ${found.state}`);
      state = found?.state ?? state;
      return found && (found.state === 'Succeeded' || isFailed(found)) ? found : undefined;
    },
    deadlineMs,
    onDeadline: last => timeoutError(ref, deadlineMs - startedMs, state, last),
  });
  return isFailed(cluster) ? explainByActivity(az, cluster) : cluster;
}

/** Waits until a cluster is deleted. @throws ActionError `azure-being-deleted` at the deadline. */
export async function waitUntilClusterGone(az: Az, ref: ClusterRef, deadlineMs: number): Promise<void> {
  const leftMs = Math.max(0, deadlineMs - az.clock.now());
  await waitUntilGone(az, `cluster ${ref.clusterName}`, leftMs, () => findCluster(az, ref));
}

function deletedError({ clusterName, resourceGroup }: ClusterRef): ActionError {
  const message = `Cluster ${clusterName} in resource group ${resourceGroup} was deleted while this run was waiting for it.`;
  return new ActionError('azure-preempted', message);
}

function timeoutError(ref: ClusterRef, waitedMs: number, state: string, last: ActionError | undefined): ActionError {
  const minutes = Math.round(waitedMs / 60_000);
  return new ActionError(
    'cluster-create-timeout',
    `Cluster ${ref.clusterName} in resource group ${ref.resourceGroup} was not ready after ${minutes} minutes; its state is ${state || 'unknown'}.`,
    { evidence: last?.message ?? '' },
  );
}
