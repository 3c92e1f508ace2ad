import type { CatalogueArea } from './entry.js';

/** What Azure Resource Manager and AKS answer; see "Troubleshoot Azure Kubernetes Service" in Microsoft's documentation. */
export const azureErrors = {
  'azure-quota': {
    transient: false,
    meaning: 'The subscription has too few vCPUs left in the region, in all or of the family of the node size.',
    hint: 'Lower `node-count`, give a smaller size in `node-vm-size`, raise the quota of the region, or change `location`.',
  },
  'azure-cluster-quota': {
    transient: false,
    meaning: 'The subscription has as many managed clusters in the region as it may have.',
    hint: 'Delete clusters that are not needed any more (operation sweep finds expired ones), or raise the managed-cluster quota.',
  },
  'azure-size-unavailable': {
    transient: false,
    meaning: 'The subscription may not use the node size in this region.',
    hint: 'Give another size in `node-vm-size`; `az vm list-skus --location REGION` shows what the region offers.',
  },
  'azure-capacity': {
    transient: true,
    meaning: 'Azure has no machines of this size left in the region at the moment.',
    hint: 'Give more sizes in `node-vm-size`, fewer `zones`, or another `location`.',
  },
  'azure-zone-unsupported': {
    transient: false,
    meaning: 'The region does not offer the node size in the availability zones that were asked for.',
    hint: 'Change `zones`, `node-vm-size` or `location`.',
  },
  'azure-throttled': {
    transient: true,
    meaning: 'Azure refuses further requests for a while, because there were too many.',
    hint: 'Run fewer jobs against the subscription at once, for example with max-parallel in the matrix.',
  },
  'azure-busy': {
    transient: true,
    meaning: 'Another operation is working on the cluster.',
    hint: 'Wait until it has ended; a `concurrency:` group in the workflow keeps runs from meeting.',
  },
  'azure-being-deleted': {
    transient: true,
    meaning: 'The resource group or the cluster is still being deleted.',
    hint: 'Wait for the deletion, or use another `resource-group` or `cluster-name`.',
  },
  'azure-precondition': {
    transient: false,
    meaning: 'The resource changed between the moment it was read and the moment it was to be written.',
    hint: 'Find out who else works on the resource, then run again.',
  },
  'cluster-exists': {
    transient: false,
    meaning: 'A cluster of this name is already there.',
    hint: 'Set `existing-cluster` to reuse, or give another `cluster-name`.',
  },
  'azure-invalid': {
    transient: false,
    meaning: 'Azure does not accept a name or value of the request.',
    hint: 'Correct the value that the message names.',
  },
  'azure-version-unsupported': {
    transient: false,
    meaning: 'AKS does not offer this version of Kubernetes in the region.',
    hint: 'Leave `kubernetes-version` empty, or give a version that `az aks get-versions --location REGION` lists.',
  },
  'azure-provider-unregistered': {
    transient: false,
    meaning: 'The subscription has not registered the resource provider.',
    hint: 'Register it once with `az provider register --namespace Microsoft.ContainerService`, or with the namespace in the message; it takes minutes.',
  },
  'azure-forbidden': {
    transient: false,
    meaning: 'The identity may not do this in Azure.',
    hint: 'Grant it a role with the action that the message names, on the scope that it names; a new grant takes some minutes to work.',
  },
  'azure-policy': {
    transient: false,
    meaning: 'An Azure policy refuses the request.',
    hint: 'Read the name of the policy in the message; often it wants certain `tags`, another `location`, or no public address.',
  },
  'azure-locked': {
    transient: false,
    meaning: 'A lock on the resource or its group forbids the change.',
    hint: 'Remove the lock by hand, then run again; the action never removes one.',
  },
  'azure-subscription-disabled': {
    transient: false,
    meaning: 'The subscription is disabled and can only be read.',
    hint: 'Look at the billing of the subscription, or give another `subscription-id`.',
  },
  'azure-public-ip-quota': {
    transient: false,
    meaning: 'The subscription has as many public addresses in the region as it may have.',
    hint: 'Delete addresses that are not used, raise the quota, or set `service-type` to internal.',
  },
  'azure-preempted': {
    transient: false,
    meaning: 'Somebody else changed or deleted the cluster while the operation was working on it.',
    hint: 'Look at the activity log of the cluster to see who it was, then run again.',
  },
  'azure-not-found': {
    transient: false,
    meaning: 'Azure does not know the resource.',
    hint: 'Check `subscription-id`, `resource-group` and `cluster-name`.',
  },
  'azure-unavailable': {
    transient: true,
    meaning: 'Azure gave no answer, or said that it cannot answer now.',
    hint: 'Run again later; the status of Azure is at https://azure.status.microsoft.',
  },
  'azure-failed': {
    transient: false,
    meaning: 'Azure refused the request for a reason that is not one of those listed here.',
    hint: 'Read the message of Azure above; its error code can be searched for in the documentation of AKS.',
  },
  'cluster-create-failed': {
    transient: false,
    meaning: 'Azure accepted the request for the cluster, and could not create it.',
    hint: 'Read the reason that Azure gave above; the activity log of the cluster has more.',
  },
  'cluster-create-timeout': {
    transient: true,
    meaning: 'The cluster was not created within the time allowed for it.',
    hint: 'Raise `create-timeout`, or look at the activity log of the cluster.',
  },
} as const satisfies CatalogueArea;
