import type { StatefulSet } from '../kubernetes/api/types.js';
import { serverContainer } from './manifests/container.js';
import { clientPort, clientPortName } from './object-names.js';
import { keystorePassword, optionsVariable, parseOptions, variableOf } from './server-options.js';
import type { Deployment } from './spec.js';

/** Returns the server options that a StatefulSet passes to its members; references are not resolved. */
export function optionsOf(statefulSet: StatefulSet): ReadonlyMap<string, string> {
  const env = serverContainer(statefulSet)?.env ?? [];
  return parseOptions(env.find(({ name }) => name === optionsVariable)?.value ?? '');
}

/** Returns the port on which the members of a StatefulSet answer clients without TLS. */
export function memberPortOf(statefulSet: StatefulSet): number {
  const port = serverContainer(statefulSet)?.ports?.find(({ name }) => name === clientPortName);
  return port?.containerPort ?? clientPort;
}

/** What decides which messages the members keep and deliver. */
export interface MessageSettings {
  /** `ClusterDeliveryMode`: only `Guaranteed` promises that an accepted message is delivered. */
  readonly deliveryMode: string;
  /** What is kept of a subject: CacheExpireTime, in seconds, and MaxCachedMessagesPerSubject. */
  readonly cache: { readonly seconds: number; readonly messages: number };
}

/** Returns the message settings of a StatefulSet, with the defaults of the server: Standard, 180 s, 1,000 messages. */
export function messageSettingsOf(statefulSet: StatefulSet): MessageSettings {
  const options = optionsOf(statefulSet);
  const numberOf = (name: string, byDefault: number): number => {
    const value = Number(options.get(name) ?? byDefault);
    return Number.isFinite(value) ? value : byDefault;
  };
  return {
    deliveryMode: options.get('ClusterDeliveryMode') ?? 'Standard',
    cache: {
      seconds: numberOf('CacheExpireTime', 180),
      messages: numberOf('MaxCachedMessagesPerSubject', 1_000),
    },
  };
}

/**
 * Returns the cluster settings of the running members, which take precedence over the inputs of a later step: the
 * member list changes only when all members are replaced. Undefined when the StatefulSet has no member list.
 */
export function liveClusterOf(
  statefulSet: StatefulSet,
): (Pick<Deployment, 'seedMembers' | 'maxReplicas' | 'rest'> & Partial<Pick<Deployment, 'clusterDomain'>>) | undefined {
  const options = optionsOf(statefulSet);
  const list = options.get('ClusterMembers');
  const seedMembers = Number(options.get('ClusterSeedMemberCount'));
  if (list === undefined || !Number.isInteger(seedMembers)) return undefined;
  const clusterDomain = domainOf(list);
  return {
    seedMembers,
    maxReplicas: list.split(',').length,
    rest: options.get('Rest.Enable') === 'true',
    ...(clusterDomain !== undefined && { clusterDomain }),
  };
}

/** Returns the Secret with the keystore of the members; empty if they have no TLS. */
export function liveTlsSecretOf(statefulSet: StatefulSet): string {
  const variable = serverContainer(statefulSet)?.env?.find(({ name }) => name === variableOf(keystorePassword));
  return optionsOf(statefulSet).has('ListenEncrypted') ? (variable?.valueFrom?.secretKeyRef?.name ?? '') : '';
}

/** Returns the DNS domain of the cluster in a member list. */
export function domainOf(list: string): string | undefined {
  return /\.svc\.([^:,]+):/.exec(list)?.[1];
}
