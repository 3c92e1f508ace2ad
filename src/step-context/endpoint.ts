import type { ClientEndpoint } from '../chaos/measurement/client-endpoint.js';
import { ActionError } from '../errors/action-error.js';
import type { Target } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Node, Service } from '../kubernetes/api/types.js';
import { addressesOfNode, servesNodePorts } from '../kubernetes/nodes.js';
import { addressesOf, waitForAddress } from '../kubernetes/services.js';
import { clientPortOf, exposureOf } from '../migratorydata/manifests/client-service.js';
import { deploymentNames } from '../migratorydata/object-names.js';
import type { Deployment, Exposure } from '../migratorydata/spec.js';
import { ipVersionOf } from '../runtime/ip-version.js';
import type { Network } from '../runtime/ports.js';
import { clientNetwork } from './client-network.js';
import type { Context } from './context.js';
import { serviceProxyNetwork } from './service-proxy.js';
import { findServingNodes } from './serving-nodes.js';

/** How a client reaches the cluster. */
export interface Endpoint {
  readonly url: string;
  /** All URLs that clients may use, `url` first: over each address of the load balancer, or over nodes. */
  readonly urls: readonly string[];
  readonly network: Network;
  /** Set if the connection is not the one of a real client: what it does not show. */
  readonly blindSpot?: string;
  /** With node ports: returns the URL over a node; undefined if the node has no address. */
  readonly overNode?: (node: Node) => string | undefined;
}

export interface EndpointOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  /** The live client Service, if it was read just now. */
  readonly service?: Service | undefined;
  /** Resolves when members are Ready, if they may not be yet: before that, no node answers. */
  readonly ready?: Promise<unknown>;
}

/**
 * Returns the address that clients connect to, waits for the load balancer if there is one, and sets the outputs. The live
 * Service counts, regardless of the inputs. Of several addresses, it is the first that accepts a connection.
 * @throws ActionError `load-balancer-pending`, `load-balancer-failed`, `nodes-not-ready`, `not-deployed`.
 */
export async function findEndpoint(
  context: Context,
  api: KubernetesApi,
  options: EndpointOptions,
  timeoutMs: number,
  note: Note,
): Promise<Endpoint> {
  const { namespace, name } = options.deployment;
  const key = { namespace, name: deploymentNames(name).clientService };
  const service = options.service ?? (await api.get('Service', key, 'read the client Service'));
  const exposure = exposureOf(service, options.deployment.exposure);
  const found = await findServiceEndpoint(context, api, { ...options, service, exposure }, timeoutMs, note);
  const { publicUrl: url } = exposure;
  return reportEndpoint(
    context,
    url === '' ? found : { url, urls: [url], network: await clientNetwork(context, exposure) },
  );
}

interface ServiceOptions extends EndpointOptions {
  readonly service: Service;
  /** That of the Service. */
  readonly exposure: Exposure;
}

/** Returns the address of the client Service. */
async function findServiceEndpoint(
  context: Context,
  api: KubernetesApi,
  { target, deployment, ready, service, exposure }: ServiceOptions,
  timeoutMs: number,
  note: Note,
): Promise<Endpoint> {
  const { namespace } = deployment;
  const { outputs } = context.ports;
  const key = { namespace, name: deploymentNames(deployment.name).clientService };
  switch (exposure.serviceType) {
    case 'public':
    case 'internal': {
      const balanced = await waitForAddress(api, key, { timeoutMs, redact: context.redact, progress: note });
      const { port } = clientPortOf(balanced);
      await ready;
      const hosts = await withReachableFirst(context, addressesOf(balanced), port);
      const ip = hosts.find(address => ipVersionOf(address) !== 0);
      if (ip !== undefined) outputs.set('external-ip', ip);
      const hostname = hosts.find(address => ipVersionOf(address) === 0);
      const name = publicName(exposure.dnsLabel, target, context) || (hostname ?? '');
      if (name !== '') outputs.set('hostname', name);
      // A certificate is for names, and rarely for addresses.
      const named = exposure.tlsSecret === '' || name === '' ? hosts : [name];
      return { ...urlsOf(named, port, exposure), network: await clientNetwork(context, exposure) };
    }
    case 'node-port':
      return findNodePort(context, api, { deployment, service, exposure }, ready);
    case 'cluster-ip': {
      const path = 'the request went through the API server and not over the network path of clients';
      const blindSpot = exposure.tlsSecret === '' ? path : `${path}, and the API server does not check certificates`;
      const { scheme } = schemeOf(exposure);
      const host = `${key.name}.${namespace}.svc.${deployment.clusterDomain}`;
      const url = `${scheme}://${host}:${exposure.clientPort}`;
      return { url, urls: [url], network: serviceProxyNetwork(api, { ...key, scheme }), blindSpot };
    }
  }
}

