/** The fixed identities of the stand-in's one tenant, and the ids that ARM makes of names. */

export const tenantId = '11111111-1111-4111-8111-111111111111';
export const subscriptionId = '22222222-2222-4222-8222-222222222222';
/** The application that a federated token or `clientSecret` logs in as. */
export const clientId = '33333333-3333-4333-8333-333333333333';
export const principalId = '44444444-4444-4444-8444-444444444444';
/** The application's password, for `az login --service-principal --password`. */
export const clientSecret = 'stand-in-client-secret';

/** Where az sends ARM calls, logins and directory look-ups. */
export const azureHosts = ['management.azure.com', 'login.microsoftonline.com', 'graph.microsoft.com'] as const;

export const clusterType = 'Microsoft.ContainerService/managedClusters';
export const scaleSetType = 'Microsoft.Compute/virtualMachineScaleSets';

export function groupId(group: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}

/** The id of a resource of the given type, such as `Microsoft.Network/virtualNetworks`. */
export function resourceId(group: string, type: string, name: string): string {
  return `${groupId(group)}/providers/${type}/${name}`;
}

/** ARM compares names and ids without case; this is the key to compare by. */
export function keyOf(text: string): string {
  return text.toLowerCase();
}

export function sameName(one: string, other: string): boolean {
  return keyOf(one) === keyOf(other);
}
