import { connectApi, type LabApi } from '../api.js';
import type { Tools } from '../tools/pins.js';
import { startWorkload, type Workload, type WorkloadOptions } from '../workload/workload.js';
import { leaseControlPlane } from './control-plane-pool.js';
import type { ControlPlane } from './control-plane.js';
import type { NodeSpec } from './node-object.js';
import type { NodeHealth } from './node-process.js';
import { createSimulatedNodes, type ClusterNodes } from './nodes.js';

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

/** Returns the faults of a cluster for which no test has set any. */
export function noFaults(): ClusterFaults {
  return { nodesNotReady: 0, outOfServiceAfterMs: 3_000 };
}

/** Returns the health of one of the nodes that join together. */
export function healthOf(index: number, count: number, { nodesNotReady }: ClusterFaults): NodeHealth {
  return index < count - nodesNotReady ? 'healthy' : 'never-ready';
}

/** A running cluster of the lab: a real control plane, and nodes that are simulated or real. */
export interface LabCluster {
  readonly name: string;
  /** The path of an administrator's kubeconfig, for the lab itself. */
  readonly kubeconfig: string;
  readonly controlPlane: ControlPlane;
  readonly api: LabApi;
  readonly workload: Pick<Workload, 'balancer'>;
  readonly nodes: ClusterNodes;
  readonly faults: ClusterFaults;
  /** Adds nodes, each with its own address and network. Resolves when they are powered on. */
  join(nodes: readonly JoiningNode[]): Promise<void>;
  /** Ends all processes and servers of the cluster and removes its folder. */
  stop(): Promise<void>;
}

/** A cluster whose nodes run no processes: what runs on them is a double in the process of the lab. */
export interface SimulatedCluster extends LabCluster {
  readonly workload: Workload;
}

/** A node before the cluster assigns its addresses. */
export type JoiningNode = Omit<NodeSpec, 'address' | 'podCIDR'>;

export interface LabClusterOptions extends Pick<WorkloadOptions, 'address'> {
  readonly name: string;
  /** The folder of this cluster only, which creates and removes it. */
  readonly folder: string;
  readonly tools: Tools;
  readonly faults: ClusterFaults;
  readonly location?: string;
}

export interface SimulatedClusterOptions extends LabClusterOptions {
  /** The version that the nodes report as that of their kubelet. */
  readonly kubernetesVersion: string;
}

/** Starts a cluster without nodes. Resolves when its API and its workload respond. */
export async function startSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { name, folder, tools, faults, address, location, kubernetesVersion } = options;
  const controlPlane = await leaseControlPlane(folder, tools);
  try {
    const { kubeconfig } = controlPlane;
    const api = await connectApi(kubeconfig);
    const workload = await startWorkload({
      api,
      address,
      tunnel: controlPlane.tunnel,
      nodeIsAlive: node => nodes.isOn(node),
      ...(location === undefined ? {} : { location }),
    });
    const { kubeletPort } = workload;
    const nodes = createSimulatedNodes({ api, kubeconfig, folder, kubeletPort, kubernetesVersion, kwok: tools.kwok });
    let joined = 0;
    const join = async (joining: readonly JoiningNode[]): Promise<void> => {
      const specs = joining.map((node): NodeSpec => {
        joined += 1;
        return { ...node, address: workload.nodeAddress(node.name), podCIDR: `10.244.${joined % 256}.0/24` };
      });
      await Promise.all(specs.map((spec, index) => nodes.add(spec, healthOf(index, specs.length, faults))));
    };
    const stop = async (): Promise<void> => {
      await nodes.close();
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
