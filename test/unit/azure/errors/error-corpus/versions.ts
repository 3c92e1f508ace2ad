import type { CorpusEntry } from './entry.js';

/** Zones, versions and throttling. */
export const versions: readonly CorpusEntry[] = [
  {
    source: 'MicrosoftDocs/azure-aks-docs#416',
    code: 'azure-zone-unsupported',
    text: 'Error: AvailabilityZoneNotSupported - The zone(s) 2 for resource nodepool1 is not supported. The supported zones for location centralus are (empty).',
  },
  {
    source: 'jenkins-infra/azure#1458',
    code: 'azure-zone-unsupported',
    text: "The zone(s) '1' for resource 'linuxpool' is not supported. The supported zones for location 'eastus2' are '2'",
  },
  {
    source: 'Troubleshoot AvailabilityZoneNotSupported Error Code (SupportArticles-docs)',
    code: 'azure-zone-unsupported',
    text: "Preflight validation check for resource(s) for container service <resource-name> in resource group <resource-group-name> failed. Message: The zone(s) '1' for resource 'agentpoolName' is not supported.The supported zones for location '<location>' are 'A', 'B'",
  },
  {
    source: 'dspace-group/simphera-reference-architecture-azure#29',
    code: 'azure-version-unsupported',
    text: 'Original Error: Code="AgentPoolK8sVersionNotSupported" Message="Version 1.20.7 is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list"',
  },
  {
    source: 'elastic/cloud-on-k8s#2760',
    code: 'azure-version-unsupported',
    text: "ERROR: Operation failed with status: 'Bad Request'. Details: Version 1.15.5 is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. …",
  },
  {
    source: 'Azure/application-gateway-kubernetes-ingress#783',
    code: 'azure-version-unsupported',
    body: {
      code: 'AgentPoolK8sVersionNotSupported',
      message:
        'Version 1.15.5 is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list',
    },
  },
  {
    source: 'Azure/application-gateway-kubernetes-ingress#696',
    code: 'azure-version-unsupported',
    text: 'Exception Details:\n        Error Code: AgentPoolK8sVersionNotSupported\n        Message: Provisioning of resource(s) for container service aks0a57 in resource group rg-aks-wp2 failed. Message: {\n  "code": "AgentPoolK8sVersionNotSupported",\n  "message": "Version 1.12.7 is not supported in this region. …',
  },
  {
    source: 'Azure/secrets-store-csi-driver-provider-azure#1713',
    code: 'azure-version-unsupported',
    text: 'ERROR: (K8sVersionNotSupported) Managed cluster sscd-e2e-ec52ce9341f2 is on version 1.27.1, which is only available for Long-Term Support (LTS). …\nCode: K8sVersionNotSupported',
  },
  {
    source: 'apecloud/kubeblocks#10136',
    code: 'azure-version-unsupported',
    status: 400,
    body: {
      code: 'K8sVersionNotSupported',
      details: null,
      message:
        'Managed cluster *** is on version 1.32.11, which is only available for Long-Term Support (LTS). If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan (see https://aka.ms/aks/enable-lts). …',
      subcode: '',
    },
  },
  {
    source: 'MicrosoftDocs/azure-docs#105248',
    code: 'azure-throttled',
    text: "Number of requests for subscription 'subid' and operation 'POST/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/START' exceeded the backend storage limit. Please try again after '6' seconds.",
  },
  {
    source: 'Troubleshoot the Throttled error code (SupportArticles-docs)',
    code: 'azure-throttled',
    text: 'Category: ClientError; SubCode: Throttled; OrginalError: autorest/azure: Service returned an error. Status=429 Code="Throttled" Message="The PutManagedClusterHandler.PUT request limit has been exceeded for SubID=\'<subscription-id-guid>\', please retry again in X seconds. …',
  },
  {
    source: 'Troubleshoot TooManyRequestsReceived error code (SupportArticles-docs)',
    code: 'azure-throttled',
    text: "internalErrorCode: TooManyRequestsReceived\nStatusCode: 429\n{\nmessage: \"Number of read requests for subscription '.....''' exceeded the limit of '....' for time interval 'XX:XX:XX'. Please try again after '.....' seconds.\"\n}",
  },
  {
    source: 'opencost/opencost#787',
    code: 'azure-throttled',
    text: 'UpdateVMSSSinglePlacementGroup failed. Error: autorest/azure: Service returned an error. Status=429 Code="OperationNotAllowed" Message="The server rejected the request because too many requests have been received for this subscription." Details=[{"code":"TooManyRequests","message":"…',
  },
  {
    source: 'Azure/aks-engine#3655',
    code: 'azure-throttled',
    text: 'The server rejected the request because too many requests have been received for this subscription. \n\n(Code: OperationNotAllowed) {"operationgroup":"HighCostGetVMScaleSet30Min","starttime":"2020-07-30T20:03:03.8475154+00:00","endtime":"2020-07-30T20:18:03.8475154+00:00","allowedrequestcount":900,"measuredrequestcount":3554} (Code: TooManyRequests, Target: HighCostGetVMScaleSet30Min)',
  },
  {
    source: 'microsoft/AzureTRE#2777',
    code: 'azure-throttled',
    body: {
      error: {
        details: [
          {
            code: 'TooManyRequests',
            message:
              '{"operationGroup":"HighCostGetVMScaleSet30Min","startTime":"2022-10-24T10:42:36.0142777+00:00","endTime":"2022-10-24T10:45:00+00:00","allowedRequestCount":937,"measuredRequestCount":2838}',
            target: 'HighCostGetVMScaleSet30Min',
          },
        ],
        innererror: { internalErrorCode: 'TooManyRequestsReceived' },
      },
    },
  },
];
