import { familyQuotaRefusal, regionalQuotaRefusal, sizeRefusal } from './cluster-checks.js';
import { localAccountsRefusal } from './clusters.js';
import { fault, type Fault, type FaultEffect, type FaultScope, onCluster, refuses } from './fault.js';
import { assertionExpiredRefusal, subjectRefusal } from './identity.js';
import { type Answer, ArmError, type Failure, type Gate, isObject, objectAt } from './messages.js';
import { scaleSetType } from './names.js';
import { authorizationRefusal } from './role.js';
import { defaultSubject } from './tokens.js';

export * from './failure-faults.js';
export * from './refusal-faults.js';

const onToken: FaultScope = { method: 'POST', path: /\/oauth2\/v2\.0\/token$/ };

/** Returns the resource group in a path. */
function groupIn(path: string): string {
  return /\/resourceGroups\/([^/]+)/i.exec(path)?.[1] ?? '';
}

/** Returns a condition: the body requests nodes of a size. */
function asksFor(vmSize: string): Fault['when'] {
  return ({ json }) => {
    const profiles = objectAt(json, 'properties')['agentPoolProfiles'];
    return Array.isArray(profiles) && profiles.some(profile => isObject(profile) && profile['vmSize'] === vmSize);
  };
}

/** Responds to a request with anything, when no other fault fits. */
export function answers(
  scope: FaultScope,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  return fault('answers', {}, scope, { kind: 'answer', answer: () => ({ status, body, headers }) });
}

/** Too few vCPUs left in the region, in the words of AKS at the creation of a cluster. */
export function insufficientQuota(scope: FaultScope = {}): Fault {
  return refuses('insufficientQuota', onCluster, scope, () => regionalQuotaRefusal('eastus', 4, 6));
}

/** Too few vCPUs left of one family. */
export function insufficientFamilyQuota(family: string, scope: FaultScope = {}): Fault {
  return refuses('insufficientFamilyQuota', onCluster, scope, () => familyQuotaRefusal('eastus', family, 4, 6));
}

/** The older message for an exhausted quota, which Microsoft.Compute still uses. */
export function quotaExceeded(scope: FaultScope = {}): Fault {
  const message =
    'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 10, Current Usage: 6, Additional Required: 6, (Minimum) New Limit Required: 12. Setup Alerts when Quota reaches threshold. Learn more at https://aka.ms/quotamonitoringalerting .';
  return refuses('quotaExceeded', onCluster, scope, () => new ArmError(400, 'QuotaExceeded', message, 'aks'));
}

/** The subscription may not use a size. Affects every cluster that requests it. */
export function sizeNotAvailable(vmSize: string, scope: FaultScope = {}): Fault {
  return refuses(
    'sizeNotAvailable',
    { ...onCluster, times: Infinity },
    scope,
    () => sizeRefusal(vmSize, 'eastus'),
    asksFor(vmSize),
  );
}

/** A size has no capacity: the create is accepted and ends Failed. Affects every cluster that requests it. */
export function outOfCapacity(vmSize: string, scope: FaultScope = {}): Fault {
  const message = `Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at https://aka.ms/allocation-guidance`;
  const effect: FaultEffect = { kind: 'trouble', trouble: { failure: { code: 'AllocationFailed', message } } };
  return fault('outOfCapacity', { ...onCluster, times: Infinity }, scope, effect, asksFor(vmSize));
}

