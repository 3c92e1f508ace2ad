import { isObject, type Json } from './messages.js';
import { clientId, principalId, resourceId, tenantId } from './names.js';
import type { ManagedCluster } from './state.js';

/** What AKS fills in for a pool, from the recorded tests of the Azure CLI. */
export const poolDefaults: Json = {
  osDiskSizeGB: 128,
  kubeletDiskType: 'OS',
  maxPods: 250,
  type: 'VirtualMachineScaleSets',
  scaleDownMode: 'Delete',
  enableNodePublicIP: false,
  mode: 'System',
  enableEncryptionAtHost: false,
  enableUltraSSD: false,
  osType: 'Linux',
  osSKU: 'Ubuntu',
  upgradeSettings: { maxSurge: '10%', maxUnavailable: '0' },
  enableFIPS: false,
  securityProfile: { sshAccess: 'LocalUser', enableVTPM: false, enableSecureBoot: false },
};

/** What AKS fills in for a cluster. */
export function clusterDefaults(fqdn: string, location: string, digest: string): Json {
  return {
    fqdn,
    azurePortalFQDN: fqdn.replace('.hcp', '.portal.hcp'),
    maxAgentPools: 100,
    enableRBAC: true,
    supportPlan: 'KubernetesOfficial',
    disableLocalAccounts: false,
    servicePrincipalProfile: { clientId: 'msi' },
    networkProfile: {
      networkPlugin: 'azure',
      networkPluginMode: 'overlay',
      networkPolicy: 'none',
      networkDataplane: 'azure',
      loadBalancerSku: 'standard',
      loadBalancerProfile: { managedOutboundIPs: { count: 1 }, backendPoolType: 'nodeIPConfiguration' },
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.0.0.0/16',
      dnsServiceIP: '10.0.0.10',
      outboundType: 'loadBalancer',
      podCidrs: ['10.244.0.0/16'],
      serviceCidrs: ['10.0.0.0/16'],
      ipFamilies: ['IPv4'],
    },
    autoUpgradeProfile: { nodeOSUpgradeChannel: 'NodeImage' },
    securityProfile: {},
    storageProfile: {
      diskCSIDriver: { enabled: true },
      fileCSIDriver: { enabled: true },
      snapshotController: { enabled: true },
    },
    oidcIssuerProfile: {
      enabled: true,
      issuerURL: `https://${location}.oic.prod-aks.azure.com/${tenantId}/${digest.slice(0, 32)}/`,
    },
    workloadAutoScalerProfile: {},
    resourceUID: digest.slice(0, 24),
    metricsProfile: { costAnalysis: { enabled: false } },
    nodeProvisioningProfile: { mode: 'Manual' },
    bootstrapProfile: { artifactSource: 'Direct' },
    hostedSystemProfile: { enabled: false },
  };
}

const autoScalerProfile: Json = {
  'balance-similar-node-groups': 'false',
  'daemonset-eviction-for-empty-nodes': false,
  'daemonset-eviction-for-occupied-nodes': true,
  expander: 'random',
  'ignore-daemonsets-utilization': false,
  'max-empty-bulk-delete': '10',
  'max-graceful-termination-sec': '600',
  'max-node-provision-time': '15m',
  'max-total-unready-percentage': '45',
  'new-pod-scale-up-delay': '0s',
  'ok-total-unready-count': '3',
  'scale-down-delay-after-add': '10m',
  'scale-down-delay-after-delete': '10s',
  'scale-down-delay-after-failure': '3m',
  'scale-down-unneeded-time': '10m',
  'scale-down-unready-time': '20m',
  'scale-down-utilization-threshold': '0.5',
  'scan-interval': '10s',
  'skip-nodes-with-local-storage': 'false',
  'skip-nodes-with-system-pods': 'true',
};

/** Returns what AKS adds while it creates a cluster: the response to the PUT has none of it. */
export function addedWhileCreating({ name, nodeGroup, pools }: ManagedCluster): Json {
  const agent = resourceId(nodeGroup, 'Microsoft.ManagedIdentity/userAssignedIdentities', `${name}-agentpool`);
  const address = resourceId(nodeGroup, 'Microsoft.Network/publicIPAddresses', `${name}-outbound`);
  return {
    identityProfile: {
      kubeletidentity: { resourceId: lowerGroups(agent), clientId, objectId: principalId },
    },
    networkProfile: { loadBalancerProfile: { effectiveOutboundIPs: [{ id: address }] } },
    ...(pools.some(({ autoscaling }) => autoscaling) && { autoScalerProfile }),
  };
}

/** Returns an id as AKS writes it, with `resourcegroups` in lower case. */
export function lowerGroups(id: string): string {
  return id.replace('/resourceGroups/', '/resourcegroups/');
}

/** Returns `given` over `defaults`, object by object. A null in `given` takes the default. */
export function withDefaults(given: Json, defaults: Json): Json {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue;
    const under = defaults[key];
    merged[key] = isObject(value) && isObject(under) ? withDefaults(value, under) : value;
  }
  return merged;
}
