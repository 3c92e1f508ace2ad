import type { CorpusEntry } from './entry.js';

/** Other operations, etags, deletions in progress. */
export const conflicts: readonly CorpusEntry[] = [
  {
    source: 'Azure/azure-workload-identity#417',
    code: 'azure-busy',
    text: 'ERROR: (OperationNotAllowed) Operation is not allowed: Another operation (nodepool1 - Updating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details\nCode: OperationNotAllowed\nMessage: Operation is not allowed: Another operation (nodepool1 - Updating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details',
  },
  {
    source: 'Azure/terraform-azurerm-avm-ptn-aks-production#25',
    code: 'azure-busy',
    text: 'Operation is not allowed: Another operation (Updating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details',
  },
  {
    source: 'cilium/cilium#25944',
    code: 'azure-busy',
    text: 'ERROR: (OperationNotAllowed) Operation is not allowed: Another agentpool operation (nodepool1 - Creating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details',
  },
  {
    source: 'Cluster pending operation (OperationNotAllowed) errors (SupportArticles-docs)',
    code: 'azure-busy',
    text: 'Managed Cluster operation is not allowed: Another operation (<operation-name>) is in progress on agent pool (<agent-pool-name>), please wait for it to finish before starting a new operation. …',
  },
  {
    source: 'Cluster pending operation (OperationNotAllowed) errors (SupportArticles-docs)',
    code: 'azure-busy',
    text: "(OperationNotAllowed) managed cluster is in Provisioning State(Updating) and Power State(Running), starting cannot be performed The previous operation started at '2024-02-21T13:33:55Z' and elapsed time is: '00:00:00' (RFC3339 format)\nCode: OperationNotAllowed\nMessage: managed cluster is in Provisioning State(Starting) and Power State(Running), starting cannot be performed The previous operation started at '2024-02-21T13:33:55Z' and elapsed time is: '00:00:00' (RFC3339 format)",
  },
  {
    source: 'Cluster pending operation (OperationNotAllowed) errors (SupportArticles-docs)',
    code: 'azure-being-deleted',
    body: {
      code: 'OperationNotAllowed',
      details: null,
      message:
        "Unable to perform 'Scaling' operation on 'agentpool' since deletion was issued on 'agentpool'. The only allowed operation is deletion once deletion has started. The delete operation started at '2024-01-09T04:29:12Z' and elapsed time is: '00:30:28' (RFC3339 format)",
      subcode: '',
    },
  },
  {
    source: 'Azure/AKS#1245',
    code: 'azure-busy',
    text: "Operation failed with status: 'Conflict'. Details: Updating Kubernetes version and agent node scaling are mutually exclusive operations. Please visit https://aka.ms/aks-pending-upgrade for more details.",
  },
  {
    source: 'Azure/azure-powershell#15845',
    code: 'azure-busy',
    text: 'ErrorCode: Conflict ErrorMessage: Run command extension execution is in progress. Please wait for completion before invoking a run command. ErrorTarget: StatusCode: 409 ReasonPhrase: Conflict',
  },
  {
    source: 'Azure/azure-cli#32305',
    code: 'azure-busy',
    body: {
      error: {
        code: 'Conflict',
        message:
          'Run command extension execution is in progress. Please wait for completion before invoking a run command.',
      },
    },
  },
  {
    source: 'Azure/azure-cli#15765',
    code: 'azure-busy',
    body: {
      error: {
        code: 'Conflict',
        message:
          'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.',
      },
    },
  },
  {
    source: 'cloudfoundry/bosh-azure-cpi-release#762',
    code: 'azure-busy',
    body: {
      error: {
        code: 'ConflictingConcurrentWriteNotAllowed',
        message:
          'The operation was interrupted by a conflicting concurrent write on the same entity. Please retry later.',
      },
    },
  },
  {
    source: 'cloudfoundry/bosh-azure-cpi-release#179',
    code: 'azure-busy',
    status: 429,
    body: {
      error: {
        code: 'RetryableError',
        message: 'A retryable error occured.',
        details: [
          {
            code: 'RetryableErrorDueToAnotherOperation',
            message:
              'Operation AllocateTenantNetworkResourcesOperation (00000000-0000-0000-0000-000000000000) is updating resource 00000000-0000-0000-0000-000000000000. The call can be retried in 14 seconds.',
          },
        ],
      },
    },
  },
  {
    source: 'hashicorp/terraform#7986',
    code: 'azure-busy',
    text: 'Status=429 Code="RetryableError" \nMessage="A retryable error occured."\n\nDetails=\n[{\n"code":"ReferencedResourceNotProvisioned",\n\n"message":"Cannot proceed with operation because resource …',
  },
  {
    source: 'pulumi/pulumi-azure-native#1450',
    code: 'azure-busy',
    text: 'error: 1 error occurred:\n      \t* Code="RetryableError" Message="A retryable error occurred."',
  },
  {
    source: 'Azure/azure-rest-api-specs#22434',
    code: 'azure-busy',
    text: 'OperationPreempted Operation execution has been preempted by a more recent operation.',
  },
  {
    source: 'Troubleshoot the VirtualNetworkNotInSucceededState error code (SupportArticles-docs)',
    code: 'azure-busy',
    text: 'Status=400 Code="VirtualNetworkNotInSucceededState" Message="Virtual network /subscriptions/<SUBSCRIPTION>/resourceGroups/<RESOURCE GROUP>/providers/Microsoft.Network/virtualNetworks/<VNET> is in Updating state. It needs to be in Succeeded state in order to set resource ownership.',
  },
  {
    source: 'Azure/terraform-azurerm-aks#604',
    code: 'azure-busy',
    status: 409,
    body: {
      code: 'EtagMismatch',
      details: [{ code: 'Unspecified', message: 'rpc error: code = FailedPrecondition desc = Etag mismatched' }],
      message: 'Operation is not allowed: Another operation is in progress',
    },
  },
  {
    source: 'Azure/terraform-azurerm-aks#604',
    code: 'azure-precondition',
    conditional: true,
    status: 409,
    body: {
      code: 'EtagMismatch',
      details: [{ code: 'Unspecified', message: 'rpc error: code = FailedPrecondition desc = Etag mismatched' }],
      message: 'Operation is not allowed: Another operation is in progress',
    },
  },
  {
    source: 'Azure/AKS-Construction#390',
    code: 'azure-busy',
    body: {
      status: 'Failed',
      error: {
        code: 'ExtensionOperationFailed',
        message:
          'The extension operation failed with the following error:  Request failed to https://management.azure.com/subscriptions/xyz/resourceGroups/abc/providers/Microsoft.ContainerService/managedclusters/aks/extensionaddons/dapr?api-version=2021-03-01. Error code: Conflict. Reason: Conflict.{\n  "code": "EtagMismatch",\n  "message": "…',
      },
    },
  },
  {
    source: 'kubernetes-sigs/cloud-provider-azure#9728',
    code: 'azure-precondition',
    conditional: true,
    status: 412,
    body: {
      error: {
        code: 'PreconditionFailed',
        message: 'Etag provided in if-match header "2" does not match etag "3" of resource.',
      },
    },
  },
  {
    source: 'kubernetes-sigs/cloud-provider-azure#9729',
    code: 'azure-precondition',
    conditional: true,
    status: 412,
    body: {
      error: {
        code: 'PreconditionFailed',
        message: 'Precondition failed.',
        details: [
          {
            code: 'PreconditionFailedEtagMismatch',
            message:
              'Etag provided in if-match header W/"00000000-0000-0000-0000-000000000001" does not match etag W/"00000000-0000-0000-0000-000000000002" of resource …',
          },
        ],
      },
    },
  },
  {
    source: 'Azure/azure-cli#30309',
    code: 'azure-precondition',
    conditional: true,
    text: 'azure.core.exceptions.HttpResponseError: (PreconditionFailed) Resource not found but ETag header is provided. If this is a request to create, please do not provide ETag.',
  },
  {
    source: 'AKSOperationPreempted error when performing a new operation (SupportArticles-docs)',
    code: 'azure-preempted',
    body: {
      code: 'AKSOperationPreempted',
      message: 'This operation has been preempted by another operation with ID <operation ID>',
    },
  },
  {
    source: 'AKSOperationPreempted error when performing a new operation (SupportArticles-docs)',
    code: 'azure-preempted',
    text: 'Code: "AKSOperationPreemptedByDelete"\nMessage: "This operation has been preempted by Deleting operation."',
  },
  {
    source: 'Azure/azure-powershell#23812',
    code: 'azure-preempted',
    body: {
      name: '00000000-0000-0000-0000-000000000000',
      status: 'Succeeded',
      error: {
        code: 'NotLatestOperation',
        message:
          "Cannot proceed with the operation. Either the operation has been preempted by another one, or the information needed by the operation failed to be saved (or hasn't been saved yet).",
      },
    },
  },
  {
    source: 'Azure/AKS#1913',
    code: 'azure-preempted',
    text: 'The operation was overriden and canceled by a later operation <operation GUID>.',
  },
  {
    source: 'Azure/azure-cli#21121',
    code: 'azure-being-deleted',
    text: "(ResourceGroupBeingDeleted) The resource group 'learn-00000000-0000-0000-0000-000000000000' is in deprovisioning state and cannot perform this operation.\nCode: ResourceGroupBeingDeleted\nMessage: The resource group 'learn-00000000-0000-0000-0000-000000000000' is in deprovisioning state and cannot perform this operation.",
  },
  {
    source: 'openshift/openshift-azure#2020',
    code: 'azure-being-deleted',
    text: 'resources.DeploymentsClient#CreateOrUpdate: Failure sending request: StatusCode=0 -- Original Error: autorest/azure: Service returned an error. Status=<nil> Code=\\"ResourceGroupBeingDeleted\\" Message=\\"The resource group \'management-australiasoutheast\' is in deprovisioning state and cannot perform this operation.\\"',
  },
];
