import type { Socket } from 'node:net';
import { readAzureSettings } from './azure-annotations.js';
import type { FaultSwitch } from './balancer-faults.js';
import type { ClusterView } from './cluster-view.js';
import { carry } from './flow.js';
import { type BalancerTiming, createBackendHealth } from './health-probe.js';
import { type ExposedService, keyOf } from './objects.js';
import { createPortListeners } from './port-listeners.js';
import { type Backends, pick, type Route } from './routing.js';
import { isAllowedSource } from './source-ranges.js';

/** The address of one Service at the load balancer. */
export interface Frontend {
  readonly address: string;
  /** Returns the nodes that get new connections. */
  healthyNodes(): readonly string[];
  /**
   * Listens on the current ports of the Service.
   * @throws the system's error, such as EACCES for port 80; Error for an annotation that Azure refuses.
   */
  open(service: ExposedService): Promise<void>;
  stop(): Promise<void>;
}

export interface FrontendContext {
  readonly view: ClusterView;
  readonly backends: Backends;
  /** Returns a number from 0 up to 1, as Math.random. */
  readonly random: () => number;
  readonly timing: BalancerTiming;
  readonly faults: FaultSwitch;
}

const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers';

/**
 * Spreads new connections over the nodes whose probe succeeds, as Azure's load balancer does: by a hash of the five
 * values of the connection, which is random for a client with a new port each time. Without a healthy node, or for a
 * source that the network security group excludes, packets are dropped: the connection hangs. (The kernel completes the
 * handshake on loopback; a client notices the missing response.)
 * https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview
 */
export function createFrontend(service: ExposedService, address: string, context: FrontendContext): Frontend {
  const { view, timing, faults, backends, random } = context;
  const health = createBackendHealth(timing.probeFailures);
  const listeners = createPortListeners();
  /** Ranges, policy and annotations may change while the frontend exists. */
  const now = (): ExposedService => view.services().find(candidate => keyOf(candidate) === keyOf(service)) ?? service;

  let idleMinutes = readAzureSettings(service).idleMinutes;

  const probe = async (): Promise<void> => {
    const nodes = view.nodes().filter(({ metadata }) => metadata.labels?.[excluded] === undefined);
    const names = nodes.map(({ metadata }) => metadata.name);
    const answers = await Promise.all(names.map(name => backends.answersProbe(now(), name)));
    health.probe(names, name => answers[names.indexOf(name)] === true);
  };
  const probed = probe();
  const timer = setInterval(() => void probe(), timing.probeIntervalMs);

  const accept = (client: Socket, portNumber: number): void => {
    const current = now();
    const { nodeIsAlive } = backends;
    carry(client, routeOf(current, client, portNumber), { nodeIsAlive, idleMs: idleMinutes * 60_000 });
  };
  const routeOf = (current: ExposedService, client: Socket, portNumber: number): Route => {
    const port = current.spec.ports?.find(candidate => candidate.port === portNumber);
    const node = pick(health.healthy(), random);
    const allowed = isAllowedSource(client.remoteAddress ?? '', current.spec.loadBalancerSourceRanges);
    if (!port || !allowed || node === undefined || faults.swallows(random)) return { kind: 'hang' };
    return backends.route(current, port, node);
  };

  return {
    address,
    healthyNodes: () => health.healthy(),
    async open(current) {
      await probed;
      idleMinutes = readAzureSettings(current).idleMinutes;
      const ports = (current.spec.ports ?? []).map(({ port }) => port);
      await listeners.set(
        new Map(
          ports.map(port => [
            `${address}:${port}`,
            client => {
              accept(client, port);
            },
          ]),
        ),
      );
    },
    async stop() {
      clearInterval(timer);
      await listeners.stop();
    },
  };
}
