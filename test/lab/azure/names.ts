/** The fixed identities of the only tenant of the stand-in, and the ids that ARM derives from names. */

export const tenantId = '11111111-1111-4111-8111-111111111111';
export const subscriptionId = '22222222-2222-4222-8222-222222222222';
/** The application that logs in with a federated token or `clientSecret`. */
export const clientId = '33333333-3333-4333-8333-333333333333';
export const principalId = '44444444-4444-4444-8444-444444444444';
/** The password of the application, for `az login --service-principal --password`. */
export const clientSecret = 'stand-in-client-secret';
/** The only user of the tenant, for `az login --username --password`. */
export const user = {
  name: 'kim@stand-in.example',
  password: 'stand-in-user-password',
  objectId: '55555555-5555-4555-8555-555555555555',
} as const;
/** The identity of the machine that az runs on, and another one that is assigned to it, by their client ids. */
export const machineIdentities = {
  system: '66666666-6666-4666-8666-666666666666',
  user: '77777777-7777-4777-8777-777777777777',
} as const;

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
