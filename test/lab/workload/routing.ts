import type { ClusterView } from './cluster-view.js';
import type { Member } from './members.js';
import type { Endpoint, ExposedService, ServicePort } from './objects.js';

/** The destination of a connection: a server over the named nodes, a reset, or nothing. */
export type Route =
  | { readonly kind: 'server'; readonly host: string; readonly port: number; readonly nodes: readonly string[] }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' };

export interface RoutingContext {
  readonly view: Pick<ClusterView, 'slicesOf'>;
  readonly members: { find(podUid: string): Pick<Member, 'port' | 'tlsPort' | 'nodeName' | 'options'> | undefined };
  readonly nodeIsAlive: (nodeName: string) => boolean;
  /** Returns a number from 0 up to 1, as Math.random. */
  readonly random: () => number;
}

/** What a load balancer knows of the nodes behind it. */
export interface Backends {
  /** Returns whether the probe of a node succeeds. */
  answersProbe(service: ExposedService, nodeName: string): Promise<boolean>;
  route(service: ExposedService, port: ServicePort, nodeName: string): Route;
  readonly nodeIsAlive: (nodeName: string) => boolean;
}

/** Returns simulated nodes as backends: their kube-proxy is part of the lab. */
export function simulatedBackends(context: RoutingContext): Backends {
  return {
    answersProbe: (service, node) => Promise.resolve(answersProbe(service, node, context)),
    route: (service, port, node) => routeThroughNode(service, port, node, context),
    nodeIsAlive: context.nodeIsAlive,
  };
}

const hang: Route = { kind: 'hang' };
const reset: Route = { kind: 'reset' };

/**
 * Routes a connection from the port of a node to a pod as kube-proxy does: to a local endpoint under
 * `externalTrafficPolicy: Local`, otherwise to any; to terminating endpoints when no other is ready. A node without
 * power drops connections, anywhere on the route. kube-proxy drops a connection without a local endpoint, and rejects
 * one without any. https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy
 */
export function routeThroughNode(
  service: ExposedService,
  port: ServicePort,
  nodeName: string,
  { view, members, nodeIsAlive, random }: RoutingContext,
): Route {
  if (!nodeIsAlive(nodeName)) return hang;
  const local = service.spec.externalTrafficPolicy === 'Local';
  const slices = view.slicesOf(service).map(slice => ({
    targetPort: slice.ports?.find(({ name }) => (name ?? '') === (port.name ?? ''))?.port,
    endpoints: (slice.endpoints ?? []).filter(endpoint => !local || endpoint.nodeName === nodeName),
  }));
  const targets = slices.flatMap(({ targetPort, endpoints }) => endpoints.map(endpoint => ({ targetPort, endpoint })));
  const ready = targets.filter(({ endpoint }) => isReadyEndpoint(endpoint));
  const usable = ready.length > 0 ? ready : targets.filter(({ endpoint }) => isLastResort(endpoint));
  const target = pick(usable, random);
  if (!target) return local ? hang : reset;
  const podNode = target.endpoint.nodeName ?? '';
  if (!nodeIsAlive(podNode)) return hang;
  const member = members.find(target.endpoint.targetRef?.uid ?? '');
  const listener = member && listenerOf(member, target.targetPort);
  if (listener === undefined) return reset;
  return { kind: 'server', host: '127.0.0.1', port: listener, nodes: [nodeName, podNode] };
}

/** Returns the loopback port for a port of a pod; undefined if its server does not listen on it. */
function listenerOf(
  { port, tlsPort, options }: Pick<Member, 'port' | 'tlsPort' | 'options'>,
  targetPort: number | undefined,
): number | undefined {
  if (targetPort === undefined) return undefined;
  if (options.encrypted?.listenPort === targetPort) return tlsPort;
  return options.listenPort === targetPort ? port : undefined;
}

/**
 * Returns the result of the load balancer's probe of a node: under `Local` whether it has a ready endpoint, otherwise
 * whether any exists.
 */
export function answersProbe(
  service: ExposedService,
  nodeName: string,
  { view, nodeIsAlive }: Pick<RoutingContext, 'view' | 'nodeIsAlive'>,
): boolean {
  if (!nodeIsAlive(nodeName)) return false;
  const endpoints = view.slicesOf(service).flatMap(slice => slice.endpoints ?? []);
  return service.spec.externalTrafficPolicy === 'Local'
    ? endpoints.some(endpoint => endpoint.nodeName === nodeName && isReadyEndpoint(endpoint))
    : endpoints.some(endpoint => isReadyEndpoint(endpoint) || isLastResort(endpoint));
}

export function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}

/** According to the API, an absent condition means true. */
function isReadyEndpoint({ conditions }: Endpoint): boolean {
  return conditions?.ready !== false;
}

function isLastResort({ conditions }: Endpoint): boolean {
  return conditions?.serving !== false && conditions?.terminating === true;
}