async function findNodePort(
  context: Context,
  api: KubernetesApi,
  { deployment, service, exposure }: Omit<ServiceOptions, 'target' | 'ready'>,
  ready: Promise<unknown> | undefined,
): Promise<Endpoint> {
  const { nodePort } = clientPortOf(service);
  if (nodePort === undefined) {
    const { name, namespace = '' } = service.metadata;
    throw new ActionError('not-deployed', `Service ${name} in namespace ${namespace} has no node port.`);
  }
  await ready;
  const nodes = await findServingNodes(api, deployment, service);
  const addresses = nodes.flatMap(addressesOfNode);
  const given = addresses.map(({ address }) => address);
  const hosts = await withReachableFirst(context, given, nodePort);
  const chosen = addresses.find(({ address }) => address === hosts[0]);
  // The other nodes are reached in the same way: from outside or inside, and with the same version of IP.
  const overNode = (node: Node): string | undefined => {
    const alike = addressesOfNode(node).find(
      ({ type, address }) => type === chosen?.type && ipVersionOf(address) === ipVersionOf(chosen.address),
    );
    return alike && urlOf(alike.address, nodePort, exposure);
  };
  const network = await clientNetwork(context, exposure);
  return { ...urlsOf(hosts, nodePort, exposure), network, overNode };
}

const attemptMs = 2_000;
const mostTried = 10;

/**
 * Returns the hosts with the first one in front that accepts a connection; unchanged if none does, because a new address
 * may need a moment. A single host is not tried.
 */
async function withReachableFirst(
  { ports, signal }: Context,
  hosts: readonly string[],
  port: number,
): Promise<readonly string[]> {
  if (hosts.length < 2) return hosts;
  const tried = hosts.slice(0, mostTried).map(async host => {
    const connecting = ports.network.connect(host, port, attemptMs, signal);
    return { host, reached: await connecting.then(() => true).catch(() => false) };
  });
  for (const attempt of tried) {
    const { host, reached } = await attempt;
    signal.throwIfAborted();
    if (reached) return [host, ...hosts.filter(other => other !== host)];
  }
  return hosts;
}

/** See "Apply a DNS label to the service" in the AKS documentation of public load balancers. */
function publicName(label: string, target: Target, { journal }: Context): string {
  const location = journal.report.facts['Location'];
  return label === '' || target.kind !== 'aks' || location === undefined
    ? ''
    : `${label}.${location}.cloudapp.azure.com`;
}

function urlsOf(hosts: readonly string[], port: number, exposure: Exposure): Pick<Endpoint, 'url' | 'urls'> {
  const urls = hosts.map(host => urlOf(host, port, exposure));
  return { url: urls[0] ?? '', urls };
}

function urlOf(host: string, port: number, exposure: Exposure): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const { scheme, usualPort } = schemeOf(exposure);
  return port === usualPort ? `${scheme}://${bracketed}` : `${scheme}://${bracketed}:${port}`;
}

function schemeOf({ tlsSecret }: Exposure): { readonly scheme: 'http' | 'https'; readonly usualPort: number } {
  return tlsSecret === '' ? { scheme: 'http', usualPort: 80 } : { scheme: 'https', usualPort: 443 };
}

/** Sets the output `url`, and adds the address to the report. */
export function reportEndpoint(context: Context, endpoint: Endpoint): Endpoint {
  context.ports.outputs.set('url', endpoint.url);
  context.journal.fact('Address', endpoint.url);
  return endpoint;
}

/**
 * Returns the client endpoint that the measurement uses. With node ports, clients may use any working node, so the
 * attempts rotate over the nodes that serve and are not targets.
 */
export function clientEndpointFor(
  { url, network, blindSpot, overNode }: Endpoint,
  rest: ClientEndpoint['rest'],
  nodes: readonly Node[],
  targets: readonly string[],
): ClientEndpoint {
  const others = nodes.filter(node => servesNodePorts(node) && !targets.includes(node.metadata.name));
  const urls = overNode === undefined ? [] : others.flatMap(node => overNode(node) ?? []);
  let count = 0;
  const next = (): string => {
    count += 1;
    return urls[count % urls.length] ?? url;
  };
  return { url: next, network, blindSpot, rest };
}
