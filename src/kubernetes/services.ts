import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from './api/api.js';
import type { Event, Service } from './api/types.js';
import { found, type WaitResult, missing, observe, type Observation } from './informer/observer.js';
import { eventsAbout, timesSeen } from './rollout/events.js';
import { describeEvents } from './rollout/evidence.js';

export interface AddressLimits {
  readonly timeoutMs: number;
  /** Hides secrets in events. */
  readonly redact: (text: string) => string;
  readonly progress?: (waiting: string) => void;
}

/**
 * Returns the addresses of the load balancer of a Service, IP addresses and host names, in the order of its status; none
 * while it is pending. A dual-stack Service has several.
 */
export function addressesOf({ status }: Service): readonly string[] {
  return status?.loadBalancer?.ingress?.flatMap(({ ip, hostname }) => [ip, hostname].filter(isGiven)) ?? [];
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/**
 * Azure error codes that do not resolve with time; see "Azure Load Balancer troubleshooting" in the AKS support
 * articles.
 */
const permanentCodes = [
  'LinkedAuthorizationFailed',
  'AuthorizationFailed',
  'PublicIPCountLimitReached',
  'PublicIPAddressInUse',
  'DnsRecordInUse',
  'DnsRecordIsReserved',
  'RequestDisallowedByPolicy',
  'RequestDisallowedByAzure',
  'ScopeLocked',
  'ReadOnlyDisabledSubscription',
  'SubnetIsFull',
  'InvalidResourceReference',
  'InvalidDomainNameLabel',
  'DomainNameLabelReserved',
];

/** Returns the error code of an event if it permanently prevents the load balancer; undefined if waiting may help. */
export function lastingFailure(event: Event): string | undefined {
  if (event.reason !== 'SyncLoadBalancerFailed') return undefined;
  return permanentCodes.find(code => new RegExp(`\\b${code}\\b`, 'i').test(event.message ?? ''));
}

/**
 * Waits until the load balancer of a Service has an address, and returns the Service.
 * @throws ActionError `load-balancer-failed` with the reason from the cloud, as soon as the events of the Service show
 * a permanent failure, or at the timeout when they show any failure; `load-balancer-pending` when they show none.
 */
export async function waitForAddress(
  api: KubernetesApi,
  key: { readonly namespace: string; readonly name: string },
  { timeoutMs, redact, progress }: AddressLimits,
): Promise<Service> {
  const { namespace, name } = key;
  const observer = observe(api, [
    { kind: 'Service', namespace, fields: `metadata.name=${name}` },
    { kind: 'Event', namespace, fields: `involvedObject.kind=Service,involvedObject.name=${name}` },
  ]);
  const failure = (
    observation: Observation,
    code: 'load-balancer-failed' | 'load-balancer-pending',
    text: string,
  ): ActionError => {
    const evidence = redact(describeEvents(eventsOf(observation, name)).join('\n'));
    return new ActionError(code, redact(text), { evidence });
  };
  let before: number | undefined;
  const check = (observation: Observation): WaitResult<Service> => {
    const service = observation.find('Service', name);
    if (service !== undefined && addressesOf(service).length > 0) return found(service);
    const failures = failuresOf(observation, name).filter(event => lastingFailure(event) !== undefined);
    const last = failures.at(-1);
    const count = failures.reduce((sum, event) => sum + timesSeen(event), 0);
    before ??= count;
    // At least twice, because the next attempt of the controller may resolve a first failure. And new, because the
    // cause of earlier events may have been fixed.
    if (last && count > Math.max(1, before)) {
      const code = lastingFailure(last) ?? '';
      throw failure(
        observation,
        'load-balancer-failed',
        `Service ${name} cannot get an address (${code}): ${last.message ?? ''}`,
      );
    }
    return missing(service === undefined ? `Service ${name} does not exist` : `Service ${name} has no address yet`);
  };
  const onTimeout = (waiting: string, observation: Observation): ActionError => {
    const last = failuresOf(observation, name).at(-1);
    const head = `${waiting}, after ${Math.round(timeoutMs / 1000)} s`;
    if (last === undefined)
      return failure(observation, 'load-balancer-pending', `${head}; its events show no failure.`);
    return failure(observation, 'load-balancer-failed', `${head}: ${last.message ?? last.reason ?? 'unknown'}`);
  };
  try {
    return await observer.until(check, { timeoutMs, onTimeout, ...(progress ? { progress } : {}) });
  } finally {
    observer.close();
  }
}

function eventsOf(observation: Observation, name: string): readonly Event[] {
  const uid = observation.find('Service', name)?.metadata.uid;
  return eventsAbout(observation.all('Event'), { kind: 'Service', name, uid });
}

/**
 * Returns the failures since the last success, the latest last. Each attempt may create a separate event: Kubernetes
 * aggregates only events with equal messages, and those of Azure contain the request id.
 */
function failuresOf(observation: Observation, name: string): readonly Event[] {
  const events = eventsOf(observation, name);
  const succeeded = events.findLastIndex(({ reason }) => reason === 'EnsuredLoadBalancer');
  return events.slice(succeeded + 1).filter(({ reason }) => reason === 'SyncLoadBalancerFailed');
}
