import { runnerWord } from '../azure/cluster/runner-address.js';
import type { Exposure, FurtherPort } from '../migratorydata/spec.js';
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

/** Accepts `name=port:target`; the name as Kubernetes allows it ("Service", the field `ports`). */
const furtherPort: Parser<FurtherPort> = text => {
  const [, name = '', outside = '', inside = ''] =
    /^(?=[a-z0-9-]*[a-z])([a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?)=(\d+):(\d+)$/.exec(text) ?? [];
  const [from, to] = [port(outside), port(inside)];
  if (name === '' || !from.ok || !to.ok) return refuse('must be name=port:target', 'write it as metrics=9900:9900');
  return accept({ name, port: from.value, target: to.value });
};

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
    servicePorts: inputs.list('service-ports', furtherPort),
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

/** Reports two ports of the client Service with one number or one name. */
export function checkServicePorts(
  { problems, areValid }: InputReader,
  { clientPort, servicePorts }: Pick<Exposure, 'clientPort' | 'servicePorts'>,
): void {
  if (!areValid('service-ports', 'client-port', 'tls-port')) return;
  const all = [{ name: 'client-port', port: clientPort }, ...servicePorts];
  const isTaken = ({ name, port: number }: (typeof all)[number], index: number): boolean =>
    all.slice(0, index).some(other => other.name === name || other.port === number);
  for (const { name, port: number } of all.filter(isTaken)) {
    const rule = `${name}=${number} has a name or a number that another port of the Service has`;
    problems.add({ input: 'service-ports', rule, remedy: 'choose another one' });
  }
}
