import type { ExposedService } from './objects.js';

/** What the annotations of a Service request of Azure's load balancer. */
export interface AzureSettings {
  readonly internal: boolean;
  readonly dnsLabel: string | undefined;
  readonly idleMinutes: number;
}

const prefix = 'service.beta.kubernetes.io/azure-';

/**
 * Reads the annotations that the lab supports.
 * https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations
 * @throws Error for a value that the cloud provider refuses.
 */
export function readAzureSettings({ metadata }: ExposedService): AzureSettings {
  const value = (name: string): string | undefined => metadata.annotations?.[prefix + name];
  const idleMinutes = Number(value('load-balancer-tcp-idle-timeout') ?? 4);
  if (!Number.isInteger(idleMinutes) || idleMinutes < 4 || idleMinutes > 100) {
    throw new Error('idle timeout value must be a whole number of minutes from 4 to 100');
  }
  const dnsLabel = value('dns-label-name');
  if (dnsLabel !== undefined && !/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(dnsLabel)) {
    throw new Error(`the domain name label ${dnsLabel} is invalid (ERROR CODE: InvalidDomainNameLabel)`);
  }
  return { internal: value('load-balancer-internal') === 'true', dnsLabel, idleMinutes };
}
