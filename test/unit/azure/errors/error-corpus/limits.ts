import { type CorpusEntry, deploymentFailed } from './entry.js';

/** Quotas, capacity and sizes. */
export const limits: readonly CorpusEntry[] = [
  {
    source: 'Azure/Mission-Critical-Online#251',
    code: 'azure-quota',
    text: '… failed. Message: Operation could not be completed as it results in exceeding approved Total Regional Cores quota.',
  },
  {
    source: 'Azure/karpenter-provider-azure#192',
    code: 'azure-quota',
    status: 409,
    body: {
      error: {
        code: 'OperationNotAllowed',
        message:
          'Operation could not be completed as it results in exceeding approved standardDASv5Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 100, Current Usage: 96, Additional Required: 64, (Minimum) New Limit Required: 160. …',
      },
    },
  },
  {
    source: 'cloud-barista/cb-spider#1558',
    code: 'azure-quota',
    status: 409,
    body: {
      error: {
        code: 'OperationNotAllowed',
        message:
          'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: KoreaSouth, Current Limit: 50, Current Usage: 50, Additional Required: 2, (Minimum) New Limit Required: 52. …',
      },
    },
  },
  {
    source: 'Azure/azure-cli#15013',
    code: 'azure-quota',
    text: "Operation failed with status: 'Bad Request'. Details: Provisioning of resource(s) for container service mssql-20200831192302 in resource group mssql-20200831192302 failed. Message: Operation could not be completed as it results in exceeding approved Total Regional Cores quota. …",
  },
  {
    source: 'Azure/AKS#5808',
    code: 'azure-quota',
    body: {
      code: 'QuotaExceeded',
      message:
        '… Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: northeurope, Current Limit: 100, Current Usage: 100, Additional Required: 4, (Minimum) New Limit Required: 104. …',
    },
  },
  {
    source: 'Azure/azure-cli#2402',
    code: 'azure-quota',
    body: {
      status: 'Failed',
      error: {
        code: 'ResourceDeploymentFailure',
        message: "The resource operation completed with terminal provisioning state 'Failed'.",
        details: [
          {
            code: 'QuotaExceeded',
            message:
              "Provisioning of resource(s) for container service 'k8s-cluster' in resource group 'habitat-k8s' failed with 1 error(s): \\n Resource target: , code: QuotaExceeded, message: \\n Operation results in exceeding quota limits of Core. Maximum allowed: 10, Current in use: 0, Additional requested: 12.\r\n",
          },
        ],
      },
    },
  },
  {
    source: 'Azure/azureml-sdk-for-r#267',
    code: 'azure-quota',
    text: 'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 7, Additional Required: 12, (Minimum) New Limit Required: 19. …',
  },
  {
    source: 'Quota exceeded error during creation or upgrade (SupportArticles-docs)',
    code: 'azure-quota',
    text: 'Code: QuotaExceeded\nMessage: Operation results in exceeding quota limits of Core. Maximum allowed: 450, Current in use: 449, Additional requested: 8.',
  },
  {
    source: 'Quota exceeded error during creation or upgrade (SupportArticles-docs)',
    code: 'azure-quota',
    text: 'Insufficient vcpu quota requested 6, remaining 4 for family standardDCSv2Family for region westeurope.',
  },
  {
    source: 'microsoft/aspire#19701',
    code: 'azure-cluster-quota',
    text: '(QuotaExceeded) Operation results in exceeding quota limits for managed clusters.\nMaximum allowed: 20, Current usage: 20, Additional requested: 1.\nCode: QuotaExceeded',
  },
  {
    source: 'coreos/tectonic-installer#1454',
    code: 'azure-public-ip-quota',
    text: 'network.PublicIPAddressesClient#CreateOrUpdate: Failure responding to request: StatusCode=400 -- Original Error: autorest/azure: Service returned an error. Status=400 Code="StaticPublicIPCountLimitReached" Message="Cannot create more than 20 public IP addresses with static allocation method for this subscription in this region." Details=[]',
  },
  {
    source: 'giantswarm/azure-operator#163',
    code: 'azure-public-ip-quota',
    body: deploymentFailed('BadRequest', {
      error: {
        code: 'StaticPublicIPCountLimitReached',
        message:
          'Cannot create more than 20 public IP addresses with static allocation method for this subscription in this region.',
        details: [],
      },
    }),
  },
  {
    source: 'openshift/openshift-azure#2252',
    code: 'azure-public-ip-quota',
    body: deploymentFailed('BadRequest', {
      error: {
        code: 'PublicIPCountLimitReached',
        message: 'Cannot create more than 20 public IP addresses for this subscription in this region.',
        details: [],
      },
    }),
  },
  {
    source: 'MicrosoftDocs/azure-docs#106096',
    code: 'azure-public-ip-quota',
    text: 'Azure Quota Exceeded Exception: Error code: PublicIPCountLimitReached, error message: Cannot create more than 3 public IP addresses for this subscription in this region. …',
  },
  {
    source: 'Azure/AKS#4113',
    code: 'azure-capacity',
    body: {
      status: 'Failed',
      error: {
        code: 'AKSCapacityError',
        message:
          'Creating a new cluster is unavailable at this time in region qatarcentral. In order to create a new cluster, we recommend using an alternate region. For a list of all the Azure regions, visit https://aka.ms/aks/regions.',
      },
    },
  },
  {
    source: 'Troubleshoot the AksCapacityHeavyUsage error code (SupportArticles-docs)',
    code: 'azure-capacity',
    text: 'Code: AksCapacityHeavyUsage\nMessage: AKS is experiencing heavy usage in region <Region>. We are working on adding new capacity. …',
  },
  {
    source: 'Azure/AKS#1189',
    code: 'azure-capacity',
    body: deploymentFailed('Conflict', {
      status: 'Failed',
      error: {
        code: 'ResourceDeploymentFailure',
        message: "The resource operation completed with terminal provisioning state 'Failed'.",
        details: [
          {
            code: 'UnderlayNotFound',
            message:
              'Azure Container Service is unable to provision an AKS cluster in westeurope, due to an operational threshold. Please try again later or use an alternate location. …',
          },
        ],
      },
    }),
  },
  {
    source: 'Azure/AKS#1214',
    code: 'azure-capacity',
    text: 'Code="ResourcesOverConstrained" Message="Azure Container Service is unable to provision an AKS cluster in westeurope, due to an operational threshold. …',
  },
  {
    source: 'Azure/AKS#190',
    code: 'azure-capacity',
    text: 'Azure Container Service is unable to provision an AKS cluster in westeurope, due to an operational threshold. Please try again later or use an alternate location. …',
  },
  {
    source: 'jenkins-infra/helpdesk#4459',
    code: 'azure-capacity',
    text: "Failed to scale node pool 'systempool1' in Kubernetes service 'infracijenkinsio-agents-1'. Error: Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive. Please remove some constraints and try again. Constraints applied are:\n  - Availability Zone\n  - Differencing (Ephemeral) Disks\n  - Networking Constraints (such as Accelerated Networking or IPv6)\n  - VM Size",
  },
  {
    source: 'jenkins-infra/helpdesk#4337',
    code: 'azure-capacity',
    text: '(OverconstrainedZonalAllocationRequest) original error: Code="OverconstrainedZonalAllocationRequest" Message="Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive. …',
  },
  {
    source: 'Azure-Samples/aks-store-demo#115',
    code: 'azure-capacity',
    text: 'Details=[{"code":"OverconstrainedAllocationRequest","message":"Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive. Please remove some constraints and try again. Constraints applied are:\\n - Networking Constraints (such as Accelerated Networking or IPv6)\\n - VM Size\\n","target":"0"}]',
  },
  {
    source: 'vmware-tanzu/community-edition#3963',
    code: 'azure-capacity',
    text: 'Code="AllocationFailed" Message="Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance"',
  },
  {
    source: 'Azure/AKS#1272',
    code: 'azure-capacity',
    text: 'Provisioning failed. Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance. AllocationFailed',
  },
  {
    source: 'Troubleshoot the ZonalAllocationFailed error code (SupportArticles-docs)',
    code: 'azure-capacity',
    body: {
      code: 'ZonalAllocationFailed',
      message:
        'Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about improving likelihood of allocation success at https://aka.ms/allocation-guidance. …',
    },
  },
  {
    source: 'Troubleshoot the ZonalAllocationFailed error code (SupportArticles-docs)',
    code: 'azure-capacity',
    body: {
      code: 'AllocationFailed',
      message:
        'The VM allocation failed due to an internal error. Please retry later or try deploying to a different location. …',
    },
  },
  {
    source: 'dotnet/core#7509',
    code: 'azure-size-unavailable',
    text: "(BadRequest) The VM size of AgentPoolProfile:nodepool1 is not allowed in your subscription in location 'westus'.  For more details, please visit https://aka.ms/cpu-quota\nCode: BadRequest\nMessage: The VM size of AgentPoolProfile:nodepool1 is not allowed in your subscription in location 'westus'.  For more details, please visit https://aka.ms/cpu-quota",
  },
  {
    source: 'hashicorp-education/learn-terraform-provision-aks-cluster#15',
    code: 'azure-size-unavailable',
    text: 'Original Error: Code="BadRequest" Message="The VM size of Standard_B2s is not allowed in your subscription in location \'westus2\'. The available VM sizes are …',
  },
  {
    source: 'MicrosoftDocs/azure-docs#45485',
    code: 'azure-size-unavailable',
    text: "Operation failed with status: 'Bad Request'. Details: The VM size of AgentPoolProfile:nodepool1 is not allowed in your subscription in location 'westus'.",
  },
  {
    source: 'Azure/azure-cli#16961',
    code: 'azure-size-unavailable',
    text: "… failed validation with message: 'The requested size for resource '/subscriptions/<omitted>/resourceGroups/maxtest1infra/providers/Microsoft.Compute/virtualMachineScaleSets/aks-nodepool1-42484858-vmss' is currently not available in location 'eastus' zones '' for subscription '<omitted>'. …",
  },
  {
    source: 'Azure-Samples/azuresandbox#70',
    code: 'azure-size-unavailable',
    text: "performing CreateOrUpdate: unexpected status 409 (409 Conflict) with error: SkuNotAvailable: The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: Standard_B2s' is currently not available in location 'eastus'. …",
  },
  {
    source: 'Troubleshoot the InvalidParameter error (SupportArticles-docs)',
    code: 'azure-size-unavailable',
    text: 'Code="InvalidParameter"\nMessage="The requested VM size Standard_D4s_v3 is not available in the current region. The sizes available in the current region are: …',
  },
];
