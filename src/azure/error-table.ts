import type { ErrorCode } from '../errors/catalogue.js';

/** How an error text of az or Azure is recognized. */
export interface ErrorPattern {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  /** What to do, if the text says more than the code. */
  readonly hint?: (match: RegExpExecArray) => string;
}

/**
 * Maps error texts to codes; the first match wins. The order matters: Azure uses `OperationNotAllowed` for a quota,
 * throttling, a pending operation, a deletion or an unsupported operation, and only the following words say which; and
 * wrapper codes quote the inner code, which has the cause. Sources: "Troubleshoot common Azure Kubernetes Service
 * problems" and its error code pages (learn.microsoft.com), Microsoft Entra error codes, Azure Resource Manager error
 * codes, and observed output of az.
 */
export const errorTable: readonly ErrorPattern[] = [
  { code: 'azure-assertion-expired', pattern: /AADSTS700024|assertion is not within its valid time range/i },
  { code: 'azure-federation-mismatch', pattern: /AADSTS70021\d*|no matching federated identity record/i },
  { code: 'azure-oidc-unavailable', pattern: /ACTIONS_ID_TOKEN_REQUEST_(URL|TOKEN)/ },
  {
    code: 'azure-forbidden',
    pattern: /No subscriptions found for|SubscriptionNotFound|subscription of '[^']*' doesn't exist/i,
    hint: () => 'Check subscription-id, and assign the identity a role in that subscription.',
  },
  { code: 'azure-not-logged-in', pattern: /AADSTS\d+|az login|does not exist in MSAL token cache/i },
  {
    code: 'azure-provider-unregistered',
    pattern: /(?:MissingSubscriptionRegistration|SubscriptionNotRegistered)(?:.*namespace '([\w.]+)')?/is,
    hint: ([, namespace]) =>
      `Run \`az provider register --namespace ${namespace ?? 'Microsoft.ContainerService'}\`; this takes some minutes.`,
  },
  { code: 'azure-subscription-disabled', pattern: /ReadOnlyDisabledSubscription|SubscriptionDisabled/i },
  { code: 'azure-policy', pattern: /RequestDisallowedBy(Policy|Azure)/i },
  {
    code: 'azure-policy',
    pattern: /DenyAssignmentAuthorizationFailed/i,
    hint: () =>
      'A deny assignment, such as node resource group lockdown, overrides all roles: this change is not possible.',
  },
  { code: 'azure-locked', pattern: /ScopeLocked|ResourceLocked|scope\(s\) are locked/i },
  {
    code: 'azure-forbidden',
    pattern:
      /(?:does not have (?:authorization|permission) to perform action '([^']+)' (?:over|on) (?:the )?scope '?([^' ]+))|AuthorizationFailed/i,
    hint: ([, action, scope]) =>
      action === undefined || scope === undefined
        ? 'Assign the identity the role Contributor on the subscription, or on an existing resource group.'
        : `Assign the identity a role that allows ${action} on ${scope}, such as Contributor; a new role assignment takes some minutes to take effect.`,
  },
  { code: 'azure-cluster-quota', pattern: /ManagedClusterCountExceedsQuotaLimit/i },
  { code: 'azure-public-ip-quota', pattern: /PublicIPCountLimitReached/i },
  {
    code: 'azure-quota',
    pattern:
      /InsufficientVCPUQuota|insufficient (?:regional )?vcpu quota|QuotaExceeded|exceeding (?:approved )?.{0,80}quota/is,
  },
  {
    code: 'azure-throttled',
    pattern: /RequestsThrottled|TooManyRequests|\bThrottled\b|too many requests|request limit has been exceeded/i,
  },
  { code: 'azure-being-deleted', pattern: /since deletion was issued|ResourceGroupBeingDeleted|DeletionInProgress/i },
  { code: 'azure-preempted', pattern: /AKSOperationPreempted/i },
  {
    code: 'azure-busy',
    pattern:
      /\(Conflict\)|Run command extension execution is in progress|conflict with a concurrent request|another (?:agentpool )?operation|AnotherOperationInProgress|in[- ]progress \w+ \w+ \w+ operation|provisioning state ?\((?:creating|updating|deleting|scaling|upgrading)/i,
  },
  {
    code: 'azure-precondition',
    pattern: /EtagMismatch|PreconditionFailed|ConditionNotMet|if-(?:none-)?match (?:header|condition)/i,
  },
  { code: 'cluster-exists', pattern: /already exists\. Please use command 'az aks update'/i },
  {
    code: 'azure-capacity',
    pattern: /AllocationFailed|Overconstrained(?:Zonal)?AllocationRequest|AksCapacityHeavyUsage|AKSCapacityError/i,
  },
  { code: 'azure-zone-unsupported', pattern: /AvailabilityZoneNotSupported|zone\(s\).{0,60}not supported/is },
  {
    code: 'azure-size-unavailable',
    pattern: /VM size of .{0,80}is not allowed in your subscription|NotAvailableForSubscription|SkuNotAvailable/is,
  },
  {
    code: 'azure-version-unsupported',
    pattern: /K8sVersionNotSupported|only available for Long-Term Support|Version \S+ is not supported in this region/i,
  },
  { code: 'local-accounts-disabled', pattern: /static credential is(?:n't| not) allowed/i },
  {
    code: 'azure-invalid',
    pattern: /'deallocate' is not supported .{0,120}ephemeral/is,
    hint: () =>
      'Virtual machines with an ephemeral OS disk cannot be deallocated: create the cluster with node-os-disk Managed.',
  },
  {
    code: 'tool-too-old',
    pattern: /unrecognized arguments:.*(--(?:if-none-match|if-match|node-os-upgrade-channel|tier)\b)/i,
    hint: ([, flag]) => `This version of az does not support ${flag ?? 'a flag'}: install Azure CLI 2.69.0 or newer.`,
  },
  {
    code: 'azure-unavailable',
    pattern:
      /InternalOperationError|InternalServerError|ServiceUnavailable|TimedoutOrCancelled|GatewayTimeout|ServerTimeout|invalid status '(?:Bad Gateway|Service Unavailable|Gateway Time|Internal Server)|Connection aborted|Cannot connect to proxy|RemoteDisconnected|Max retries exceeded|Read timed out|connection error|Failed to establish a new connection/i,
  },
  {
    code: 'azure-invalid',
    pattern: /InvalidResourceGroupLocation/i,
    hint: () => 'The resource group is in another location: set location to that one, or set another resource-group.',
  },
  {
    code: 'azure-not-found',
    // Azure reports an instance that no longer exists as an invalid parameter (microsoft/onefuzz#2547).
    pattern:
      /ResourceNotFound|ResourceGroupNotFound|\(NotFound\)|AgentPoolNotFound|is not an active Virtual Machine Scale Set VM instanceId/i,
  },
  {
    code: 'azure-invalid',
    pattern: /ReservedResourceName|InvalidParameter|ValidationError|BadRequest|Invalid\w+Name|unrecognized arguments/i,
  },
];
