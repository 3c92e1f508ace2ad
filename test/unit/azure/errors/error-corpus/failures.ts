import { type CorpusEntry, deploymentFailed, operationFailed } from './entry.js';

/** Nodes that do not start, and deletions that something blocks. */
export const failures: readonly CorpusEntry[] = [
  {
    source: 'Azure/aks-engine#2212',
    code: 'azure-failed',
    body: deploymentFailed('Conflict', {
      status: 'Failed',
      error: {
        code: 'ResourceDeploymentFailure',
        message: "The resource operation completed with terminal provisioning state 'Failed'.",
        details: [
          {
            code: 'VMExtensionProvisioningError',
            message:
              "VM has reported a failure when processing extension 'vmssCSE'. Error message: \"Enable failed: failed to execute command: command terminated with exit status=50\n[stdout]\n…",
          },
        ],
      },
    }),
  },
  {
    source: 'Basic troubleshooting of AKS cluster startup issues (SupportArticles-docs)',
    code: 'azure-failed',
    text: '(VMExtensionProvisioningError) Unable to establish outbound connection from agents, please see https://learn.microsoft.com/en-us/troubleshoot/azure/azure-kubernetes/error-code-outboundconnfailvmextensionerror and https://aka.ms/aks-required-ports-and-addresses for more information.  \nDetails: instance 3 has extension error details : {vmssCSE error messages : {vmssCSE exit status=50, …',
  },
  {
    source: 'Azure/AKS#1352',
    code: 'azure-failed',
    text: 'Provisioning of VM extension vmssCSE has timed out. Extension provisioning has taken too long to complete. The extension last reported "Plugin enabled". More information on troubleshooting is available at https://aka.ms/VMExtensionCSELinuxTroubleshoot (Code: VMExtensionProvisioningTimeout)',
  },
  {
    source: 'Azure/aks-engine#3694',
    code: 'azure-failed',
    body: deploymentFailed('Conflict', {
      status: 'Failed',
      error: {
        code: 'ResourceDeploymentFailure',
        message: "The resource operation completed with terminal provisioning state 'Failed'.",
        details: [
          {
            code: 'OSProvisioningTimedOut',
            message:
              "OS Provisioning for VM 'k8s-master-30918674-2' did not finish in the allotted time. The VM may still finish provisioning successfully. Please check provisioning state later. …",
          },
        ],
      },
    }),
  },
  {
    source: 'Azure-Terraform/terraform-azurerm-kubernetes#28',
    code: 'azure-failed',
    text: 'Code="ControlPlaneAddOnsNotReady" Message="Pods not in Running status: kube-proxy"',
  },
  {
    source: 'Azure/AKS#989',
    code: 'azure-failed',
    body: operationFailed({ code: 'NodesNotReady', message: '' }),
  },
  {
    source: 'Azure/AKS#3581',
    code: 'azure-failed',
    body: operationFailed({ code: 'ReconcileControlPlaneCertificatesError', message: 'key pool is empty' }),
  },
  {
    source: 'Azure/AKS#2443',
    code: 'azure-failed',
    text: 'ResourceGroupReconciler retry failed: Category: ClientError; SubCode: PublicIPAddressCannotBeDeleted; Dependency: Azure Resource Manager; OrginalError: Future#WaitForCompletion: the number of retries has been exceeded: StatusCode=409 -- Original Error: Code="ResourceGroupDeletionBlocked" Message="Deletion of resource group \'MC_orderinbox-west-us_orderinbox_westus\' failed as resources with identifiers …',
  },
  {
    source: 'Azure/AKS#1427',
    code: 'azure-failed',
    text: 'StatusCode=409 -- Original Error: Code="ResourceGroupDeletionBlocked" Message="Deletion of resource group \'MC_temp0130_zerobigdemoaks_japaneast\' failed as resources with identifiers \'Microsoft.Network/networkProfiles/vk-4c552796fd5ae9643bf068fe336c3b44ddc75205e1bde5112652d8ebc8148b8d\' could not be deleted. The provisioning state of the resource group will be rolled back. …" Details=[{"AdditionalInfo":null,"Code":null,"Details":null,"Message":"{\\"error\\":{\\"code\\":\\"NetworkProfileAlreadyInUseWithContainerNics\\",…',
  },
  {
    source: 'Azure/AKS#1016',
    code: 'azure-failed',
    text: "Deployment failed. Correlation ID: 00000000-0000-0000-0000-000000000000. Code=\"ResourceGroupDeletionTimeout\" Message=\"Deletion of resource group 'MC_aks1139_aks1139cluster_westeurope' did not finish within the allowed time as resources with identifiers '' could not be deleted. The provisioning state of the resource group will be rolled back. …",
  },
  {
    source: 'MicrosoftDocs/azure-docs#52282',
    code: 'azure-failed',
    body: {
      Error: {
        Code: 'ResourceGroupDeletionBlocked',
        Target: null,
        Message:
          "Deletion of resource group 'RG-AZ-303-Exam' failed as resources with identifiers 'Microsoft.DataMigration/services/dmsaz303,Microsoft.Network/networkInterfaces/NIC-7cwai8rh2si4t3jc4f8pa8uc,Microsoft.Network/virtualNetworks/dmsvnet' could not be deleted. The provisioning state of the resource group will be rolled back. …",
        Details: [
          {
            Code: null,
            Target:
              '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/RG-AZ-303-Exam/providers/Microsoft.DataMigration/services/dmsaz303',
            Message:
              '{"error":{"code":"TaskIsRunning","message":"One or more tasks are currently running. To delete the service, please wait until the tasks have completed or cancel the tasks manually and retry the deletion."}}',
          },
        ],
      },
    },
  },
  {
    source: 'Azure/bicep-registry-modules#1607',
    code: 'azure-failed',
    body: {
      error: {
        code: 'ResourceGroupDeletionBlocked',
        message:
          "Deletion of resource group 'dep-avmr-healthbot.healthbots-hbhbmax-rg' failed as resources with identifiers 'Microsoft.HealthBot/healthBots/avmrhbhbmax001' could not be deleted. The provisioning state of the resource group will be rolled back. …",
        details: [
          {
            target:
              '/subscriptions/<subscriptionId>/resourceGroups/dep-avmr-healthbot.healthbots-hbhbmax-rg/providers/Microsoft.HealthBot/healthBots/avmrhbhbmax001',
            message:
              '{"error":{"code":"400","message":"Resource not in terminal state. Wait until resource is in terminal provisioningState and try again"}}',
          },
        ],
      },
    },
  },
  {
    source: 'Azure/AKS#2878',
    code: 'azure-failed',
    status: 400,
    body: {
      error: {
        code: 'LoadBalancerInUseByVirtualMachineScaleSet',
        message:
          'Cannot delete load balancer /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mc_iob-aks-3/providers/Microsoft.Network/loadBalancers/kubernetes-internal since its child resources kubernetes are in use by virtual machine scale set /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mc_iob-aks-3/providers/Microsoft.Compute/virtualMachineScaleSets/aks-workers2-23049841-vmss.',
        details: [],
      },
    },
  },
  {
    source: 'kubernetes/kubernetes#85565',
    code: 'azure-failed',
    text: 'network.PublicIPAddressesClient#Delete: Failure sending request: StatusCode=0 -- Original Error: autorest/azure: Service returned an error. Status=400 Code="PublicIPAddressCannotBeDeleted" Message="Public IP address /subscriptions/<masked>/resourceGroups/<masked>/providers/Microsoft.Network/publicIPAddresses/<masked> can not be deleted since it is still allocated to resource …',
  },
  {
    source: 'A load balancer with a private link service cannot be deleted (SupportArticles-docs)',
    code: 'azure-failed',
    text: 'internalErrorCode: "CannotDeleteLoadBalancerWithPrivateLinkService"\nStatusCode=BadRequest\n{\n"Cannot delete load balancer ...../providers/Microsoft.Network/loadBalancers/kubernetes-internal since it is referenced by private link service ...../providers/Microsoft.Network/privateLinkServices/test. Please delete private link service prior to deleting load balancer."\n}',
  },
];
