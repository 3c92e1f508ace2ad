import type { KubernetesObject } from '../../../src/kubernetes/types.js';
import { connectApi, type LabApi } from '../api.js';
import type { Tools } from '../tools/pins.js';
import { waitForObjects } from '../wait.js';
import { startWorkload, type Workload, type WorkloadOptions } from '../workload/workload.js';
import { startControlPlane, type ControlPlane } from './control-plane.js';
import type { NodeSpec } from './node-object.js';
import { createClusterNodes, type ClusterNodes } from './nodes.js';

/** Faults of a cluster that a test sets, before the cluster is made or while it runs. */
export interface ClusterFaults {
  /** So many, the last ones, of the nodes that join in one go never become Ready; `nodes.stop` and `start` cure it. */
  nodesNotReady: number;
  /** How long after a stop Azure's controller says that a machine is out of service; undefined: never. */
  outOfServiceAfterMs: number | undefined;
}

/** A running cluster of the lab: real control plane, nodes, and what runs on them. */
export interface LabCluster {
  readonly name: string;
  /** Path of a kubeconfig of an administrator, for the lab's own use. */
  readonly kubeconfig: string;
  readonly controlPlane: ControlPlane;
  readonly api: LabApi;
  readonly workload: Workload;
  readonly nodes: ClusterNodes;
  readonly faults: ClusterFaults;
  /** Adds nodes, each with an address and a network of its own; resolves when they are switched on. */
  join(nodes: readonly JoiningNode[]): Promise<void>;
  /** Ends all processes and servers of the cluster and removes its folder. */
  stop(): Promise<void>;
}

/** A node before the cluster gives it addresses. */
export type JoiningNode = Omit<NodeSpec, 'address' | 'podCIDR'>;

export interface LabClusterOptions extends Pick<WorkloadOptions, 'address' | 'timing'> {
  readonly name: string;
  /** For the cluster alone; made and removed by it. */
  readonly folder: string;
  readonly tools: Tools;
  readonly faults: ClusterFaults;
  readonly location?: string;
  /** What the nodes report as their kubelet's version. */
  readonly kubernetesVersion: string;
}

/** They are there within a second of the API server's first answer. */
const namespacesTimeoutMs = 60_000;

/** Starts a cluster without nodes; resolves when its API and what stands around it answer. */
export async function startLabCluster(options: LabClusterOptions): Promise<LabCluster> {
  const { name, folder, tools, faults, address, location, timing, kubernetesVersion } = options;
  const controlPlane = await startControlPlane(folder, tools);
  try {
    const { kubeconfig } = controlPlane;
    const api = await connectApi(kubeconfig);
    await waitForNamespaces(api);
    const workload = await startWorkload({
      api,
      address,
      nodeIsAlive: node => nodes.isOn(node),
      ...(location === undefined ? {} : { location }),
      ...(timing === undefined ? {} : { timing }),
    });
    const { kubeletPort } = workload;
    const nodes = createClusterNodes({ api, kubeconfig, folder, kubeletPort, kubernetesVersion, kwok: tools.kwok });
    let joined = 0;
    const join = async (joining: readonly JoiningNode[]): Promise<void> => {
      const firstSick = joining.length - faults.nodesNotReady;
      const specs = joining.map((node): NodeSpec => {
        joined += 1;
        return { ...node, address: workload.nodeAddress(node.name), podCIDR: `10.244.${joined % 256}.0/24` };
      });
      await Promise.all(specs.map((spec, index) => nodes.add(spec, index < firstSick ? 'healthy' : 'never-ready')));
    };
    const stop = async (): Promise<void> => {
      await workload.stop();
      api.close();
      await controlPlane.stop();
    };
    return { name, kubeconfig, controlPlane, api, workload, nodes, faults, join, stop };
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

/** The API server answers before it has made the namespaces that everything else relies on. */
async function waitForNamespaces(api: LabApi): Promise<void> {
  const needed = ['default', 'kube-system', 'kube-node-lease'];
  const allThere = (present: readonly KubernetesObject[]): boolean =>
    needed.every(name => present.some(({ metadata }) => metadata.name === name));
  await waitForObjects(api, '/api/v1/namespaces', allThere, namespacesTimeoutMs);
}
