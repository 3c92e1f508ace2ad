import { connect } from 'node:net';

import type { Node } from '../../../src/kubernetes/api/types.js';
import type { ClusterView } from '../workload/cluster-view.js';
import type { BalancerTiming } from '../workload/health-probe.js';
import type { Backends } from '../workload/routing.js';

/**
 * As Azure probes: every 5 s, a backend is out after 2 failures. An address takes a second instead of half a minute.
 * https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#custom-load-balancer-health-probe
 */
export const azureTiming: BalancerTiming = { probeIntervalMs: 5_000, probeFailures: 2, provisionMs: 1_000 };

/** Shorter than the interval of the probes, so that they do not overtake each other. */
const probeMs = 4_000;

/**
 * Returns real nodes as the backends of a load balancer: kube-proxy of each node responds to the probes and forwards the
 * connections. Under policy Local the probe is that of the health check port, which has no other purpose; otherwise
 * a connection to the node port.
 */
export function nodePortBackends({ nodes }: Pick<ClusterView, 'nodes'>): Backends {
  const addressOf = (name: string): string | undefined =>
    internalAddress(nodes().find(({ metadata }) => metadata.name === name));
  return {
    async answersProbe({ spec }, name) {
      const host = addressOf(name);
      if (host === undefined) return false;
      const { externalTrafficPolicy, healthCheckNodePort, ports } = spec;
      if (externalTrafficPolicy === 'Local') return isHealthy(`http://${host}:${healthCheckNodePort ?? 0}/healthz`);
      return accepts(host, ports?.[0]?.nodePort ?? 0);
    },
    route(_, { nodePort }, name) {
      const host = addressOf(name);
      if (host === undefined || nodePort === undefined) return { kind: 'hang' };
      return { kind: 'server', host, port: nodePort, nodes: [] };
    },
    // Nothing responds on a node without power, and its kernel resets what it does not know when it runs again.
    nodeIsAlive: () => true,
  };
}

/** Returns the address of a node on the network of its cluster. */
export function internalAddress(node: Node | undefined): string | undefined {
  return node?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port });
    const conclude = (accepted: boolean) => (): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(probeMs, conclude(false));
    socket.once('connect', conclude(true)).once('error', conclude(false));
  });
}
