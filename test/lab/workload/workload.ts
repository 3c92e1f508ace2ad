import { isNotFound, type LabApi } from '../api.js';
import type { AddressSource } from './addresses.js';
import { watchCluster } from './cluster-view.js';
import type { References } from './environment.js';
import { labTiming } from './health-probe.js';
import { startKubelet } from './kubelet.js';
import { type Balancer, runBalancer } from './load-balancer.js';
import { type Members, runMembers } from './members.js';
import type { CacheLimits } from './message-cache.js';
import { type Metrics, startMetrics } from './metrics.js';
import { type NodePorts, runNodePorts } from './node-ports.js';
import type { ForwardTarget } from './port-forward.js';
import { simulatedBackends } from './routing.js';
import { createServerLogs, type ServerLogs } from './server-log.js';
import { startTunnel } from './tunnel.js';

export interface WorkloadOptions {
  readonly api: LabApi;
  /** Returns false as soon as a node has no power. Called often: it must be fast. */
  readonly nodeIsAlive: (nodeName: string) => boolean;
  /** Loopback addresses, shared by all clusters of a lab. */
  readonly address: AddressSource;
  /** The socket on which the API server expects the tunnel to its pods. */
  readonly tunnel?: string;
  /** The location in the name of a DNS label, as in `az aks create --location`. */
  readonly location?: string;
  readonly cacheLimits?: CacheLimits;
  readonly clusterDomain?: string;
}

/** Everything that runs on the nodes of one cluster and in front of it. */
export interface Workload {
  readonly members: Members;
  readonly balancer: Balancer;
  readonly metrics: Metrics;
  readonly nodePorts: NodePorts;
  readonly logs: ServerLogs;
  /** For status.daemonEndpoints.kubeletEndpoint of the nodes. */
  readonly kubeletPort: number;
  /** Returns the loopback address for the node's status as InternalIP, always the same for a name. */
  nodeAddress(nodeName: string): string;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts what a cluster of kwok nodes lacks: the servers in the pods, kubelets with their logs, node ports, the metrics
 * API and the load balancer of the cloud. Start it before the first node, because the status of a node has its address
 * and port.
 * @throws Error when the kubeconfig has no client certificate, which the kubelet and the metrics API use to serve.
 */
export async function startWorkload(options: WorkloadOptions): Promise<Workload> {
  const { api, nodeIsAlive, address, location = 'eastus' } = options;
  const certificate = api.clientCertificate;
  if (!certificate) throw new Error('the workload needs a kubeconfig with a client certificate');
  const watching = new AbortController();
  const view = await watchCluster(api, watching.signal);
  const logs = createServerLogs();
  const members = runMembers({
    view,
    logs,
    nodeIsAlive,
    references: namespace => referencesIn(api, namespace),
    ...(options.cacheLimits ? { cacheLimits: options.cacheLimits } : {}),
    ...(options.clusterDomain === undefined ? {} : { clusterDomain: options.clusterDomain }),
  });
  const startProblem = (pod: string): string | undefined => members.startProblem(pod);
  const forward = (pod: string, port: number): ForwardTarget => {
    const member = members.list().find(({ namespace, name }) => `${namespace}/${name}` === pod);
    if (member !== undefined && !nodeIsAlive(member.nodeName)) return 'hang';
    return member?.options.listenPort === port
      ? { port: member.port }
      : { refusal: `failed to connect to localhost:${port} inside the pod: connection refused` };
  };
  const kubelet = await startKubelet({ view, logs, nodeIsAlive, startProblem, forward, certificate });
  const metrics = await startMetrics({ api, view, members, nodeIsAlive, certificate });
  const routing = { view, members, nodeIsAlive, random: Math.random };
  const nodePorts = runNodePorts(routing);
  const backends = simulatedBackends(routing);
  const balancer = runBalancer({ view, backends, random: Math.random, api, address, location, timing: labTiming });

  const tunnel = options.tunnel === undefined ? [] : [await startTunnel(options.tunnel, routing)];

  const addresses = new Map<string, string>();
  const stop = async (): Promise<void> => {
    watching.abort();
    await Promise.all([balancer, nodePorts, metrics, kubelet, members, ...tunnel].map(part => part.stop()));
  };
  return {
    members,
    balancer,
    metrics,
    nodePorts,
    logs,
    kubeletPort: kubelet.port,
    nodeAddress(nodeName) {
      const given = addresses.get(nodeName) ?? address();
      addresses.set(nodeName, given);
      return given;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Reads the Secrets and ConfigMaps of a namespace, as its kubelet does. */
function referencesIn(api: LabApi, namespace: string): References {
  const read = async (kind: string, name: string): Promise<Readonly<Record<string, string>> | undefined> => {
    try {
      const { data } = await api.request<{ data?: Record<string, string> }>(
        'GET',
        `/api/v1/namespaces/${namespace}/${kind}/${name}`,
      );
      return data ?? {};
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const secretFiles: References['secretFiles'] = async name => {
    const data = await read('secrets', name);
    return data && Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  };
  return {
    secret: async name => {
      const files = await secretFiles(name);
      return files && Object.fromEntries(Object.entries(files).map(([key, value]) => [key, value.toString('utf8')]));
    },
    configMap: name => read('configmaps', name),
    secretFiles,
  };
}
