import { ActionError, hasCode } from '../../errors/action-error.js';
import { formatDuration } from '../../runtime/duration.js';
import type { AzureClient } from '../arm/client.js';
import { findTwice, pollUntil } from '../arm/polling.js';
import type { ClusterRef } from '../ref.js';
import { explainByActivity } from './activity.js';
import { readCluster } from './cluster-requests.js';
import { type AksCluster, isFailed, parseCluster } from './cluster.js';

/** How long Azure may take to list a cluster after it has accepted the creation. */
const appearanceMs = 60_000;
/**
 * How long a cluster must stay Failed before that counts: AKS retries many operations itself ("AKS will continuously
 * retry the requested operation until successful or a retry timeout is hit"; Azure/AKS#1972).
 */
const selfRepairMs = 2 * 60_000;

/** Returns the current state of the cluster; undefined when it or its resource group does not exist. */
export function findCluster(azure: AzureClient, ref: ClusterRef): Promise<AksCluster | undefined> {
  return azure.find(readCluster(ref), parseCluster);
}

/**
 * Waits until Azure has finished the operation on a cluster. If the cluster ends in state Failed, the reason is
 * returned, not thrown.
 * @throws ActionError `cluster-create-timeout` at the deadline, or the reason if the cluster is Failed then;
 * `azure-preempted` when the cluster disappears.
 */
export async function waitForCluster(
  azure: AzureClient,
  ref: ClusterRef,
  deadlineMs: number,
): Promise<AksCluster | ActionError> {
  const { clock, log } = azure;
  const startedMs = clock.now();
  let state = '';
  let failure: { readonly error: ActionError; readonly sinceMs: number } | undefined;
  return pollUntil<AksCluster | ActionError>(azure, {
    look: async () => {
      const find = (): Promise<AksCluster | undefined> => findCluster(azure, ref);
      const found = await (state === '' ? find() : findTwice(azure, find));
      if (!found && (state !== '' || clock.now() > startedMs + appearanceMs)) throw deletedError(ref);
      if (found && found.state !== state) log.info(`Cluster ${ref.clusterName}: ${found.state}`);
      state = found?.state ?? state;
      if (!found || !isFailed(found)) {
        failure = undefined;
        return found?.state === 'Succeeded' ? found : undefined;
      }
      if (failure === undefined) {
        failure = { error: await explainByActivity(azure, found), sinceMs: clock.now() };
        if (mayRepairItself(found, failure.error))
          log.info(`${failure.error.message} AKS may still repair it, so this waits.`);
      }
      return mayRepairItself(found, failure.error) && clock.now() < failure.sinceMs + selfRepairMs
        ? undefined
        : failure.error;
    },
    deadlineMs,
    onDeadline: last => failure?.error ?? timeoutError(ref, deadlineMs - startedMs, state, last),
  });
}

/** Returns whether AKS may still repair a cluster: not if the failure requires a different request. */
function mayRepairItself({ state }: AksCluster, failure: ActionError): boolean {
  return state === 'Failed' && hasCode(failure, 'cluster-create-failed', 'azure-unavailable', 'azure-busy');
}

function deletedError({ clusterName, resourceGroup }: ClusterRef): ActionError {
  const message = `Cluster ${clusterName} in resource group ${resourceGroup} was deleted while this run was waiting for it.`;
  return new ActionError('azure-preempted', message);
}

function timeoutError(ref: ClusterRef, waitedMs: number, state: string, last: ActionError | undefined): ActionError {
  return new ActionError(
    'cluster-create-timeout',
    `Cluster ${ref.clusterName} in resource group ${ref.resourceGroup} was not ready after ${formatDuration(waitedMs)}; its state is ${state || 'unknown'}.`,
    { evidence: last?.message ?? '' },
  );
}
