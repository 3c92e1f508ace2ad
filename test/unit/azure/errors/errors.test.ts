import { describe, expect, it } from '@jest/globals';
import { updateAuthorizedRanges } from '../../../../src/azure/cluster/cluster-commands.js';
import {
  armError,
  azError,
  classify,
  classifyArm,
  firstErrorLine,
  requestedPauseMs,
} from '../../../../src/azure/errors/errors.js';
import { ref } from '../fixtures.js';

describe('classify', () => {
  it.each([
    [
      'azure-quota',
      '(OperationNotAllowed) Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Current Limit: 10',
    ],
    [
      'azure-throttled',
      '(OperationNotAllowed) The server rejected the request because too many requests have been received for this subscription.',
    ],
    [
      'azure-busy',
      '(OperationNotAllowed) Operation is not allowed: Another operation (nodepool1 - Updating) is in progress, please wait',
    ],
    [
      'azure-busy',
      "(OperationNotAllowed) Operation is not allowed because there's an in progress update managed cluster operation (operation ID: 1) on the cluster",
    ],
    [
      'azure-being-deleted',
      '(OperationNotAllowed) Operation is not allowed since deletion was issued for the cluster.',
    ],
    [
      'azure-invalid',
      "(OperationNotAllowed) Operation 'deallocate' is not supported for VM or VMSS with ephemeral OS disk",
    ],
  ] as const)('distinguishes the meanings of OperationNotAllowed: %s', (code, text) => {
    expect(classify(text)?.code).toBe(code);
  });

  it.each([
    [
      'azure-quota',
      '(ErrCode_InsufficientVCPUQuota) Insufficient regional vcpu quota left for location eastus. left regional vcpu quota 4, requested quota 6.',
    ],
    [
      'azure-quota',
      'Insufficient vcpu quota requested 6, remaining 0 for family standardDSv5Family for region eastus.',
    ],
    ['azure-cluster-quota', '(ManagedClusterCountExceedsQuotaLimit) too many'],
    [
      'azure-size-unavailable',
      "(BadRequest) The VM size of Standard_D2s_v5 is not allowed in your subscription in location 'eastus'.",
    ],
    ['azure-size-unavailable', '(SkuNotAvailable) The requested size is currently not available'],
    ['azure-capacity', '(ZonalAllocationFailed) Allocation failed.'],
    ['azure-capacity', '(AKSCapacityError) Creating the cluster is unavailable at this time in region eastus'],
    ['azure-capacity', '(CreateVMSSAgentPoolFailed) Code="OverconstrainedAllocationRequest"'],
    [
      'azure-zone-unsupported',
      "(AvailabilityZoneNotSupported) The zone(s) '1' for resource 'nodepool1' is not supported.",
    ],
    [
      'azure-throttled',
      '(Throttled) The PutManagedClusterHandler.PUT request limit has been exceeded, please retry again in 55 seconds.',
    ],
    ['azure-precondition', '(PreconditionFailed) Etag provided in if-match header "a" does not match etag "b".'],
    [
      'cluster-exists',
      "The cluster 'a' under resource group 'b' already exists. Please use command 'az aks update' to update it.",
    ],
    [
      'azure-version-unsupported',
      '(K8sVersionNotSupported) Managed cluster is on version 1.29, which is only available for Long-Term Support (LTS).',
    ],
    [
      'azure-forbidden',
      "(AuthorizationFailed) The client 'x' with object id 'y' does not have authorization to perform action 'A/write' over scope '/subscriptions/s'",
    ],
    ['azure-forbidden', 'No subscriptions found for 3333.'],
    ['azure-forbidden', "The subscription of 'sub-9' doesn't exist in cloud 'AzureCloud'."],
    ['azure-policy', "(RequestDisallowedByPolicy) Resource 'a' was disallowed by policy 'No public IPs'."],
    [
      'azure-policy',
      '(DenyAssignmentAuthorizationFailed) ... the access is denied because of the deny assignment with name "a".',
    ],
    ['azure-locked', '(ScopeLocked) The scope cannot perform delete operation because following scope(s) are locked'],
    ['azure-subscription-disabled', '(ReadOnlyDisabledSubscription) The subscription is disabled'],
    ['azure-public-ip-quota', '(PublicIPCountLimitReached) Cannot create more than 10 public IP addresses'],
    ['azure-preempted', '(AKSOperationPreemptedByDelete) The operation was preempted'],
    [
      'azure-assertion-expired',
      'AADSTS700024: Client assertion is not within its valid time range.\nPlease run:\naz login',
    ],
    [
      'azure-federation-mismatch',
      'AADSTS700213: No matching federated identity record found for presented assertion subject',
    ],
    ['azure-not-logged-in', "Please run 'az login' to setup account."],
    ['azure-not-logged-in', 'AADSTS7000215: Invalid client secret provided.'],
    [
      'local-accounts-disabled',
      "(BadRequest) Getting static credential isn't allowed because this cluster is set to disable local accounts.",
    ],
    [
      'azure-unavailable',
      "('Cannot connect to proxy.', RemoteDisconnected('Remote end closed connection without response'))",
    ],
    ['azure-unavailable', "Operation returned an invalid status 'Bad Gateway'"],
    ['azure-not-found', "(ResourceGroupNotFound) Resource group 'x' could not be found."],
    ['azure-invalid', "(InvalidResourceGroupLocation) Invalid resource group location 'eastus'."],
    ['tool-too-old', 'unrecognized arguments: --if-none-match *'],
  ] as const)('classifies %s', (code, text) => {
    expect(classify(text)?.code).toBe(code);
  });

  it('takes an etag that does not match for another operation, unless the request has a condition', () => {
    const text = '(EtagMismatch) Operation is not allowed (Unspecified) desc = Etag mismatched';
    expect(classify(text)?.code).toBe('azure-busy');
    expect(classify(text, { conditional: true })?.code).toBe('azure-precondition');
  });

  it.each([
    ['azure-policy', '(PreconditionFailed) failed (RequestDisallowedByPolicy) no public addresses'],
    ['azure-quota', '(DeploymentFailed) failed (InvalidTemplateDeployment) invalid (QuotaExceeded) too many'],
    ['azure-capacity', '(Conflict) failed (allocationfailed) no room'],
    ['azure-not-found', "(ResourceNotFound) The Resource 'a/throttled' was not found"],
    ['azure-forbidden', 'failed: SubscriptionNotFound'],
  ] as const)('takes the innermost code of Azure, in any case, and no name for a code: %s', (code, text) => {
    expect(classify(text)?.code).toBe(code);
  });

  it('lets a code with several meanings decide only if it wraps no other one', () => {
    expect(classify('(Conflict) failed')?.code).toBe('azure-busy');
    expect(classify('(Conflict) failed (SomethingNew) unknown error')).toBeUndefined();
  });

  it('returns undefined for an unknown text', () => {
    expect(classify('(SomethingNew) unknown error')).toBeUndefined();
  });

  it('names the namespace to register, and the missing permission with its scope', () => {
    expect(
      classify(
        "(MissingSubscriptionRegistration) The subscription is not registered to use namespace 'Microsoft.Compute'",
      )?.hint,
    ).toContain('az provider register --namespace Microsoft.Compute');
    expect(
      classify("does not have authorization to perform action 'A/write' over scope '/subscriptions/s/x' or")?.hint,
    ).toContain('allows A/write on /subscriptions/s/x');
  });
});

