import { resourceOperationFailure } from './activity-log.js';
import { fault, type Fault, type FaultScope, onCluster } from './fault.js';
import { createGate } from './gate.js';
import type { Failure, Gate } from './messages.js';

const onClusterDeletion: FaultScope = { ...onCluster, method: 'DELETE' };
const onGroupDeletion: FaultScope = { method: 'DELETE', path: /\/resourceGroups\/[^/]+$/ };

/** The operation ends Failed, and its error names the cause only in `details`. */
export function wrappedFailure(cause: Failure, scope: FaultScope = {}): Fault {
  const failure = resourceOperationFailure(cause);
  return fault('wrappedFailure', onCluster, scope, { kind: 'trouble', trouble: { failure } });
}

/** The operation ends Failed; then the service repeats it by itself, and the cluster becomes Succeeded. */
export function healingFailure(
  failure: Failure,
  healing: { readonly lroMs: number } | { readonly gate: Gate },
  scope: FaultScope = {},
): Fault {
  return fault('healingFailure', onCluster, scope, { kind: 'trouble', trouble: { failure, healing } });
}

/** The operation never ends. */
export function endlessOperation(scope: FaultScope = {}): Fault {
  return fault('endlessOperation', onCluster, scope, { kind: 'trouble', trouble: { gate: createGate() } });
}

/**
 * The deletion of a cluster is accepted and ends Failed, because of a lock on its node resource group (Azure/AKS, issue
 * 3291). The outer code and text are ours.
 */
export function clusterDeletionFails(scope: FaultScope = {}): Fault {
  const cause: Failure = {
    code: 'ScopeLocked',
    message:
      'The scope cannot perform delete operation because following scope(s) are locked. Please remove the lock and try again.',
  };
  const failure: Failure = {
    code: 'DeleteResourceGroupError',
    message: 'Failed to delete the node resource group of the managed cluster.',
    details: [cause],
  };
  return fault('clusterDeletionFails', onClusterDeletion, scope, { kind: 'trouble', trouble: { failure } });
}

/**
 * The deletion of a group is accepted and fails; the group is Succeeded again (Azure/bicep-registry-modules, pull
 * request 1607; Azure/AKS, issue 1016).
 * @param target the id of the resource that stays
 */
export function groupDeletionFails(
  code: 'ResourceGroupDeletionBlocked' | 'ResourceGroupDeletionTimeout',
  group: string,
  target: string,
  scope: FaultScope = {},
): Fault {
  const resource = target.split('/providers/')[1] ?? target;
  const why =
    code === 'ResourceGroupDeletionBlocked'
      ? `failed as resources with identifiers '${resource}' could not be deleted`
      : `did not finish within the allowed time as resources with identifiers '${resource}' could not be deleted`;
  const message = `Deletion of resource group '${group}' ${why}. The provisioning state of the resource group will be rolled back. The tracking Id is '00000000-0000-0000-0000-000000000000'. Please check audit logs for more details.`;
  const inner = { error: { code: 'InUse', message: `${resource} is in use.` } };
  const details = [{ target, message: JSON.stringify(inner) }];
  const trouble = { failure: { code, message, details } };
  return fault('groupDeletionFails', onGroupDeletion, scope, { kind: 'trouble', trouble });
}
