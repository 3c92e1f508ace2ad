/** The fixed identities of the only tenant of the stand-in, and the ids that ARM derives from names. */

export const tenantId = '11111111-1111-4111-8111-111111111111';
export const subscriptionId = '22222222-2222-4222-8222-222222222222';
/** The application that logs in with a federated token or `clientSecret`. */
export const clientId = '33333333-3333-4333-8333-333333333333';
export const principalId = '44444444-4444-4444-8444-444444444444';
/** The password of the application, for `az login --service-principal --password`. */
export const clientSecret = 'stand-in-client-secret';

/** The hosts to which az sends ARM calls, logins and directory requests. */
export const azureHosts = ['management.azure.com', 'login.microsoftonline.com', 'graph.microsoft.com'] as const;

export const clusterType = 'Microsoft.ContainerService/managedClusters';
export const scaleSetType = 'Microsoft.Compute/virtualMachineScaleSets';

export function groupId(group: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}

/** Returns the id of a resource of the given type, such as `Microsoft.Network/virtualNetworks`. */
export function resourceId(group: string, type: string, name: string): string {
  return `${groupId(group)}/providers/${type}/${name}`;
}

/** Returns the key for comparisons: ARM compares names and ids case-insensitively. */
export function keyOf(text: string): string {
  return text.toLowerCase();
}

export function sameName(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}
