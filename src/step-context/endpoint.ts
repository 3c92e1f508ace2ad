import type { ClientEndpoint } from '../chaos/measurement/client-endpoint.js';
import { ActionError } from '../errors/action-error.js';
import type { Target } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { readyAddresses } from '../kubernetes/nodes.js';
import { listPages } from '../kubernetes/pages.js';
import { waitForAddress } from '../kubernetes/services.js';
import type { Node, Service } from '../kubernetes/types.js';
import { clientPortOf, exposureOf } from '../migratorydata/manifests/client-service.js';
import { names } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { Network } from '../runtime/ports.js';
import type { Context } from './context.js';
import { serviceProxyNetwork } from './service-proxy.js';

/** How a client reaches the cluster. */
export interface Endpoint {
  readonly url: string;
  readonly network: Network;
  /** Whether clients use the port of a node, so that any working node will do. */
  readonly onNodes: boolean;
  /** Set if the connection is not the one of a real client: what it does not show. */
  readonly blindSpot?: string;
}

/**
 * Returns the address that clients connect to, waits for the load balancer if there is one, and sets the outputs. The live
 * Service counts, regardless of the inputs.
 * @throws ActionError `load-balancer-pending`, `load-balancer-failed`, `nodes-not-ready`, `not-deployed`.
 */
export async function findEndpoint(
  context: Context,
  api: KubernetesApi,
  { target, deployment }: { readonly target: Target; readonly deployment: Deployment },
  timeoutMs: number,
  note: Note,
): Promise<Endpoint> {
  const { namespace } = deployment;
  const { network, outputs } = context.ports;
  const key = { namespace, name: names.clientService };
  const service = await api.get('Service', key, 'read the client Service');
  const exposure = exposureOf(service, deployment.exposure);
  const common = { network, onNodes: false };
  switch (exposure.serviceType) {
    case 'public':
    case 'internal': {
      const { ip, hostname } = await waitForAddress(api, key, { timeoutMs, redact: context.redact, progress: note });
      const host = ip ?? hostname ?? '';
      const url = urlOf(host, exposure.clientPort);
      if (ip !== undefined) outputs.set('external-ip', ip);
      const name = publicName(exposure.dnsLabel, target, context) || (hostname ?? '');
      if (name !== '') outputs.set('hostname', name);
      return report(context, { ...common, url });
    }
    case 'node-port':
      return report(context, { ...common, url: await nodePortUrl(api, service), onNodes: true });
    case 'cluster-ip': {
      const blindSpot = 'the request went through the API server and not over the network path of clients';
      const url = `http://${names.clientService}.${namespace}.svc.${deployment.clusterDomain}:${exposure.clientPort}`;
      return report(context, { ...common, url, network: serviceProxyNetwork(api, key), blindSpot });
    }
  }
}

async function nodePortUrl(api: KubernetesApi, service: Service): Promise<string> {
  const port = clientPortOf(service)?.nodePort;
  if (port === undefined) {
    const { name, namespace = '' } = service.metadata;
    throw new ActionError('not-deployed', `Service ${name} in namespace ${namespace} has no node port.`);
  }
  for await (const nodes of listPages(api, 'Node', {}, 'find a Ready node')) {
    const [address] = readyAddresses(nodes);
    if (address !== undefined) return urlOf(address, port);
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

function urlOf(host: string, port: number): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? `http://${bracketed}` : `http://${bracketed}:${port}`;
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
  { url, network, onNodes, blindSpot }: Endpoint,
  rest: ClientEndpoint['rest'],
  nodes: readonly Node[],
  targets: readonly string[],
): ClientEndpoint {
  const common = { network, blindSpot, rest };
  const others = readyAddresses(nodes.filter(({ metadata }) => !targets.includes(metadata.name)));
  if (!onNodes || others.length === 0) return { ...common, url: () => url };
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
