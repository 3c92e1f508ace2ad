import { identifier } from '../../runtime/identifiers.js';
import { apiVersions } from '../arm/api-versions.js';
import { armRead, type ArmRequest } from '../arm/request.js';

/** The list of the VM sizes of a location has some megabytes, which a slow connection takes minutes to transfer. */
const sizesTimeoutMs = 5 * 60_000;

/** Reads the subscription itself, such as its name. */
export function readSubscription(subscriptionId: string): ArmRequest {
  return armRead('find the subscription of the login', subscriptionId, '', apiVersions.resources);
}

export function readProvider(subscriptionId: string, namespace: string): ArmRequest {
  const why = `check whether ${namespace} is registered`;
  return armRead(why, subscriptionId, `/providers/${identifier('plain name', namespace)}`, apiVersions.resources);
}

/** Lists the permissions of the caller on the subscription; see "Permissions" in the Azure Authorization REST reference. */
export function listPermissions(subscriptionId: string): ArmRequest {
  const path = '/providers/Microsoft.Authorization/permissions';
  return armRead('list the permissions of the login', subscriptionId, path, apiVersions.permissions);
}

/**
 * Lists all VM sizes of a location with their restrictions. The service filters by location ("Resource Skus - List");
 * without the filter, the list has more than 100 MB (Azure/azure-cli#31592).
 */
export function listSizes(subscriptionId: string, location: string): ArmRequest {
  const query = { $filter: `location eq '${identifier('plain name', location)}'` };
  const path = '/providers/Microsoft.Compute/skus';
  const why = `list the VM sizes of ${location}`;
  return { ...armRead(why, subscriptionId, path, apiVersions.skus, query), timeoutMs: sizesTimeoutMs };
}

export function listUsage(subscriptionId: string, location: string): ArmRequest {
  const path = `/providers/Microsoft.Compute/locations/${identifier('plain name', location)}/usages`;
  return armRead(`read the vCPU quota of ${location}`, subscriptionId, path, apiVersions.computeUsage);
}

export function listVersions(subscriptionId: string, location: string): ArmRequest {
  const place = identifier('plain name', location);
  const path = `/providers/Microsoft.ContainerService/locations/${place}/kubernetesVersions`;
  return armRead(`list the Kubernetes versions of ${location}`, subscriptionId, path, apiVersions.managedClusters);
}
