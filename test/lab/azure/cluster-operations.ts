import { randomUUID } from 'node:crypto';
import type { Arm } from './arm.js';
import { removeCluster } from './control-planes.js';
import { ArmError, type OperationTrouble } from './messages.js';
import { clusterType } from './names.js';
import type { Operation, Outcome } from './operations.js';
import { type ManagedCluster, type ProvisioningState, touch } from './state.js';

/** The stages of a real create, from the recorded tests of the Azure CLI. */
const createStages = ['InProgress', 'ProvisioningControlPlane', 'ReconcilingDNS'];

const verbs: Partial<Record<ProvisioningState, string>> = {
  Creating: 'create',
  Deleting: 'delete',
  Starting: 'start',
  Stopping: 'stop',
};

export function isBusy({ provisioningState }: ManagedCluster): boolean {
  return !['Succeeded', 'Failed', 'Canceled'].includes(provisioningState);
}

/** @throws ArmError 409 during another change, as AKS does. */
export function refuseWhenBusy(cluster: ManagedCluster): void {
  if (!isBusy(cluster)) return;
  const verb = verbs[cluster.provisioningState] ?? 'update';
  throw new ArmError(
    409,
    'OperationNotAllowed',
    `Operation is not allowed because there's an in progress ${verb} managed cluster operation (operation ID: ${cluster.operation?.id ?? randomUUID()}) on the managed cluster. Please wait for it to finish before starting a new operation.`,
    'aks',
  );
}

/** Changes a cluster: `during` is its state until the effect is complete. */
export function changeCluster(
  arm: Arm,
  cluster: ManagedCluster,
  during: ProvisioningState,
  action: string,
  trouble: OperationTrouble | undefined,
  effect: () => Promise<void>,
): Operation {
  touch(cluster, { provisioningState: during });
  const operation = arm.operations.start({
    resourceId: cluster.id,
    action: `${clusterType}/${action}`,
    trouble,
    ...(during === 'Creating' && { stages: createStages }),
    effect,
    settle: outcome => {
      // The operation that pre-empted this one has already set the state of the cluster.
      if (cluster.operation !== operation || cluster.provisioningState !== during) return;
      conclude(cluster, outcome);
      if (trouble?.healing) heal(arm, cluster, action, trouble.healing, effect);
    },
  });
  cluster.operation = operation;
  return operation;
}

function conclude(cluster: ManagedCluster, outcome: Outcome): void {
  const failure = outcome.status === 'Failed' ? outcome.error : undefined;
  touch(cluster, { provisioningState: outcome.status, failure });
}

/**
 * Repeats a failed change without a request, as the remediator of AKS does (Azure/AKS, issue 1972). The cluster is
 * Failed until the repetition succeeds; any other change to it ends the repetition.
 */
function heal(
  arm: Arm,
  cluster: ManagedCluster,
  action: string,
  trouble: OperationTrouble,
  effect: () => Promise<void>,
): void {
  const current = (): boolean => cluster.operation === operation && cluster.provisioningState === 'Failed';
  const operation: Operation = arm.operations.start({
    resourceId: cluster.id,
    action: `${clusterType}/${action}`,
    trouble,
    effect: async () => {
      if (current()) await effect();
    },
    settle: outcome => {
      if (current()) conclude(cluster, outcome);
    },
  });
  cluster.operation = operation;
}

/** Deletes a cluster. A delete does not wait for the change before it; a second delete has no effect. */
export function deleteCluster(arm: Arm, cluster: ManagedCluster, trouble: OperationTrouble | undefined): Operation {
  const former = cluster.operation;
  if (former && cluster.provisioningState === 'Deleting') return former;
  preempt(cluster);
  return changeCluster(arm, cluster, 'Deleting', 'delete', trouble, async () => {
    await former?.settled;
    await removeCluster(arm, cluster);
  });
}

/** Cancels the change that a delete pre-empts (AKS error code AKSOperationPreemptedByDelete). */
export function preempt(cluster: ManagedCluster): void {
  if (cluster.provisioningState === 'Deleting') return;
  cluster.provisioningState = 'Deleting';
  cluster.operation?.cancel({
    code: 'AKSOperationPreemptedByDelete',
    message: 'The operation was preempted by a delete operation on the managed cluster.',
  });
}

/** Removes a cluster of a deleted group, once no operation runs on it. */
export async function removeWhenIdle(arm: Arm, cluster: ManagedCluster): Promise<void> {
  await cluster.operation?.settled;
  await removeCluster(arm, cluster);
}

/** Cancels the current operation of a cluster with another operation. Returns undefined when none runs. */
export function abortOperation(arm: Arm, cluster: ManagedCluster): Operation | undefined {
  const { operation, id } = cluster;
  if (!operation || !isBusy(cluster)) return undefined;
  operation.cancel({ code: 'OperationAborted', message: 'The operation was aborted by the user.' });
  return arm.operations.start({
    resourceId: id,
    action: `${clusterType}/abort/action`,
    trouble: undefined,
    effect: () => operation.settled,
    settle: () => undefined,
  });
}
