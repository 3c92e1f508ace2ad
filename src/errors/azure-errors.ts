import type { CatalogueArea } from './entry.js';

/**
 * Errors of Azure Resource Manager and AKS; see "Troubleshoot Azure Kubernetes Service" in Microsoft's documentation.
 */
export const azureErrors = {
  'azure-quota': {
    transient: false,
    meaning: 'The vCPU quota of the region, or of the VM family of the node size, is exceeded.',
    hint: 'Lower `node-count`, set a smaller size in `node-vm-size`, request a higher quota, or change `location`.',
  },
  'azure-cluster-quota': {
    transient: false,
    meaning: 'The quota of managed clusters in the region is exceeded.',
    hint: 'Delete clusters that are no longer needed (operation sweep finds expired ones), or request a higher managed-cluster quota.',
  },
  'azure-size-unavailable': {
    transient: false,
    meaning: 'The node size is not available to the subscription in this region.',
    hint: 'Set another size in `node-vm-size`; `az vm list-skus --location REGION` lists the available sizes.',
  },
  'azure-capacity': {
    transient: true,
    meaning: 'Azure currently has no capacity for this node size in the region.',
    hint: 'Set more sizes in `node-vm-size`, fewer `zones`, or another `location`.',
  },
  'azure-zone-unsupported': {
    transient: false,
    meaning: 'The node size is not available in the requested availability zones of the region.',
    hint: 'Change `zones`, `node-vm-size` or `location`.',
  },
  'azure-throttled': {
    transient: true,
    meaning: 'Azure throttles the requests, because there were too many.',
    hint: 'Run fewer jobs against the subscription at the same time, for example with max-parallel in the matrix.',
  },
  'azure-busy': {
    transient: true,
    meaning: 'Another operation is in progress on the cluster.',
    hint: 'Wait until it ends; a `concurrency:` group in the workflow prevents concurrent runs.',
  },
  'azure-being-deleted': {
    transient: true,
    meaning: 'The resource group or the cluster is still being deleted.',
    hint: 'Wait until the deletion ends, or set another `resource-group` or `cluster-name`.',
  },
  'azure-precondition': {
    transient: false,
    meaning: 'The resource was changed after it was read and before it was written.',
    hint: 'Find out who else changes the resource, then run again.',
  },
  'cluster-exists': {
    transient: false,
    meaning: 'A cluster with this name already exists.',
    hint: 'Set `existing-cluster` to reuse, or set another `cluster-name`.',
  },
  'azure-invalid': {
    transient: false,
    meaning: 'A name or value in the request is not valid in Azure.',
    hint: 'Correct the value that the message names.',
  },
  'azure-version-unsupported': {
    transient: false,
    meaning: 'AKS does not support this Kubernetes version in the region.',
    hint: 'Leave `kubernetes-version` empty, or set a version that `az aks get-versions --location REGION` lists.',
  },
  'azure-provider-unregistered': {
    transient: false,
    meaning: 'The resource provider is not registered in the subscription.',
    hint: 'Register it once with `az provider register --namespace Microsoft.ContainerService`, or with the namespace in the message; this takes some minutes.',
  },
  'azure-forbidden': {
    transient: false,
    meaning: 'The identity is not authorized to perform this action in Azure.',
    hint: 'Assign it a role with the action and on the scope that the message names; a new role assignment takes effect after some minutes.',
  },
  'azure-policy': {
    transient: false,
    meaning: 'An Azure policy denies the request.',
    hint: 'The message names the policy; often it requires certain `tags`, another `location`, or no public IP address.',
  },
  'azure-locked': {
    transient: false,
    meaning: 'A lock on the resource or its resource group prevents the change.',
    hint: 'Remove the lock manually, then run again; the action never removes locks.',
  },
  'azure-subscription-disabled': {
    transient: false,
    meaning: 'The subscription is disabled and therefore read-only.',
    hint: 'Check the billing of the subscription, or set another `subscription-id`.',
  },
  'azure-public-ip-quota': {
    transient: false,
    meaning: 'The quota of public IP addresses in the region is exceeded.',
    hint: 'Delete unused public IP addresses, request a higher quota, or set `service-type` to internal.',
  },
  'azure-preempted': {
    transient: false,
    meaning: 'Another client changed or deleted the cluster during the operation.',
    hint: 'Check the activity log of the cluster to see which client it was, then run again.',
  },
  'azure-not-found': {
    transient: false,
    meaning: 'The resource does not exist in Azure.',
    hint: 'Check `subscription-id`, `resource-group` and `cluster-name`.',
  },
  'azure-unreachable': {
    transient: false,
    meaning: 'The runner cannot connect to Azure: its proxy or its certificates do not allow it.',
    hint: 'Check HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE of the runner: the action uses them like az.',
  },
  'azure-unavailable': {
    transient: true,
    meaning: 'Azure did not respond, or responded that it is unavailable.',
    hint: 'Run again later; check the status of Azure at https://azure.status.microsoft.',
  },
  'azure-failed': {
    transient: false,
    meaning: 'Azure rejected the request for a reason that has no code of its own.',
    hint: 'Read the message of Azure above, and search for its error code in the AKS documentation.',
  },
  'cluster-create-failed': {
    transient: false,
    meaning: 'Azure accepted the request, but could not create the cluster.',
    hint: 'Read the reason from Azure above; the activity log of the cluster has more details.',
  },
  'cluster-create-timeout': {
    transient: true,
    meaning: 'The cluster was not created in time.',
    hint: 'Raise `create-timeout`, or check the activity log of the cluster.',
  },
} as const satisfies CatalogueArea;
