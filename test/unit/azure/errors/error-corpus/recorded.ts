import { type CorpusEntry, operationFailed } from './entry.js';

/** Errors from recorded traffic and issues that the first version of the classification did not know. */
export const recorded: readonly CorpusEntry[] = [
  {
    source: 'Azure/azure-cli#19137',
    code: 'azure-busy',
    text: 'ERROR: (Conflict) Run command extension execution is in progress. Please wait for completion before invoking a run command.',
  },
  {
    source: 'microsoft/onefuzz#2124',
    code: 'azure-busy',
    text: '(Conflict) The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.\nCode: Conflict\nMessage: The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.',
  },
  {
    source: 'microsoft/onefuzz#2547',
    code: 'azure-not-found',
    status: 400,
    body: {
      error: {
        code: 'InvalidParameter',
        message: 'The provided instanceId 2143 is not an active Virtual Machine Scale Set VM instanceId.',
        target: 'instanceIds',
      },
    },
  },
  {
    source: 'kaito-project/kaito#2075',
    code: 'azure-busy',
    body: operationFailed({
      code: 'OriginalEtagNotExpect',
      message: '… This operation has been preempted by Deleting operation.',
      details: [{ message: 'rpc error: code = FailedPrecondition desc = Original etag not expected' }],
    }),
  },
  {
    source: 'microsoft/retina#1212',
    code: 'azure-busy',
    status: 409,
    body: {
      code: 'EtagMismatch',
      details: [{ code: 'Unspecified', message: 'rpc error: code = FailedPrecondition desc = Etag mismatched' }],
    },
  },
  {
    source: 'Azure/terraform-azurerm-aks#354',
    code: 'azure-busy',
    status: 409,
    body: { code: 'EtagMismatch', details: [{ code: 'Unspecified' }] },
  },
  {
    source: 'mspnp/aks-baseline-regulated#44',
    code: 'azure-unavailable',
    text: '(ProvisioningControlPlaneError) AKS encountered an internal error while attempting the requested Updating operation. AKS will continuously retry …',
  },
  {
    source: 'dotnet/core#2604',
    code: 'azure-policy',
    text: "… Message: Resource 'aks-agentpool-37645640-routetable' was disallowed by policy. Policy identifiers: '…",
  },
  { source: 'Azure/AKS#241', code: 'azure-busy', text: "Operation failed with status: 'Conflict'. Details:" },
  {
    source: 'Azure/AKS#2670',
    code: 'azure-invalid',
    text: "Operation failed with status: 'Bad Request'. Details: The value of parameter agentPoolProfile.minCount is invalid. Please see https://aka.ms/aks-naming-rules for more details.",
  },
  {
    source: 'Azure/AKS#2670',
    code: 'azure-invalid',
    text: 'The value of parameter agentPoolProfile.minCount is invalid. Please see https://aka.ms/aks-naming-rules for more details.',
  },
  {
    source: 'jenkins-infra/helpdesk#3584',
    code: 'azure-capacity',
    body: operationFailed({
      code: 'OverconstrainedZonalAllocationRequest',
      target: '11',
      message:
        'Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive. Please remove some constraints and try again. Constraints applied are:\n  - Availability Zone\n  - Differencing (Ephemeral) Disks\n  - Networking Constraints (such as Accelerated Networking or IPv6)\n  - VM Size\n',
    }),
  },
  {
    source: 'Azure CLI recording test_activity_log_list_scenario.yaml',
    code: 'azure-invalid',
    status: 400,
    body: { Code: 'BadRequest', Message: 'The start time cannot be more than 90 days in the past.' },
  },
];
