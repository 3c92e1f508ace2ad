import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from './api.js';
import { eventsAbout, timesSeen } from './events.js';
import { describeEvents } from './evidence.js';
import { found, type WaitResult, missing, observe, type Observation } from './observer.js';
import type { Event, Service } from './types.js';

/** Where the load balancer of a Service listens. */
export interface LoadBalancerAddress {
  readonly ip?: string;
  readonly hostname?: string;
}

export interface AddressLimits {
  readonly timeoutMs: number;
  /** Hides secrets in events. */
  readonly redact: (text: string) => string;
  readonly progress?: (waiting: string) => void;
}

/** The address in the Service's status, or undefined while it is pending. */
export function addressOf(service: Service): LoadBalancerAddress | undefined {
  const ingress = service.status?.loadBalancer?.ingress?.find(({ ip, hostname }) => ip ?? hostname);
  if (ingress === undefined) return undefined;
  const { ip, hostname } = ingress;
  return { ...(ip === undefined ? {} : { ip }), ...(hostname === undefined ? {} : { hostname }) };
}

/** Codes of Azure that no waiting mends; see "Azure Load Balancer troubleshooting" in the AKS support articles. */
const lasting = [
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

/** The code in the event that tells why a load balancer cannot be had; undefined where waiting may help. */
export function lastingFailure(event: Event): string | undefined {
  if (event.reason !== 'SyncLoadBalancerFailed') return undefined;
  return lasting.find(code => new RegExp(`\\b${code}\\b`, 'i').test(event.message ?? ''));
}

/**
 * Waits until the load balancer of a Service has an address.
 * @throws ActionError `load-balancer-failed` with the reason of the cloud as soon as the Service's events tell one that
 * lasts, or at the end when they tell any; `load-balancer-pending` when they tell none.
 */
export async function waitForAddress(
  api: KubernetesApi,
  key: { readonly namespace: string; readonly name: string },
  { timeoutMs, redact, progress }: AddressLimits,
): Promise<LoadBalancerAddress> {
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
  const check = (observation: Observation): WaitResult<LoadBalancerAddress> => {
    const service = observation.find('Service', name);
    const address = service && addressOf(service);
    if (address !== undefined) return found(address);
    const failures = failuresOf(observation, name).filter(event => lastingFailure(event) !== undefined);
    const last = failures.at(-1);
    const count = failures.reduce((sum, event) => sum + timesSeen(event), 0);
    before ??= count;
    // Seen twice: the first failure of a new Service may be one that the next attempt of the controller mends. Seen now:
    // what the events tell of an earlier step may have been mended since.
    if (last && count > Math.max(1, before)) {
      const code = lastingFailure(last) ?? '';
      throw failure(
        observation,
        'load-balancer-failed',
        `Service ${name} gets no address (${code}): ${last.message ?? ''}`,
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
  return eventsAbout(observation.all('Event'), { kind: 'Service', name, ...(uid === undefined ? {} : { uid }) });
}

/**
 * The failures since the load balancer was last in order, the latest last. Each attempt may leave an event of its own:
 * Kubernetes counts only those with equal messages as one, and Azure's tell the id of the request.
 */
function failuresOf(observation: Observation, name: string): readonly Event[] {
  const events = eventsOf(observation, name);
  const mended = events.findLastIndex(({ reason }) => reason === 'EnsuredLoadBalancer');
  return events.slice(mended + 1).filter(({ reason }) => reason === 'SyncLoadBalancerFailed');
}
