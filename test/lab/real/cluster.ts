import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { isNodeReady } from '../../../src/kubernetes/nodes.js';
import type { Node } from '../../../src/kubernetes/types.js';
import { connectApi, type LabApi } from '../api.js';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.js';
import { describeKindNode } from '../cluster/node-object.js';
import { startGuard } from '../cluster/guard.js';
import { endProcesses } from '../cluster/processes.js';
import type { NodePrograms } from '../tools/node-programs.js';
import type { Tools } from '../tools/pins.js';
import { waitForObjects } from '../wait.js';
import { deployDns } from './cluster-dns.js';
import { writeLabImages } from './lab-images.js';
import { recordOnHost, removeFromHost } from './leftovers.js';
import { groupOf } from './machine.js';
import { createNetwork } from './network.js';
import { createRealNodes, mostNodes, type RealNodes } from './nodes.js';
import { describeKernelObstacle, describeObstacle } from './requirements.js';

/** A cluster with a real control plane and real nodes. */
export interface RealCluster {
  readonly api: LabApi;
  readonly controlPlane: ControlPlane;
  readonly nodes: RealNodes;
  /** Ends all processes of the cluster, and removes its folder and what it has added to the host. */
  stop(): Promise<void>;
}

export interface RealClusterOptions {
  /** The folder of this cluster only, which creates and removes it. */
  readonly folder: string;
  readonly name: string;
  readonly nodes: number;
  readonly tools: Tools;
  readonly programs: NodePrograms;
}

/**
 * Starts a cluster with real nodes, as of kind: no zones, no pools. Resolves when all nodes are Ready. Whatever happens
 * to this process, nothing of the cluster outlives it.
 * @throws Error that says why this machine cannot run real nodes.
 */
export async function startRealCluster(options: RealClusterOptions): Promise<RealCluster> {
  const { folder, name, tools, programs } = options;
  const obstacle = (await describeObstacle()) ?? (await describeKernelObstacle(programs));
  if (obstacle !== undefined) throw new Error(obstacle);
  const guard = startGuard(folder);
  const stop = async (): Promise<void> => {
    await endProcesses(folder);
    await removeFromHost(folder);
    await rm(folder, { recursive: true, force: true });
    guard.release();
  };
  try {
    const network = await createNetwork(({ bridge, ...rest }) => {
      const groups = Array.from({ length: mostNodes }, (_, index) => groupOf({ bridge, ...rest }, index + 1));
      recordOnHost(folder, { bridge, groups });
    });
    const images = join(folder, 'images');
    const [controlPlane] = await Promise.all([
      startControlPlane(join(folder, 'control-plane'), tools, network),
      writeLabImages(images, programs),
    ]);
    const api = await connectApi(controlPlane.kubeconfig);
    const nodes = createRealNodes({ folder, api, controlPlane, network, programs, images });
    for (let index = 0; index < options.nodes; index += 1) {
      await nodes.add({ ...describeKindNode(name, index), address: '', podCIDR: '' });
    }
    await deployDns(api);
    await waitForObjects<Node>(api, '/api/v1/nodes', found => found.every(isNodeReady));
    return {
      ...{ api, controlPlane, nodes },
      async stop() {
        api.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