/** Too many requests. az waits for the time in the response, and retries the request 3 times by itself. */
export function throttled(scope: FaultScope = {}, retryAfterSeconds = 1): Fault {
  const message = `PutManagedClusterHandler.PUT request limit has been exceeded, please retry again in ${retryAfterSeconds} seconds.`;
  const answer: Answer = {
    ...new ArmError(429, 'Throttled', message, 'aks').answer(),
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
  return fault('throttled', onCluster, scope, { kind: 'answer', answer: () => answer });
}

/** Another operation runs on the cluster. */
export function busy(scope: FaultScope = {}): Fault {
  const message =
    'Operation is not allowed: Another operation (nodepool1 - Updating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details';
  return refuses('busy', onCluster, scope, () => new ArmError(409, 'OperationNotAllowed', message, 'aks'));
}

/** The caller lacks a role. */
export function authorizationFailed(action: string, scope: FaultScope = {}): Fault {
  return refuses('authorizationFailed', onCluster, scope, ({ path }) => authorizationRefusal(action, path));
}

/** A policy of the subscription refuses the resource. */
export function disallowedByPolicy(policy: string, scope: FaultScope = {}): Fault {
  return refuses('disallowedByPolicy', onCluster, scope, ({ path }) => {
    const message = `Resource '${path.split('/').at(-1) ?? ''}' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"${policy}"}}]'.`;
    return new ArmError(403, 'RequestDisallowedByPolicy', message);
  });
}

/** A lock protects a group, or what is in it, from deletion. */
export function scopeLocked(scope: FaultScope = {}): Fault {
  return refuses('scopeLocked', { method: 'DELETE', path: /\/resourceGroups\// }, scope, ({ path }) => {
    const message = `The scope '${path}' cannot perform delete operation because following scope(s) are locked: '${path}'. Please remove the lock and try again.`;
    return new ArmError(409, 'ScopeLocked', message);
  });
}

/** The group is still being deleted by another teardown. */
export function groupBeingDeleted(scope: FaultScope = {}): Fault {
  return refuses('groupBeingDeleted', { method: 'PUT', path: /\/resourceGroups\// }, scope, ({ path }) => {
    const message = `The resource group '${groupIn(path)}' is in deprovisioning state and cannot perform this operation.`;
    return new ArmError(409, 'ResourceGroupBeingDeleted', message);
  });
}

/** The cluster issues no static certificate to an administrator. */
export function localAccountsDisabled(scope: FaultScope = {}): Fault {
  return refuses(
    'localAccountsDisabled',
    { path: /\/listClusterAdminCredential$/, times: Infinity },
    scope,
    localAccountsRefusal,
  );
}

/** The connection breaks before the request has an effect. az retries PUT, GET and DELETE 3 times by itself. */
export function droppedBeforeEffect(scope: FaultScope = {}): Fault {
  return fault('droppedBeforeEffect', onCluster, scope, { kind: 'drop', moment: 'before' });
}

/** The connection breaks after the request had its effect, so that the client does not know the result. */
export function droppedAfterEffect(scope: FaultScope = {}): Fault {
  return fault('droppedAfterEffect', onCluster, scope, { kind: 'drop', moment: 'after' });
}

/** The operation of a request takes a given time, or waits at a gate (`createGate`). */
export function slowOperation(
  pace: { readonly lroMs: number } | { readonly gate: Gate },
  scope: FaultScope = {},
): Fault {
  return fault('slowOperation', onCluster, scope, { kind: 'trouble', trouble: pace });
}

/** The request is accepted, and its operation ends Failed; a cluster remains as a Failed resource. */
export function failedOperation(failure: Failure, scope: FaultScope = {}): Fault {
  return fault('failedOperation', onCluster, scope, { kind: 'trouble', trouble: { failure } });
}

/** A power operation on machines that ends Failed. */
export function failedPowerOperation(failure: Failure, scope: FaultScope = {}): Fault {
  return failedOperation(failure, { method: 'POST', path: new RegExp(`/${scaleSetType}/`), ...scope });
}

/** The application has no federated credential for this job. */
export function federatedTokenRefused(scope: FaultScope = {}): Fault {
  return fault('federatedTokenRefused', onToken, scope, {
    kind: 'answer',
    answer: () => subjectRefusal(defaultSubject),
  });
}

/** The federated token is too old for another access token. */
export function assertionExpired(scope: FaultScope = {}): Fault {
  const hourAgo = new Date(Date.now() - 3_600_000);
  const answer = () => assertionExpiredRefusal(hourAgo, new Date(hourAgo.getTime() + 300_000));
  return fault('assertionExpired', onToken, scope, { kind: 'answer', answer });
}
