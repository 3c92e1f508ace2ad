import type { ErrorCode } from '../../errors/catalogue.js';

/** How an error text of az or Azure is recognized by its words. */
export interface ErrorPattern {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  /** What to do, if the text says more than the code. */
  readonly hint?: (match: RegExpExecArray) => string;
}

/** AKS compares etags inside the service as well, so such a text does not mean that the condition of a request failed. */
export const etagPattern = /etag ?mismatch|OriginalEtagNotExpect|original etag not expected/i;

/**
 * Maps error texts to codes if no error code of Azure decides; the first match wins. The order matters: Azure uses
 * `OperationNotAllowed` for a quota, throttling, a pending operation, a deletion or an unsupported operation, and only
 * the following words say which. Sources: "Troubleshoot common Azure Kubernetes Service problems" and its error code
 * pages (learn.microsoft.com), Microsoft Entra error codes, and observed output of az.
 */
export const errorTable: readonly ErrorPattern[] = [
  { code: 'azure-assertion-expired', pattern: /AADSTS700024|assertion is not within its valid time range/i },
  { code: 'azure-federation-mismatch', pattern: /AADSTS70021\d*|no matching federated identity record/i },
  { code: 'azure-oidc-unavailable', pattern: /ACTIONS_ID_TOKEN_REQUEST_(URL|TOKEN)/ },
  { code: 'azure-unavailable', pattern: /AADSTS(?:90033|90024)\b|temporarily_unavailable/i },
  { code: 'azure-forbidden', pattern: /No subscriptions (?:were )?found for|subscription of '[^']*' doesn't exist/i },
  { code: 'azure-not-logged-in', pattern: /AADSTS\d+|az login|does not exist in MSAL token cache/i },
  {
    code: 'azure-not-logged-in',
    pattern: /json\.decoder\.JSONDecodeError/,
    hint: () =>
      'A file of az is damaged, for example because two jobs of a runner wrote it at the same time: run `az account clear`, log in again, and give each job an AZURE_CONFIG_DIR of its own. Or set client-id and tenant-id, so that the action logs in to a folder of its own.',
  },
  {
    code: 'azure-provider-unregistered',
    pattern: /subscription is not registered (?:to use|for)|must be registered to use namespace/i,
  },
  { code: 'azure-policy', pattern: /was disallowed by (?:policy|Azure)/i },
  { code: 'azure-locked', pattern: /scope\(s\) are locked/i },
  {
    code: 'azure-forbidden',
    pattern:
      /does not have (?:authorization|permission) to perform action(?:\(s\))? '([^']+)' (?:over|on) (?:the )?(?:linked )?scope(?:\(s\))? '?([^' ]+)/i,
    hint: ([, action = '', scope = '']) =>
      `Assign the identity a role that allows ${action} on ${scope}, such as Contributor; a new role assignment takes some minutes to take effect.`,
  },
  { code: 'azure-cluster-quota', pattern: /quota limits? for managed clusters/i },
  { code: 'azure-public-ip-quota', pattern: /cannot create more than \d+ (?:\w+ )?public IP addresses/i },
  {
    code: 'azure-quota',
    pattern: /insufficient (?:regional )?vcpu quota|exceeding (?:approved )?.{0,80}quota/is,
  },
  {
    code: 'azure-throttled',
    pattern:
      /RequestsThrottled|too many requests|request limit has been exceeded|requests? for subscription .{0,160}exceeded/is,
  },
  { code: 'azure-being-deleted', pattern: /since deletion was issued/i },
  { code: 'azure-preempted', pattern: /been preempted by|canceled by a later operation/i },
  {
    code: 'azure-busy',
    pattern:
      /Run command extension execution is in progress|conflict with a concurrent request|another (?:agentpool )?operation|in[- ]progress \w+ \w+ \w+ operation|provisioning state ?\((?:creating|updating|deleting|scaling|upgrading|starting|stopping)|mutually exclusive operations/i,
  },
  { code: 'cluster-exists', pattern: /already exists\. Please use command 'az aks update'/i },
  { code: 'azure-capacity', pattern: /operational threshold|do not have sufficient capacity|Allocation failed\./i },
  { code: 'azure-zone-unsupported', pattern: /zone\(s\).{0,60}not supported/is },
  {
    code: 'azure-size-unavailable',
    pattern:
      /VM size of .{0,80}is not allowed in your subscription|requested (?:VM )?size .{0,300}(?:is currently not available in location|is not available in the current region)/is,
  },
  {
    code: 'azure-version-unsupported',
    pattern: /only available for Long-Term Support|Version \S+ is not supported in this region/i,
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
      /encountered an internal error|due to an internal error|invalid status '(?:Bad Gateway|Service Unavailable|Gateway Time|Internal Server)|Connection aborted|Cannot connect to proxy|RemoteDisconnected|Max retries exceeded|Read timed out|connection error|Failed to establish a new connection/i,
  },
  // Azure reports an instance that no longer exists as an invalid parameter (microsoft/onefuzz#2547).
  { code: 'azure-not-found', pattern: /is not an active Virtual Machine Scale Set VM instanceId/i },
  {
    code: 'azure-not-found',
    pattern: /under resource group '[^']*' was not found|resource group '[^']*' could not be found/i,
  },
  { code: 'azure-precondition', pattern: /if-(?:none-)?match (?:header|condition)/i },
  {
    code: 'azure-invalid',
    pattern:
      /Invalid\w+Name|unrecognized arguments|value of parameter \S+ is invalid|invalid resource group location|enough capacity for \d+ IP addresses|Pre-allocated IPs \d+ exceeds/i,
  },
  { code: 'azure-busy', pattern: /with status:? '?Conflict/i },
  { code: 'azure-invalid', pattern: /with status:? '?Bad Request/i },
];

/** Hints for errors whose code does not say what to do; the first one with the code and a matching text applies. */
export const hints: readonly Required<ErrorPattern>[] = [
  {
    code: 'azure-forbidden',
    pattern: /No subscriptions (?:were )?found for|SubscriptionNotFound|subscription of '[^']*' doesn't exist/i,
    hint: () => 'Check subscription-id, and assign the identity a role in that subscription.',
  },
  {
    code: 'azure-forbidden',
    pattern: /AuthorizationFailed/i,
    hint: () => 'Assign the identity the role Contributor on the subscription, or on an existing resource group.',
  },
  {
    code: 'azure-not-logged-in',
    pattern: /AADSTS(?:700016|90002)\b/,
    hint: () => 'Check that client-id is an application or managed identity in the tenant of tenant-id.',
  },
  {
    code: 'azure-provider-unregistered',
    pattern: /use namespace '([\w.]+)'/i,
    hint: ([, namespace = '']) => `Run \`az provider register --namespace ${namespace}\`; this takes some minutes.`,
  },
  {
    code: 'azure-policy',
    pattern: /DenyAssignmentAuthorizationFailed/i,
    hint: () =>
      'A deny assignment, such as node resource group lockdown, overrides all roles: this change is not possible.',
  },
  {
    code: 'azure-invalid',
    pattern: /InvalidResourceGroupLocation|invalid resource group location/i,
    hint: () => 'The resource group is in another location: set location to that one, or set another resource-group.',
  },
  {
    code: 'azure-invalid',
    pattern: /LocationNotAvailableFor|NoRegisteredProviderFound/i,
    hint: () => 'Set location to one of the regions that the message lists.',
  },
  {
    code: 'azure-invalid',
    pattern: /SubnetIsFull|InsufficientSubnetSize|enough capacity for \d+ IP addresses|Pre-allocated IPs/i,
    hint: () => 'The subnet has too few free IP addresses: lower node-count or max-nodes, or use a larger subnet.',
  },
  {
    code: 'azure-failed',
    pattern: /OutboundConnFail|outbound connection|exit status=50\b/i,
    hint: () =>
      'The nodes cannot reach the internet: allow the outbound addresses that AKS requires in the firewall or network security group.',
  },
  {
    code: 'azure-failed',
    pattern: /OSProvisioningTimedOut|VMExtensionProvisioning|ControlPlaneAddOnsNotReady/i,
    hint: () => 'A node did not start correctly. Run again; if it happens again, set another size in node-vm-size.',
  },
  {
    code: 'azure-failed',
    pattern: /ResourceGroupDeletion|CannotBeDeleted|CannotDelete|InUse/,
    hint: () =>
      'Something else still uses a resource that is to be deleted: remove what the message names, then delete again.',
  },
];
