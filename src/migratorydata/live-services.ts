import type { PodDisruptionBudget, Service } from '../kubernetes/types.js';
import { clientPortOf, serviceAnnotations } from './manifests/client-service.js';
import type { Deployment, Exposure } from './spec.js';

/** Returns how clients reach the members, by their Service; what it does not show is as in `exposure`. */
export function liveExposureOf(service: Service, exposure: Exposure): Exposure {
  const {
    metadata: { annotations = {} },
    spec,
  } = service;
  return {
    ...exposure,
    serviceType: serviceTypeOf(spec.type, annotations[serviceAnnotations.internal] === 'true'),
    clientPort: clientPortOf(service)?.port ?? exposure.clientPort,
    dnsLabel: annotations[serviceAnnotations.dnsLabel] ?? '',
    publicUrl: webAddressOf(annotations[serviceAnnotations.publicUrl] ?? ''),
  };
}

function serviceTypeOf(type: string | undefined, isInternal: boolean): Exposure['serviceType'] {
  if (type === 'LoadBalancer') return isInternal ? 'internal' : 'public';
  return type === 'NodePort' ? 'node-port' : 'cluster-ip';
}

/** An annotation is a text that others may have written: only an address is used as one. */
function webAddressOf(text: string): string {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : '';
}

/** Returns how many members the disruption budget keeps, and so the least number; nothing for another kind of budget. */
export function liveMinReplicasOf(
  budget: PodDisruptionBudget | undefined,
): Partial<Pick<Deployment, 'minReplicas' | 'disruptionBudget'>> {
  const { minAvailable, maxUnavailable } = budget?.spec ?? {};
  if (typeof minAvailable === 'number') return { minReplicas: minAvailable, disruptionBudget: 'min-available' };
  return maxUnavailable === undefined ? {} : { disruptionBudget: 'max-unavailable' };
}
