import { type CorpusEntry, deploymentFailed, operationFailed } from './entry.js';

/** Missing resources, invalid requests, and an unavailable Azure. */
export const requests: readonly CorpusEntry[] = [
  {
    source: 'MicrosoftDocs/mslearn-aspnet-core#118',
    code: 'azure-not-found',
    text: "(ResourceNotFound) The Resource 'Microsoft.ContainerService/managedClusters/eshop-learn-aks' under resource group 'eshop-learn-rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix\nCode: ResourceNotFound\nMessage: The Resource 'Microsoft.ContainerService/managedClusters/eshop-learn-aks' under resource group 'eshop-learn-rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
  },
  {
    source: 'Azure/azure-cli#9301',
    code: 'azure-not-found',
    text: "The Resource 'Microsoft.ContainerService/managedClusters/mmymicroservice' under resource group 'myMicroserviceResources' was not found.",
  },
  {
    source: 'Azure/azure-cli#13169',
    code: 'azure-not-found',
    text: "Resource group 'myaksrgrg' could not be found.",
  },
  {
    source: 'Azure/azure-cli#16708',
    code: 'azure-not-found',
    text: "ResourceNotFoundError: The Resource 'Microsoft.Compute/virtualMachines/aks-app' under resource group 'MC_cluster-name_westus2' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
  },
  {
    source: 'hashicorp/terraform-provider-azurerm#7809',
    code: 'azure-not-found',
    text: 'Status=404 Code="ParentResourceNotFound" Message="Can not perform requested operation on nested resource…',
  },
  {
    source: 'Azure/azure-cli#7211',
    code: 'azure-unavailable',
    text: "ERROR: Error occurred in request., RetryError: HTTPSConnectionPool(host='management.azure.com', port=443): Max retries exceeded with url: /subscriptions/****/resourceGroups/my-resource-gp/providers/Microsoft.ContainerService/managedClusters/my-aks-cluster?api-version=2018-03-31 (Caused by ResponseError('too many 504 error responses',))",
  },
  {
    source: 'Azure/AKS#1798',
    code: 'azure-unavailable',
    text: 'Deployment failed. Correlation ID: 00000000-0000-0000-0000-000000000000. We are unable to serve this request due to an internal error, Correlation ID: 00000000-0000-0000-0000-000000000000, …',
  },
  {
    source: 'Azure/aks-engine#2609',
    code: 'azure-unavailable',
    body: {
      name: '00000000-0000-0000-0000-000000000000',
      status: 'Failed',
      startTime: '2020-01-21T09:32:54.7450832Z',
      endTime: '2020-01-21T09:39:40.2874612Z',
      error: {
        code: 'ReconcileVMSSAgentPoolFailed',
        message: 'We are unable to serve this request due to an internal error, …',
      },
    },
  },
  {
    source: 'Azure/azure-cli#28334',
    code: 'azure-unavailable',
    text: "azure.core.exceptions.ServiceResponseError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
  },
  {
    source: 'microsoft/azure-pipelines-tasks#12925',
    code: 'azure-unavailable',
    status: 504,
    body: {
      error: {
        code: 'GatewayTimeout',
        message: "The gateway did not receive a response from 'Microsoft.Storage' within the specified time period.",
      },
    },
  },
  {
    source: 'Azure/azure-cli#31815',
    code: 'azure-unavailable',
    text: 'Gateway Timeout({"error":{"code":"GatewayTimeout","message":"The gateway did not receive a response from \'Microsoft.App\' within the specified time period."}})',
  },
  {
    source: 'Azure/AKS#240',
    code: 'azure-unavailable',
    body: operationFailed({ code: 'ControlPlaneProvisioningInternalError', message: 'Internal server error' }),
  },
  {
    source: 'Azure/AKS#1972',
    code: 'azure-unavailable',
    text: 'Code="CreateVMSSAgentPoolFailed" Message="AKS encountered an internal error while attempting the requested Creating operation. AKS will continuously retry the requested operation until successful or a retry timeout is hit. …',
  },
  {
    source: 'Azure/AKS-Construction#701',
    code: 'azure-invalid',
    body: {
      code: 'InsufficientSubnetSize',
      details: null,
      message:
        'Pre-allocated IPs 1280 exceeds IPs available 1024 in Subnet Cidr 10.240.100.0/22, Subnet Name networkProfile.podCIDR. …',
      subcode: '',
      target: 'networkProfile.podCIDR',
    },
  },
  {
    source: 'Azure/AKS#2119',
    code: 'azure-invalid',
    text: 'VMSSAgentPoolReconciler retry failed: does not have enough capacity for 101 IP addresses',
  },
  {
    source: 'MicrosoftDocs/azure-docs#88211',
    code: 'azure-invalid',
    body: deploymentFailed('BadRequest', {
      error: {
        code: 'SubnetIsFull',
        message: 'Subnet Subnet1 with address prefix 10.0.0.0/24 does not have enough capacity for 1 IP addresses.',
        details: [],
      },
    }),
  },
  {
    source: 'Azure/karpenter-provider-azure#734',
    code: 'azure-invalid',
    text: 'SubnetIsFull: Subnet /subscriptions/<sub-id>/resourceGroups/<RG>/providers/Microsoft.Network/virtualNetworks/<VNetwork>/subnets/one with address prefix 10.0.0.0/20 does not have enough capacity for 1 IP addresses',
  },
  {
    source: 'Azure/AKS#3653',
    code: 'azure-invalid',
    text: '… Error: Pre-allocated IPs 255 exceeds IPs available 251 in Subnet Cidr 10.10.0.0/24, Subnet Name AKS. http://aka.ms/aks/insufficientsubnetsize',
  },
  {
    source: 'Azure/AKS#456',
    code: 'azure-invalid',
    text: 'Pre-allocated IPs 310 exceeds IPs available in Subnet 251',
  },
  {
    source: 'Azure/AKS-Construction#403',
    code: 'azure-invalid',
    body: deploymentFailed('BadRequest', {
      code: 'NetworkProfileCIDROverlapVNET',
      message: 'NetworkProfile CIDR 10.240.100.0/24 overlaps with reserved VNET CIDR 10.240.0.0/16',
      subcode: '',
      target: 'networkProfile.podCIDR',
    }),
  },
  {
    source: 'Azure/azure-cli#22442',
    code: 'azure-invalid',
    text: '(InvalidParameter) The value of parameter agentPoolProfile.count is invalid. Please see https://aka.ms/aks-naming-rules for more details.\nCode: InvalidParameter\nMessage: The value of parameter agentPoolProfile.count is invalid. Please see https://aka.ms/aks-naming-rules for more details.\nTarget: agentPoolProfile.count',
  },
  {
    source: 'pulumi/pulumi-azure-native#2943',
    code: 'azure-invalid',
    text: 'error: Code="InvalidParameter" Message="Required parameter properties.count is missing (null)." Target="properties.count"',
  },
  {
    source: 'pulumi/pulumi-azure-native#579',
    code: 'azure-invalid',
    text: 'error: Code="BadRequest" Message="A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations. …',
  },
  {
    source: 'Troubleshoot the InvalidParameter error (SupportArticles-docs)',
    code: 'azure-invalid',
    text: 'Code="InvalidParameter"\nMessage="The value of parameter name is invalid. Error details: "omsagent-aks-dev-microsoft" managed cluster name is invalid because \'MICROSOFT\' and \'WINDOWS\' can\'t be used as either a whole word or a substring in the name.. …',
  },
  {
    source: 'Azure/azure-cli#22242',
    code: 'azure-invalid',
    text: "(InvalidResourceGroupLocation) Invalid resource group location 'eastus'. The Resource group already exists in location 'westus'.\nCode: InvalidResourceGroupLocation\nMessage: Invalid resource group location 'eastus'. The Resource group already exists in location 'westus'.",
  },
  {
    source: 'trailofbits/algo#1814',
    code: 'azure-invalid',
    text: "Resource group create_or_update failed with status code: 409 and message: Invalid resource group location 'westus'. The Resource group already exists in location 'ukwest'.",
  },
  {
    source: 'Azure/pcs-cli#409',
    code: 'azure-invalid',
    body: {
      code: 'LocationNotAvailableForResourceType',
      message:
        "The provided location 'southcentralus' is not available for resource type 'Microsoft.ContainerService/managedClusters'. List of available regions for the resource type is 'eastus,westeurope,centralus,canadacentral,canadaeast,uksouth,westus,westus2,australiaeast,northeurope,japaneast,eastus2,southeastasia,ukwest'.",
    },
  },
  {
    source: 'Azure/azure-cli#28368',
    code: 'azure-invalid',
    text: "azure.core.exceptions.HttpResponseError: (NoRegisteredProviderFound) No registered resource provider found for location 'australiaeast' and API version '2024-01-01' for type 'managedClusters'. …",
  },
  {
    source: 'Azure/AKS#2349',
    code: 'azure-invalid',
    text: "Operation failed with status: 'Bad Request'. Details: Client Error: Availability Sets Not Supported",
  },
];
