import type { ErrorCode } from '../../errors/catalogue.js';

type CodesOfAzure = Readonly<Partial<Record<ErrorCode, readonly string[]>>>;

/**
 * The error codes of Azure that have one meaning. Sources: "Azure Kubernetes Service error codes", "Troubleshoot common
 * Azure deployment errors" (learn.microsoft.com), and the issues in test/unit/azure/errors/error-corpus.
 */
const clearCodes = {
  'azure-not-logged-in': [
    ...['ExpiredAuthenticationToken', 'InvalidAuthenticationToken', 'InvalidAuthenticationTokenTenant'],
    ...['AuthenticationFailed', 'InvalidClientSecret'],
  ],
  'azure-forbidden': [
    ...['AuthorizationFailed', 'LinkedAuthorizationFailed', 'LinkedAccessCheckFailed', 'SubscriptionNotFound'],
    'CustomPrivateDNSZoneMissingPermissionError',
  ],
  'azure-subscription-disabled': ['ReadOnlyDisabledSubscription', 'SubscriptionDisabled'],
  'azure-provider-unregistered': [
    ...['MissingSubscriptionRegistration', 'SubscriptionNotRegistered', 'MissingRegistrationForLocation'],
  ],
  'azure-policy': ['RequestDisallowedByPolicy', 'RequestDisallowedByAzure', 'DenyAssignmentAuthorizationFailed'],
  'azure-locked': ['ScopeLocked', 'ResourceLocked'],
  'azure-quota': ['InsufficientVCPUQuota', 'ErrCode_InsufficientVCPUQuota'],
  'azure-cluster-quota': ['ManagedClusterCountExceedsQuotaLimit'],
  'azure-public-ip-quota': [
    ...['PublicIPCountLimitReached', 'StaticPublicIPCountLimitReached'],
    ...['IPv4BasicSkuPublicIpCountLimitReached', 'IPv4StandardSkuPublicIpCountLimitReached'],
  ],
  'azure-capacity': [
    ...['AllocationFailed', 'ZonalAllocationFailed', 'AksCapacityHeavyUsage', 'AKSCapacityError'],
    ...['OverconstrainedAllocationRequest', 'OverconstrainedZonalAllocationRequest', 'ResourcesOverConstrained'],
  ],
  'azure-size-unavailable': ['SkuNotAvailable', 'NotAvailableForSubscription'],
  'azure-zone-unsupported': ['AvailabilityZoneNotSupported'],
  'azure-version-unsupported': ['K8sVersionNotSupported', 'AgentPoolK8sVersionNotSupported'],
  'azure-throttled': [
    ...['TooManyRequests', 'TooManyRequestsReceived', 'SubscriptionRequestsThrottled', 'TenantRequestsThrottled'],
    'ResourceRequestsThrottled',
  ],
  'azure-being-deleted': ['ResourceGroupBeingDeleted', 'DeletionInProgress'],
  'azure-preempted': ['AKSOperationPreempted', 'AKSOperationPreemptedByDelete', 'NotLatestOperation'],
  'azure-busy': [
    ...['AnotherOperationInProgress', 'ConflictingConcurrentWriteNotAllowed', 'OperationPreempted'],
    ...['RetryableErrorDueToAnotherOperation', 'CanceledAndSupersededDueToAnotherOperation'],
    ...['ReferencedResourceNotProvisioned', 'VirtualNetworkNotInSucceededState'],
  ],
  'azure-not-found': ['ResourceNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound', 'AgentPoolNotFound'],
  'azure-unavailable': [
    ...['InternalOperationError', 'InternalServerError', 'InternalError', 'InternalExecutionError'],
    ...['ServiceUnavailable', 'GatewayTimeout', 'ServerTimeout', 'TimedoutOrCancelled'],
    ...['NetworkingInternalOperationError', 'ControlPlaneProvisioningInternalError'],
  ],
  'azure-invalid': [
    ...['ReservedResourceName', 'ValidationError', 'InvalidResourceReference', 'InvalidResourceGroupLocation'],
    ...['LocationNotAvailableForResourceType', 'LocationNotAvailableForResourceGroup', 'NoRegisteredProviderFound'],
    ...['SubnetIsFull', 'InsufficientSubnetSize', 'SubnetIsDelegated', 'NetworkProfileCIDROverlapVNET'],
    ...['ServiceCidrOverlapExistingSubnetsCidr', 'SubnetWithExternalResourcesCannotBeUsedByOtherResources'],
  ],
  'azure-failed': [
    ...['VMExtensionProvisioningError', 'VMExtensionProvisioningTimeout', 'VMExtensionError_OutboundConnFail'],
    ...['OutboundConnFailVMExtensionError', 'OSProvisioningTimedOut', 'ControlPlaneAddOnsNotReady'],
    ...['ResourceGroupDeletionBlocked', 'ResourceGroupDeletionTimeout', 'PublicIPAddressCannotBeDeleted'],
    ...['InUseSubnetCannotBeDeleted', 'InUseNetworkSecurityGroupCannotBeDeleted', 'InUseRouteTableCannotBeDeleted'],
    ...['LoadBalancerInUseByVirtualMachineScaleSet', 'NetworkSecurityGroupInUseByVirtualMachineScaleSet'],
    ...['CannotDeleteLoadBalancerWithPrivateLinkService', 'NetworkProfileAlreadyInUseWithContainerNics', 'NicInUse'],
    'PrivateLinkServiceWithPrivateEndpointConnectionsCannotBeDeleted',
  ],
} as const satisfies CodesOfAzure;

