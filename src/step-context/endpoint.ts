import type { ClientEndpoint } from '../chaos/measurement/client-endpoint.js';
import { ActionError } from '../errors/action-error.js';
import type { Target } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { readyAddresses } from '../kubernetes/nodes.js';
import { listPages } from '../kubernetes/pages.js';
import { waitForAddress } from '../kubernetes/services.js';
import type { Node } from '../kubernetes/types.js';
import { clientPortOf } from '../migratorydata/manifests/client-service.js';
import { names } from '../migratorydata/object-names.js';
import type { Deployment, Exposure } from '../migratorydata/spec.js';
import type { Network } from '../runtime/ports.js';
import { clientNetwork } from './client-network.js';
import type { Context } from './context.js';
import { serviceProxyNetwork } from './service-proxy.js';

/** How a client reaches the cluster. */
export interface Endpoint {
  readonly url: string;
  readonly network: Network;
  /** Set if the connection is not the one of a real client: what it does not show. */
  readonly blindSpot?: string;
}

interface EndpointOptions {
  readonly target: Target;
  readonly deployment: Deployment;
}

/**
 * Returns the address that clients connect to, waits for the load balancer if there is one, and sets the outputs.
 * @throws ActionError `load-balancer-pending`, `load-balancer-failed`, `nodes-not-ready`, `not-deployed`.
 */
export async function findEndpoint(
  context: Context,
  api: KubernetesApi,
  options: EndpointOptions,
  timeoutMs: number,
  note: Note,
): Promise<Endpoint> {
  const { publicUrl } = options.deployment.exposure;
  const service = await findServiceEndpoint(context, api, options, timeoutMs, note);
  const network = await clientNetwork(context, options.deployment.exposure);
  const endpoint =
    publicUrl !== ''
      ? { url: publicUrl, network }
      : service.blindSpot === undefined
        ? { ...service, network }
        : service;
  // The address inside the cluster is none for clients of the outputs.
  return endpoint.blindSpot === undefined ? report(context, endpoint) : endpoint;
}

/** Returns the address of the client Service. */
async function findServiceEndpoint(
  context: Context,
  api: KubernetesApi,
  { target, deployment }: EndpointOptions,
  timeoutMs: number,
  note: Note,
): Promise<Endpoint> {
  const { namespace, exposure } = deployment;
  const { network, outputs } = context.ports;
  const key = { namespace, name: names.clientService };
  switch (exposure.serviceType) {
    case 'public':
    case 'internal': {
      const { ip, hostname } = await waitForAddress(api, key, { timeoutMs, redact: context.redact, progress: note });
      const host = ip ?? hostname ?? '';
      if (ip !== undefined) outputs.set('external-ip', ip);
      const name = publicName(exposure.dnsLabel, target, context) || (hostname ?? '');
      if (name !== '') outputs.set('hostname', name);
      // A certificate is for names, and rarely for addresses.
      const url = urlOf(exposure.tlsSecret === '' ? host : name || host, exposure.clientPort, exposure);
      return { url, network };
    }
    case 'node-port':
      return { url: await nodePortUrl(api, key, exposure), network };
    case 'cluster-ip': {
      const path = 'the request went through the API server and not over the network path of clients';
      const blindSpot = exposure.tlsSecret === '' ? path : `${path}, and the API server does not check certificates`;
      const { scheme } = schemeOf(exposure);
      const host = `${names.clientService}.${namespace}.svc.${deployment.clusterDomain}`;
      const url = `${scheme}://${host}:${exposure.clientPort}`;
      return report(context, { url, network: serviceProxyNetwork(api, { ...key, scheme }), blindSpot });
    }
  }
}

async function nodePortUrl(
  api: KubernetesApi,
  key: { namespace: string; name: string },
  exposure: Exposure,
): Promise<string> {
  const service = await api.get('Service', key, 'find the port of the client Service');
  const port = clientPortOf(service)?.nodePort;
  if (port === undefined) {
    throw new ActionError('not-deployed', `Service ${key.name} in namespace ${key.namespace} has no node port.`);
  }
  for await (const nodes of listPages(api, 'Node', {}, 'find a Ready node')) {
    const [address] = readyAddresses(nodes);
    if (address !== undefined) return urlOf(address, port, exposure);
  }
  throw new ActionError('nodes-not-ready', 'No node is Ready and has an address, so no node port can be reached.');
}

/** See "Apply a DNS label to the service" in the AKS documentation of public load balancers. */
function publicName(label: string, target: Target, { journal }: Context): string {
  const location = journal.report.facts['Location'];
  return label === '' || target.kind !== 'aks' || location === undefined
    ? ''
    : `${label}.${location}.cloudapp.azure.com`;
}

function urlOf(host: string, port: number, exposure: Exposure): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const { scheme, usualPort } = schemeOf(exposure);
  return port === usualPort ? `${scheme}://${bracketed}` : `${scheme}://${bracketed}:${port}`;
}

function schemeOf({ tlsSecret }: Exposure): { readonly scheme: 'http' | 'https'; readonly usualPort: number } {
  return tlsSecret === '' ? { scheme: 'http', usualPort: 80 } : { scheme: 'https', usualPort: 443 };
}

function report(context: Context, endpoint: Endpoint): Endpoint {
  context.ports.outputs.set('url', endpoint.url);
  context.journal.fact('Address', endpoint.url);
  return endpoint;
}

/**
 * Returns the client endpoint that the measurement uses. With node ports, clients may use any working node, so the
 * attempts rotate over the Ready nodes that are not targets.
 */
export function clientEndpointFor(
  { url, network, blindSpot }: Endpoint,
  { serviceType, publicUrl }: Exposure,
  rest: ClientEndpoint['rest'],
  nodes: readonly Node[],
  targets: readonly string[],
): ClientEndpoint {
  const common = { network, blindSpot, rest };
  const others = readyAddresses(nodes.filter(({ metadata }) => !targets.includes(metadata.name)));
  if (serviceType !== 'node-port' || publicUrl !== '' || others.length === 0) return { ...common, url: () => url };
  const urls = others.map(address => withHost(url, address));
  let count = 0;
  return {
    ...common,
    url: () => {
      count += 1;
      return urls[count % urls.length] ?? url;
    },
  };
}

function withHost(url: string, address: string): string {
  const other = new URL(url);
  other.hostname = address.includes(':') ? `[${address}]` : address;
  return other.toString().replace(/\/$/, '');
}