describe('classifyArm', () => {
  it.each([
    [401, 'azure-not-logged-in'],
    [403, 'azure-forbidden'],
    [404, 'azure-not-found'],
    [409, 'azure-busy'],
    [412, 'azure-precondition'],
    [429, 'azure-throttled'],
    [502, 'azure-unavailable'],
    [400, 'azure-failed'],
  ] as const)('maps status %i to %s if the body says nothing', (status, code) => {
    for (const body of ['', '<html>no JSON</html>', '{"error":{"code":"SomethingNew"}}', '[1]']) {
      expect(classifyArm({ status, body })).toEqual({ code });
    }
  });

  it('decides by the body before the status, and gives the hint of the code', () => {
    const body = JSON.stringify({ error: { code: 'SubnetIsFull', message: 'no room' } });
    expect(classifyArm({ status: 409, body })).toEqual({
      code: 'azure-invalid',
      hint: expect.stringContaining('too few free IP addresses'),
    });
  });
});

describe('armError', () => {
  it('names the purpose and the errors of the body, and keeps the body and the ids of the request', () => {
    const body = JSON.stringify({ code: 'EtagMismatch', message: 'Etag mismatched', subcode: '' });
    const request = { why: 'delete cluster aks-shop', status: 409, body, requestId: 'r-1', correlationId: 'c-1' };
    const error = armError({ ...request, conditional: true });
    expect(error).toMatchObject({
      code: 'azure-precondition',
      message: 'Could not delete cluster aks-shop: (EtagMismatch) Etag mismatched',
      evidence: `${body}\nrequest id r-1\ncorrelation id c-1`,
    });
    expect(armError(request).code).toBe('azure-busy');
  });

  it('names the status if there is no error in the body', () => {
    expect(armError({ why: 'read x', status: 503, body: '' })).toMatchObject({
      code: 'azure-unavailable',
      message: 'Could not read x: Azure responded with HTTP status 503 and no error message',
      evidence: '',
    });
  });
});