/**
 * Codes of Azure with several meanings, and the meaning if neither an inner error nor the words of the message say more.
 * Codes that only wrap others, such as `ResourceOperationFailure` or `OperationNotAllowed`, are in neither list.
 */
const vagueCodes = {
  'azure-not-logged-in': ['Unauthorized'],
  'azure-forbidden': ['Forbidden'],
  'azure-quota': ['QuotaExceeded'],
  'azure-throttled': ['Throttled'],
  'azure-busy': ['Conflict', 'RetryableError'],
  'azure-precondition': ['PreconditionFailed', 'ConditionNotMet'],
  'azure-not-found': ['NotFound'],
  'azure-unavailable': ['ProvisioningControlPlaneError'],
  'azure-invalid': ['InvalidParameter', 'BadRequest'],
} as const satisfies CodesOfAzure;

const clear = byAzureCode(clearCodes);
const vague = byAzureCode(vagueCodes);

function byAzureCode(codes: CodesOfAzure): ReadonlyMap<string, ErrorCode> {
  const entries = Object.entries(codes) as readonly (readonly [ErrorCode, readonly string[]])[];
  return new Map(entries.flatMap(([ours, theirs]) => theirs.map(code => [code.toLowerCase(), ours] as const)));
}

/** Returns our code for the innermost code of Azure in a text that has one meaning. */
export function clearCodeIn(line: string): ErrorCode | undefined {
  return wordsIn(line)
    .map(({ word }) => clear.get(word.toLowerCase()))
    .findLast(code => code !== undefined);
}

/** Returns our code for a code of Azure with several meanings, if it is the innermost one in a text. */
export function vagueCodeIn(line: string): ErrorCode | undefined {
  const innermost = wordsIn(line).findLast(
    ({ word, marked }) => marked && (isCompound(word) || vague.has(word.toLowerCase())),
  );
  return vague.get(innermost?.word.toLowerCase() ?? '');
}

interface Word {
  readonly word: string;
  /** Whether it stands where az and Azure write a code: in parentheses, or after "code". */
  readonly marked: boolean;
}

/**
 * Returns the words of a text that may be error codes; az and Azure write inner errors after outer ones. A simple word
 * is only a code if it is marked, because it may also be a name; a compound such as `SubnetIsFull` is one everywhere.
 */
function wordsIn(line: string): readonly Word[] {
  const words = /\((\w+)\)|\b\w*[Cc](?:ode|ODE)\W{1,12}(\w+)|\b(\w*[a-z][A-Z]\w*)/g;
  return [...line.replace(/https?:\S+/g, '').matchAll(words)].map(([, inParentheses, afterCode, compound]) => {
    const marked = inParentheses ?? afterCode;
    return { word: marked ?? compound ?? '', marked: marked !== undefined };
  });
}

function isCompound(word: string): boolean {
  return /[a-z][A-Z]/.test(word);
}
