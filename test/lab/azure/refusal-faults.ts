import { etagRefusal } from './cluster-checks.js';
import { fault, type Fault, type FaultScope, onCluster, refuses } from './fault.js';
import { commandRefusal, concurrentRefusal } from './machine-operations.js';
import { ArmError, notFound, ok } from './messages.js';
import { scaleSetType, subscriptionId } from './names.js';
import { claimsRefusal, expiredTokenRefusal } from './token-refusals.js';

/** Every request to ARM, of any method. */
const onArm: FaultScope = { path: /^\/subscriptions(\/|$)/ };
const onPower: FaultScope = {
  method: 'POST',
  path: new RegExp(`/${scaleSetType}/.*/(poweroff|deallocate|start|restart)$`),
};

/**
 * AKS loses a race with itself: nobody sent an entity tag, and the request is refused because of one (microsoft/retina,
 * issue 1212; Azure/terraform-azurerm-aks, pull request 354). The outer text is not known; it repeats the inner one.
 */
export function etagMismatch(scope: FaultScope = {}): Fault {
  const inner = 'rpc error: code = FailedPrecondition desc = Etag mismatched';
  const details = [{ code: 'Unspecified', message: inner }];
  return refuses('etagMismatch', onCluster, scope, () => new ArmError(409, 'EtagMismatch', inner, 'aks', { details }));
}

/** The same race over a node pool (kaito-project/kaito, issue 2075, without the end of the text). */
export function originalEtagNotExpect(pool = 'nodepool1', scope: FaultScope = {}): Fault {
  const inner = 'rpc error: code = FailedPrecondition desc = Original etag not expected';
  const details = [{ code: 'Unspecified', message: inner }];
  const message = `Failed to save agent pool ${pool}. ${inner}`;
  return refuses(
    'originalEtagNotExpect',
    { path: /\/agentPools\/[^/]+(\/deleteMachines)?$/ },
    scope,
    () => new ArmError(409, 'OriginalEtagNotExpect', message, 'aks', { details }),
    ({ method }) => method !== 'GET',
  );
}

/** The condition of a request is not met. */
export function preconditionFailed(scope: FaultScope = {}): Fault {
  return refuses('preconditionFailed', onCluster, scope, () => etagRefusal('sent', 'current'));
}

/** Another run command still runs on the machine, even after it was reported as ended. */
export function runCommandInProgress(scope: FaultScope = {}): Fault {
  return refuses('runCommandInProgress', { method: 'POST', path: /\/runCommand$/ }, scope, commandRefusal);
}

/** Another request changes the same machine, such as one of the cloud provider in the cluster. */
export function concurrentRequest(scope: FaultScope = {}): Fault {
  return refuses('concurrentRequest', onPower, scope, concurrentRefusal);
}

/**
 * Too many requests for the subscription (Microsoft, "SubscriptionRequestsThrottled error code"). The time is in the
 * text, in quotes, and in Retry-After unless `header` is false.
 */
export function subscriptionThrottled(scope: FaultScope = {}, seconds = 6, header = true): Fault {
  const headers = header ? { 'retry-after': String(seconds) } : {};
  return refuses('subscriptionThrottled', onArm, scope, ({ method }) => {
    const message = `Number of requests for subscription '${subscriptionId}' and operation '${method}/SUBSCRIPTIONS/RESOURCEGROUPS' exceeded the backend storage limit. Please try again after '${seconds}' seconds.`;
    return new ArmError(429, 'SubscriptionRequestsThrottled', message, 'arm', { headers });
  });
}

/** ARM requires a new token with the claims in the challenge. */
export function claimsChallenge(scope: FaultScope = {}): Fault {
  const claims = { access_token: { nbf: { essential: true, value: '1764000000' } } };
  return refuses('claimsChallenge', onArm, scope, () => claimsRefusal(claims));
}

/** The access token is too old. */
export function accessTokenExpired(scope: FaultScope = {}): Fault {
  return refuses('accessTokenExpired', onArm, scope, () => expiredTokenRefusal(new Date(Date.now() - 60_000)));
}

/** The instance view of a machine has no power state, as while Azure updates the machine. */
export function powerStateMissing(scope: FaultScope = {}): Fault {
  const statuses = [{ code: 'ProvisioningState/updating', level: 'Info', displayStatus: 'Updating' }];
  const natural: FaultScope = { method: 'GET', path: /\/instanceView$/ };
  return fault('powerStateMissing', natural, scope, { kind: 'answer', answer: () => ok({ statuses }) });
}

/** Azure does not find a resource that exists, as right after its creation in another region. */
export function resourceMissing(scope: FaultScope = {}): Fault {
  return refuses('resourceMissing', onCluster, scope, ({ path }) => {
    const [group = '', resource] = (path.split(/\/resourceGroups\//i)[1] ?? '').split('/providers/');
    if (resource !== undefined) return notFound(resource, resource.split('/').at(-1) ?? '', group);
    return new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  });
}

/** The service fails before the request has an effect. */
export function serviceFails(status: 500 | 503, scope: FaultScope = {}): Fault {
  const code = status === 500 ? 'InternalServerError' : 'ServiceUnavailable';
  const message = status === 500 ? 'Encountered internal server error.' : 'The service is temporarily unavailable.';
  return refuses('serviceFails', onCluster, scope, () => new ArmError(status, code, message));
}

/** An operation is asked for its status, and the service fails. */
export function pollFails(status: 500 | 502 | 503, scope: FaultScope = {}): Fault {
  const error = new ArmError(status, 'InternalServerError', 'Encountered internal server error.');
  const natural: FaultScope = { method: 'GET', path: /\/operations\/[^/]+$/ };
  return fault('pollFails', natural, scope, { kind: 'answer', answer: () => error.answer() });
}
