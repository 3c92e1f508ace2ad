import { rm } from 'node:fs/promises';
import path from 'node:path';

import { isNodeReady } from '../../../src/kubernetes/nodes.js';
import type { Node } from '../../../src/kubernetes/api/types.js';
import { connectApi } from '../api.js';
import { startControlPlane } from '../cluster/control-plane.js';
import { healthOf, type LabCluster, type LabClusterOptions, noFaults } from '../cluster/lab-cluster.js';
import { describeKindNode } from '../cluster/node-object.js';
import { endProcesses } from '../cluster/processes.js';
import type { NodePrograms } from '../tools/node-programs.js';
import { waitForObjects } from '../wait.js';
import { loopbackAddresses } from '../workload/addresses.js';
import { watchCluster } from '../workload/cluster-view.js';
import { runBalancer } from '../workload/load-balancer.js';
import { serveMetrics } from '../workload/metrics.js';
import { azureTiming, nodePortBackends } from './backends.js';
import { deployDns } from './cluster-dns.js';
import { kubeletMetrics } from './kubelet-metrics.js';
import { writeLabImages } from './lab-images.js';
import { recordOnHost, removeFromHost } from './leftovers.js';
import { groupOf } from './machine.js';
import { createNetwork } from './network.js';
import { createRealNodes, mostNodes, type RealNodes } from './nodes.js';

/** A cluster with a real control plane and real nodes. */
export interface RealCluster extends LabCluster {
  readonly nodes: RealNodes;
}

export interface RealClusterOptions extends Omit<LabClusterOptions, 'address' | 'faults'> {
  readonly address?: LabClusterOptions['address'];
  readonly faults?: LabClusterOptions['faults'];
  readonly programs: NodePrograms;
  /** The number of nodes as of kind, without zones and pools, that join and become Ready at the start. */
  readonly nodes?: number;
}

/**
 * Starts a cluster for real nodes. Resolves when its first nodes are Ready. A guard of the folder, or of the folder around
 * it, sees to it that nothing of the cluster outlives this process.
 */
export async function startRealCluster(options: RealClusterOptions): Promise<RealCluster> {
  const { folder, name, tools, programs, location = 'eastus', faults = noFaults() } = options;
  const watching = new AbortController();
  const ends: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    watching.abort();
    // What was started last needs the others.
    for (const end of ends.splice(0).reverse()) await end();
    await endProcesses(folder);
    await removeFromHost(folder);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const network = await createNetwork(({ bridge, ...rest }) => {
      const groups = Array.from({ length: mostNodes }, (_, index) => groupOf({ bridge, ...rest }, index + 1));
      recordOnHost(folder, { bridge, groups });
    });
    const images = path.join(folder, 'images');
    const [controlPlane] = await Promise.all([
      startControlPlane(path.join(folder, 'control-plane'), tools, network),
      writeLabImages(images, programs),
    ]);
    const { kubeconfig, credentials } = controlPlane;
    const api = await connectApi(kubeconfig);
    ends.push(() => {
      api.close();
    });
    const view = await watchCluster(api, watching.signal);
    const balancer = runBalancer({
      ...{ api, view, location, random: Math.random, timing: azureTiming },
      address: options.address ?? loopbackAddresses(),
      backends: nodePortBackends(view),
    });
    ends.push(() => balancer.stop());
    const metrics = kubeletMetrics(api, view);
    ends.push(await serveMetrics(api, credentials, () => metrics));
    const nodes = createRealNodes({ folder, api, controlPlane, network, programs, images });
    ends.push(() => nodes.close());
    await deployDns(api);
    const join: LabCluster['join'] = async joining => {
      await Promise.all(joining.map((node, index) => nodes.add(node, healthOf(index, joining.length, faults))));
    };
    if (options.nodes !== undefined) {
      await join(Array.from({ length: options.nodes }, (_, index) => describeKindNode(name, index)));
      await waitForObjects<Node>(api, '/api/v1/nodes', found => found.every(isNodeReady));
    }
    return { name, kubeconfig, controlPlane, api, workload: { balancer }, nodes, faults, join, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