describe('azError', () => {
  const command = updateAuthorizedRanges(ref, { authorizedRanges: [], tags: {} }, { wait: true, etag: '' });

  it('names the purpose and the first error line, and keeps the full stderr', () => {
    const stderr = 'WARNING: old\nERROR: (QuotaExceeded) too much\nCode: QuotaExceeded\nMessage: too much\n';
    const error = azError(command, { code: 1, stderr });
    expect(error.message).toBe('Could not set the authorized IP ranges of cluster aks-shop: (QuotaExceeded) too much');
    expect(error.code).toBe('azure-quota');
    expect(error.evidence).toBe(stderr.trim());
  });

  it.each([
    [3, 'azure-not-found'],
    [2, 'azure-invalid'],
    [1, 'azure-failed'],
  ] as const)('maps exit code %i to %s if the text is unknown', (code, expected) => {
    expect(azError(command, { code, stderr: 'ERROR: unknown error' }).code).toBe(expected);
  });

  it('knows from the command line whether the request has a condition', () => {
    const stderr = 'ERROR: (EtagMismatch) Etag mismatched';
    expect(azError(command, { code: 1, stderr }).code).toBe('azure-busy');
    const conditional = { ...command, argv: [...command.argv, '--if-match', 'e-1'] };
    expect(azError(conditional, { code: 1, stderr }).code).toBe('azure-precondition');
  });

  it('reports that az printed no message', () => {
    expect(azError(command, { code: 1, stderr: '' }).message).toContain('exit code 1 and no message');
  });

  it('shows the error and not that a traceback follows', () => {
    const stderr =
      'ERROR: The command failed with an unexpected error. Here is the traceback:\nERROR: Extra data\nTraceback';
    expect(azError(command, { code: 1, stderr }).message).toMatch(/: Extra data$/);
  });

  it.each([
    [-1, 'WARNING: AuthorizationFailed', 'a signal'],
    // The az of a Debian package is a script.
    [137, '/usr/bin/az: line 3: 4711 Killed', 'a signal (exit code 137)'],
  ])('says that a signal has ended az (%i), whatever it printed before', (code, stderr, how) => {
    expect(azError(command, { code, stderr })).toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining(`: az was ended by ${how}, as the system does when memory runs out.`) as unknown,
      evidence: stderr,
    });
  });

  it('returns the last line of a traceback', () => {
    expect(firstErrorLine('Traceback (most recent call last):\n  File "x"\nKeyError: \'a\'\n')).toBe("KeyError: 'a'");
  });
});

describe('requestedPauseMs', () => {
  it.each([
    ['please retry again in 55 seconds', 55_000],
    ["'Retry-After': '17'", 17_000],
    ['Please retry after 20 seconds.', 20_000],
    ["Please try again after '6' seconds.", 6_000],
    ['The call can be retried in 14 seconds.', 14_000],
    ['no number here', undefined],
  ])('reads "%s" as %s', (text, ms) => {
    expect(requestedPauseMs(text)).toBe(ms);
  });
});
