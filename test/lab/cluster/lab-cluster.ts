import type { KubernetesObject } from '../../../src/kubernetes/types.js';
import { connectApi, type LabApi } from '../api.js';
import type { Tools } from '../tools/pins.js';
import { waitForObjects } from '../wait.js';
import { startWorkload, type Workload, type WorkloadOptions } from '../workload/workload.js';
import { startControlPlane, type ControlPlane } from './control-plane.js';
import type { NodeSpec } from './node-object.js';
import { createClusterNodes, type ClusterNodes } from './nodes.js';

/** Faults and users of a cluster that a test sets, before the cluster is created or while it runs. */
export interface ClusterFaults {
  /**
   * The number of nodes, the last ones that join together, that never become Ready; `nodes.stop` and `start` repair
   * them.
   */
  nodesNotReady: number;
  /** The time from a stop until Azure's controller marks a machine as out of service; undefined: never. */
  outOfServiceAfterMs: number | undefined;
  /** Returns the kubeconfig that Azure gives to users in place of an administrator's. */
  userKubeconfig?: ((cluster: LabCluster) => Promise<string>) | undefined;
}

/** A running cluster of the lab: a real control plane, nodes, and their workload. */
export interface LabCluster {
  readonly name: string;
  /** The path of an administrator's kubeconfig, for the lab itself. */
  readonly kubeconfig: string;
  readonly controlPlane: ControlPlane;
  readonly api: LabApi;
  readonly workload: Workload;
  readonly nodes: ClusterNodes;
  readonly faults: ClusterFaults;
  /** Adds nodes, each with its own address and network. Resolves when they are powered on. */
  join(nodes: readonly JoiningNode[]): Promise<void>;
  /** Ends all processes and servers of the cluster and removes its folder. */
  stop(): Promise<void>;
}

/** A node before the cluster assigns its addresses. */
export type JoiningNode = Omit<NodeSpec, 'address' | 'podCIDR'>;

export interface LabClusterOptions extends Pick<WorkloadOptions, 'address' | 'timing'> {
  readonly name: string;
  /** The folder of this cluster only, which creates and removes it. */
  readonly folder: string;
  readonly tools: Tools;
  readonly faults: ClusterFaults;
  readonly location?: string;
  /** The version that the nodes report as that of their kubelet. */
  readonly kubernetesVersion: string;
}

/** They exist within a second after the first response of the API server. */
const namespacesTimeoutMs = 60_000;

/** Starts a cluster without nodes. Resolves when its API and its workload respond. */
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
      tunnel: controlPlane.tunnel,
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

/** The API server responds before it has created the namespaces that everything else needs. */
async function waitForNamespaces(api: LabApi): Promise<void> {
  const needed = ['default', 'kube-system', 'kube-node-lease'];
  const allThere = (present: readonly KubernetesObject[]): boolean =>
    needed.every(name => present.some(({ metadata }) => metadata.name === name));
  await waitForObjects(api, '/api/v1/namespaces', allThere, namespacesTimeoutMs);
}
