import type { CorpusEntry } from './entry.js';

/** Logins, rights, policies, locks, subscriptions and resource providers. */
export const access: readonly CorpusEntry[] = [
  {
    source: 'Azure/login#561',
    code: 'azure-not-logged-in',
    text: "Error: AADSTS700016: Application with identifier '***' was not found in the directory 'App Name\". This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. …",
  },
  {
    source: 'hashicorp/terraform-provider-azurerm#20623',
    code: 'azure-not-logged-in',
    status: 400,
    body: {
      error: 'unauthorized_client',
      error_description:
        "AADSTS700016: Application with identifier '***' was not found in the directory 'mydirectory'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.…",
    },
  },
  {
    source: 'Azure/azure-cli#20749',
    code: 'azure-not-logged-in',
    text: 'ERROR: The command failed with an unexpected error. Here is the traceback:\nERROR: Extra data: line 14 column 2 (char 2325)\nTraceback (most recent call last):\n…\njson.decoder.JSONDecodeError: Extra data: line 14 column 2 (char 2325)',
  },
  {
    source: 'microsoftarchive/BatchAI#31',
    code: 'azure-not-logged-in',
    text: '(invalid_request) AADSTS90002: Tenant 00000000-0000-0000-0000-000000000000 not found. This may happen if there are no active subscriptions for the tenant. Check with your subscription administrator.…',
  },
  {
    source: 'Azure/login#475',
    code: 'azure-not-logged-in',
    text: "Error: AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '***'. …",
  },
  {
    source: 'Error AADSTS7000222 - BadRequest or InvalidClientSecret (SupportArticles-docs)',
    code: 'azure-not-logged-in',
    body: {
      code: 'BadRequest',
      message:
        'The credentials in ServicePrincipalProfile were invalid. Please see https://aka.ms/aks-sp-help for more details. (Details: adal: Refresh request failed. Status Code = \'401\'. Response body: {"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys for app \'<application-id>\' are expired.…',
    },
  },
  {
    source: 'Azure/login#617',
    code: 'azure-federation-mismatch',
    text: "Error: AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:acme-org/acme-application:environment:production'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
  },
  {
    source: 'Azure/login#517',
    code: 'azure-federation-mismatch',
    text: 'Error: AADSTS7002138: No matching federated identity record found for presented assertion subject…',
  },
  {
    source: 'Azure/azure-workload-identity#340',
    code: 'azure-federation-mismatch',
    text: 'AADSTS70021: No matching federated identity record found for presented assertion.',
  },
  {
    source: 'Azure/build-vm-image#30',
    code: 'azure-assertion-expired',
    text: 'ERROR: AADSTS700024: Client assertion is not within its valid time range. Current time: 2024-05-02T16:41:43.2967638Z, assertion valid from 2024-05-02T16:14:14.0000000Z, expiry time of assertion 2024-05-02T16:19:14.0000000Z. …',
  },
  {
    source: 'Azure/azure-sdk-for-python#14241',
    code: 'azure-unavailable',
    status: 503,
    body: {
      error: 'temporarily_unavailable',
      error_description: 'AADSTS90033: A transient error has occurred. Please try again.…',
      error_codes: [90033],
      timestamp: '2020-09-28 21:43:07Z',
    },
  },
  {
    source: 'microsoft/vscode#107627',
    code: 'azure-unavailable',
    text: 'Message: AADSTS90033: A transient error has occurred. Please try again.',
  },
  {
    source: 'MicrosoftDocs/power-automate-docs#121',
    code: 'azure-not-logged-in',
    status: 401,
    body: {
      error: {
        code: 'ExpiredAuthenticationToken',
        message:
          "The access token expiry UTC time '4/24/2019 7:44:20 AM' is earlier than current UTC time '4/25/2019 1:49:14 AM'.",
      },
    },
  },
  {
    source: 'microsoft/AzureNotebooks#586',
    code: 'azure-not-logged-in',
    text: "CloudError: Azure Error: ExpiredAuthenticationToken\nMessage: The access token expiry UTC time '12/13/2018 7:25:27 AM' is earlier than current UTC time '12/13/2018 7:34:47 AM'.",
  },
  {
    source: 'Azure/azure-sdk-for-net#49391',
    code: 'azure-not-logged-in',
    body: {
      error: {
        code: 'InvalidAuthenticationTokenTenant',
        message:
          "The access token is from the wrong issuer 'https://sts.windows.net/incorrect-tenant-id/'. It must match the tenant 'https://sts.windows.net/correct-tenant-id/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/correct-tenant-id' to get the token.",
      },
    },
  },
  {
    source: 'microsoftgraph/msgraph-sdk-dotnet-core#222',
    code: 'azure-not-logged-in',
    text: 'Code: InvalidAuthenticationToken\nMessage: Signing key is invalid.…',
  },
  {
    source: 'Azure/sap-automation#588',
    code: 'azure-not-logged-in',
    text: "ERROR: Please run 'az login' to setup account.",
  },
  { source: 'Azure/login#556', code: 'azure-forbidden', text: 'Error: No subscriptions found for ***.' },
  {
    source: 'Azure/github-actions#59',
    code: 'azure-forbidden',
    text: "No subscriptions were found for '***'.",
  },
  {
    source: 'Azure/azure-cli#30164',
    code: 'azure-forbidden',
    text: "(SubscriptionNotFound) The subscription '00000000-0000-0000-0000-000000000000' could not be found.\nCode: SubscriptionNotFound\nMessage: The subscription '00000000-0000-0000-0000-000000000000' could not be found.",
  },
  {
    source: 'MicrosoftDocs/azure-docs#67784',
    code: 'azure-forbidden',
    text: "compute.VirtualMachinesClient#List: Failure responding to request: StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 Code=\"AuthorizationFailed\" Message=\"The client 'xxxxx' with object id 'x' does not have authorization to perform action 'Microsoft.Compute/virtualMachines/read' over scope '/subscriptions/SUBSCRIPTION_ID/resourceGroups/$NODE_GROUP/providers/Microsoft.Compute' or the scope is invalid. If access was recently granted, please refresh your credentials.\"",
  },
  {
    source: 'Azure/aad-pod-identity#788',
    code: 'azure-forbidden',
    text: "compute.VirtualMachineScaleSetsClient#Update: Failure sending request: StatusCode=403 -- Original Error: Code=\"AuthorizationFailed\" Message=\"The client 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' with object id 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' does not have authorization to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' over scope '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/MC_rg-xxx_yyy_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-xxx-37846277-vmss' …",
  },
  {
    source: 'microsoft/planetary-computer-hub#25',
    code: 'azure-forbidden',
    text: "Original Error: Code=\"LinkedAuthorizationFailed\" Message=\"The client '00000000-0000-0000-0000-000000000000' with object id '00000000-0000-0000-0000-000000000000' has permission to perform action 'Microsoft.Network/virtualNetworks/subnets/write' on scope '/subscriptions/***/resourceGroups/pcc-staging-rg/providers/Microsoft.Network/virtualNetworks/pcc-staging-network/subnets/pcc-staging-node-subnet'; however, it does not have permission to perform action 'Microsoft.Network/routeTables/join/action' on the linked scope(s) '/subscriptions/***/resourceGroups/MC_pcc-staging-rg_pcc-staging-cluster_westeurope/providers/Microsoft.Network/routeTables/aks-agentpool-27180469-routetable' or the linked scope(s) are invalid.\"",
  },
  {
    source: 'Azure/OpenShift#41',
    code: 'azure-forbidden',
    body: {
      code: 'LinkedAuthorizationFailed',
      message:
        "The client has permission to perform action 'Microsoft.Network/virtualNetworks/subnets/join/action' on scope '/subscriptions/<SUBID>/resourcegroups/<RGNAME>/providers/Microsoft.Compute/virtualMachineScaleSets/ss-compute', however the current tenant '<TENANTID>' is not authorized to access linked subscription '<SUBID>'.",
    },
  },
  {
    source: 'Azure-Terraform/terraform-azurerm-kubernetes#26',
    code: 'azure-policy',
    text: 'containerservice.ManagedClustersClient#CreateOrUpdate: Failure sending request: StatusCode=400 -- Original Error: Code="PreconditionFailed" Message="Provisioning of resource(s) for container service aks-app-terraform-sandbox-eastus2 in resource group app-terraform-sandbox-eastus2 failed. Message: The template deployment failed with multiple errors. Please see details for more information.. Details: [{\\"code\\":\\"RequestDisallowedByPolicy\\",\\"message\\":\\"Resource \'aks-vnet-13849498\' was disallowed by policy. …',
  },
  {
    source: 'MicrosoftDocs/azure-docs#99846',
    code: 'azure-policy',
    text: '(ReconcileResourceGroupError) Resource request failed due to RequestDisallowedByPolicy. Please see https://aka.ms/aks-requestdisallowedbypolicy for more details. The detailed error message: Code="RequestDisallowedByPolicy" Message="…',
  },
  {
    source: 'Azure/AKS#4308',
    code: 'azure-policy',
    text: "(RequestDisallowedByPolicy) Preflight validation check for resource(s) for container service hic-aks-cls-dev-001 in resource group MC_hic-rsg-dev-001_hic-aks-cls-dev-001_westeurope failed. Message: Resource 'aks-hicaksdev001-22880171-vmss' was disallowed by policy.",
  },
  {
    source: 'rancher/rancher#29086',
    code: 'azure-policy',
    text: 'Operationalinsights.WorkspacesClient#CreateOrUpdate: Failure sending request: StatusCode=403 -- Original Error: Code="RequestDisallowedByPolicy" Message="Resource \'shrdk8devrgp001-EUS\' was disallowed by policy. …',
  },
  {
    source: 'Azure-Player/azure.datafactory.devops#183',
    code: 'azure-locked',
    text: "Error Code: ScopeLocked\nError Message: The scope '/subscriptions/xxxxxxxxxxx/resourceGroups/rg-dpfisdevtest-test/providers/Microsoft.DataFactory/factories/adf-dpfis-test-001/pipelines/workday_ingestion_to_staging_additional_job_profile_masterdata' cannot perform delete operation because following scope(s) are locked: '/subscriptions/xxxxxxxxxxxx/resourceGroups/rg-dpfisdevtest-test'. Please remove the lock and try again.",
  },
  {
    source: 'Azure/apiops#606',
    code: 'azure-locked',
    status: 409,
    body: {
      error: {
        code: 'ScopeLocked',
        message:
          "The scope '/subscriptions/***/resourceGroups/***/providers/Microsoft.ApiManagement/service/***/products/dibyakafka-integration/groups/administrators' cannot perform delete operation because following scope(s) are locked: '/subscriptions/***/resourceGroups/***'. Please remove the lock and try again.",
      },
    },
  },
  {
    source: 'Azure/azure-cli#20232',
    code: 'azure-locked',
    text: "(ScopeLocked) The scope '...' cannot perform delete operation because following scope(s) are locked: '...'. Please remove the lock and try again.\nCode: ScopeLocked",
  },
  {
    source: 'microsoft/AzureTRE#4664',
    code: 'azure-locked',
    text: "The scope '/subscriptions/xxx/resourceGroups/xxx/providers/Microsoft.Storage/storageAccounts/stgws1f97/blobServices/default/containers/datalake' cannot perform delete operation because following scope(s) are locked: '/subscriptions/xxx/resourcegroups/xxx/providers/microsoft.storage/storageAccounts/xxx'. Please remove the lock and try again. ",
  },
  {
    source: 'microsoft/vscode-azureappservice#864',
    code: 'azure-subscription-disabled',
    text: "Error type: ReadOnlyDisabledSubscription\nError Message: The subscription '00000000-0000-0000-0000-000000000000' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.",
  },
  {
    source: 'Azure/azure-cli#6595',
    code: 'azure-provider-unregistered',
    text: "The subscription is not registered for the resource type 'managedClusters' in the location 'westus'. Please re-register for this provider in order to have access to this location.",
  },
  {
    source: 'microsoft/AzureUsageAndBillingPortal#11',
    code: 'azure-provider-unregistered',
    body: {
      error: {
        code: 'MissingRegistrationForLocation',
        message:
          "The subscription is not registered for the resource type 'components' in the location 'West US'. Please re-register for this provider in order to have access to this location.",
      },
    },
  },
  {
    source: 'Azure/msrestazure-for-python#53',
    code: 'azure-provider-unregistered',
    status: 409,
    body: {
      error: {
        code: 'MissingSubscriptionRegistration',
        message:
          "The subscription registration is in 'Unregistered' state. The subscription must be registered to use namespace 'Microsoft.KeyVault'. See https://aka.ms/rps-not-found for how to register subscriptions.",
        details: [
          {
            code: 'MissingSubscriptionRegistration',
            target: 'Microsoft.KeyVault',
            message:
              "The subscription registration is in 'Unregistered' state. The subscription must be registered to use namespace 'Microsoft.KeyVault'. See https://aka.ms/rps-not-found for how to register subscriptions.",
          },
        ],
      },
    },
  },
  {
    source: 'nforgeio/neonKUBE#1670',
    code: 'azure-provider-unregistered',
    text: "Azure.RequestFailedException: 'The subscription is not registered to use namespace 'Microsoft.Compute'. See https://aka.ms/rps-not-found for how to register subscriptions.\nStatus: 409 (Conflict)\nErrorCode: MissingSubscriptionRegistration",
  },
  {
    source: 'hashicorp/terraform-provider-azurerm#15489',
    code: 'local-accounts-disabled',
    text: 'containerservice.ManagedClustersClient#GetAccessProfile: Failure responding to request: StatusCode=400 -- Original Error: autorest/azure: Service returned an error. Status=400 Code="BadRequest" Message="Getting static credential is not allowed because this cluster is set to disable local accounts."',
  },
  {
    source: 'Azure/bicep#11601',
    code: 'local-accounts-disabled',
    body: {
      details: [
        {
          code: 'BadRequest',
          message: 'Getting static credential is not allowed because this cluster is set to disable local accounts.',
        },
      ],
    },
  },
];
