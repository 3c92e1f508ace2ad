import { runnerWord } from '../azure/runner-address.js';
import type { Exposure } from '../migratorydata/spec.js';
import { sourceRange } from './cidr.js';
import { publicDnsLabel, secretName } from './name-parsers.js';
import { worksOnLive } from './operation-inputs.js';
import { accept, choice, duration, integer, line, type Parser, refuse, webAddress } from './parsers.js';
import type { InputReader } from './reader.js';
import type { Operation } from './request.js';

type ServiceType = Exposure['serviceType'];

/**
 * The default traffic policies. With Local, connections do not depend on other nodes, which may fail; all nodes of kind
 * are reachable, and Kubernetes rejects the field without a node port or load balancer.
 */
const defaultPolicies = {
  public: 'Local',
  internal: 'Local',
  'node-port': 'Cluster',
  'cluster-ip': undefined,
} as const satisfies Record<ServiceType, Exposure['trafficPolicy']>;

const idleTimeout: Parser<number> = text => {
  const parsed = duration('4m', '100m')(text);
  if (!parsed.ok) return parsed;
  const minutes = parsed.value / 60_000;
  return Number.isInteger(minutes) ? accept(minutes) : refuse('must be whole minutes', 'write it as 30m');
};

const port = integer(1, 65_535);

/** Reads how clients reach the members. */
export function readExposure(inputs: InputReader, operation: Operation): Exposure {
  const serviceType = inputs.value('service-type', choice(['public', 'internal', 'node-port', 'cluster-ip']));
  const given = inputs.list('source-ranges', sourceRange);
  const runnerOnly = inputs.isDefault('source-ranges') && serviceType === 'public' && operation === 'e2e';
  const policy = inputs.optional('traffic-policy', choice(['Local', 'Cluster'])) ?? defaultPolicies[serviceType];
  const tlsSecret = inputs.optional('tls-secret', secretName) ?? '';
  // The cluster knows the Secret.
  const usesTls = tlsSecret !== '' || (worksOnLive(operation) && inputs.isGiven('tls-port'));
  const ports = { clear: inputs.value('client-port', port), tls: inputs.value('tls-port', port) };
  return {
    serviceType,
    clientPort: usesTls ? ports.tls : ports.clear,
    tlsSecret,
    tlsCa: inputs.optional('tls-ca', line) ?? '',
    // The cluster of e2e is a test, so no one else needs access.
    sourceRanges: runnerOnly ? [runnerWord] : given,
    dnsLabel: inputs.optional('dns-label', publicDnsLabel) ?? '',
    publicUrl: inputs.optional('public-url', webAddress) ?? '',
    idleTimeoutMinutes: inputs.value('idle-timeout', idleTimeout),
    ...(policy !== undefined && { trafficPolicy: policy }),
  };
}

const loadBalancers: readonly ServiceType[] = ['public', 'internal'];

/** The service types for which an input has an effect. */
const needs: Readonly<Record<string, readonly ServiceType[]>> = {
  'source-ranges': loadBalancers,
  'idle-timeout': loadBalancers,
  'dns-label': ['public'],
  'traffic-policy': [...loadBalancers, 'node-port'],
};

/** Reports inputs that the service type would ignore; in a config file they may belong to its own service type. */
export function checkExposure(inputs: InputReader, exposure: Exposure): void {
  const { problems, areValid, isDefault, text, sourceOf } = inputs;
  if (!areValid('service-type')) return;
  const isOverridden = (input: string): boolean =>
    sourceOf(input) === 'config' && sourceOf('service-type') !== 'config' && !isDefault('service-type');
  for (const [input, types] of Object.entries(needs)) {
    if (isDefault(input) || isOverridden(input) || types.includes(exposure.serviceType)) continue;
    problems.add({
      input,
      value: text(input),
      rule: `has no effect with service-type ${exposure.serviceType}`,
      remedy: `leave it empty, or use service-type ${types.join(' or ')}`,
    });
  }
}

/** Reports a port that the client Service would not have: it has one port for clients, with TLS or without. */
export function checkTls({ problems, areValid, isDefault, text }: InputReader, { tlsSecret }: Exposure): void {
  if (!areValid('tls-secret')) return;
  const [unused, remedy] =
    tlsSecret === '' ? ['tls-port', 'set tls-secret as well'] : ['client-port', 'use tls-port, or remove tls-secret'];
  if (isDefault(unused)) return;
  const rule = tlsSecret === '' ? 'has no effect without tls-secret' : 'has no effect with tls-secret';
  problems.add({ input: unused, value: text(unused), rule, remedy });
}
