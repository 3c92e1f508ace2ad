import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findForkedAz } from './az/fork-server.js';
import type { ClusterSpec } from './azure/host.js';
import { startAzureStandIn, type AzureStandIn } from './azure/stand-in.js';
import { createAzureHost } from './cluster/azure-host.js';
import { startGuard } from './cluster/guard.js';
import {
  type ClusterFaults,
  type LabCluster,
  noFaults,
  type SimulatedCluster,
  type SimulatedClusterOptions,
  startSimulatedCluster,
} from './cluster/lab-cluster.js';
import { describeKindNode } from './cluster/node-object.js';
import { endProcesses } from './cluster/processes.js';
import { prepareEnvironment } from './environment.js';
import { runAutoscaler } from './real/autoscaler.js';
import { type RealCluster, startRealCluster } from './real/cluster.js';
import { removeFromHost } from './real/leftovers.js';
import { prepareRealNodes } from './real/requirements.js';
import { locateTools, type Progress, type Tools } from './tools/locate-tools.js';
import { kubernetesVersion } from './tools/pins.js';
import { loopbackAddresses } from './workload/addresses.js';

export type { ClusterFaults, LabCluster, SimulatedCluster } from './cluster/lab-cluster.js';
export { faultImages } from './cluster/fault-images.js';

export interface LabOptions<Kind extends NodeKind = NodeKind> {
  /** Gets one line for the user when tools must be downloaded or built first. */
  readonly progress?: Progress;
  /** The kind of the nodes of all clusters; simulated ones by default, which need nothing of the machine. */
  readonly nodes?: Kind;
  /** Every az loads its libraries itself, as on a runner, although tests fork it to save time. */
  readonly unforkedAz?: boolean;
}

export type NodeKind = 'simulated' | 'real';

/** An Azure without an account and Kubernetes on one machine, for the real az and the real kubectl. */
export interface Lab<Cluster extends LabCluster = LabCluster> {
  /** A temporary folder with everything of the lab; removed with it. */
  readonly folder: string;
  readonly tools: Tools;
  /** The complete environment for az, kubectl and the action. az is not logged in yet. */
  readonly env: Readonly<Record<string, string>>;
  readonly azure: AzureStandIn;
  /** Returns the running clusters, those of Azure and others. */
  clusters(): readonly Cluster[];
  /**
   * Returns the running cluster of that name, the latest one when there are several.
   * @throws Error when there is none.
   */
  cluster(name: string): Cluster;
  /** Returns the faults of clusters of that name, which can be set before such a cluster is created. */
  faultsOf(clusterName: string): ClusterFaults;
  /** Starts a cluster that Azure does not know, with nodes like those of kind. Resolves when they are powered on. */
  standaloneCluster(name: string, options?: { readonly nodes?: number }): Promise<Cluster>;
  /** Ends every process and server and removes the folder. Safe to call twice. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the stand-in for Azure; `az aks create` or {@link Lab.standaloneCluster} adds clusters. Whatever happens to
 * this process, nothing of the lab outlives it.
 * @throws ObstacleError when this machine cannot run the nodes; Error when a tool is missing and can be neither
 * downloaded nor built
 */
export function startLab(options?: LabOptions<'simulated'>): Promise<Lab<SimulatedCluster>>;
export function startLab(options: LabOptions<'real'> & { readonly nodes: 'real' }): Promise<Lab<RealCluster>>;
export function startLab(options: LabOptions): Promise<Lab>;
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const { nodes, unforkedAz = false, progress = () => undefined } = options;
  const programs = nodes === 'real' ? await prepareRealNodes(progress) : undefined;
  const located = await locateTools(progress);
  const tools = { ...located, az: unforkedAz ? located.az : (findForkedAz() ?? located.az) };
  if (programs === undefined) return startLabOf(tools, startSimulatedCluster);
  return startLabOf(tools, each => startRealCluster({ ...each, programs }), runAutoscaler);
}

async function startLabOf<Cluster extends LabCluster>(
  tools: Tools,
  start: (options: SimulatedClusterOptions) => Promise<Cluster>,
  autoscale?: typeof runAutoscaler,
): Promise<Lab<Cluster>> {
  const folder = await mkdtemp(join(tmpdir(), 'migratorydata-aks-lab-'));
  const guard = startGuard(folder);
  const address = loopbackAddresses();
  const running = new Set<Cluster>();
  const faults = new Map<string, ClusterFaults>();
  let started = 0;

  const faultsOf = (name: string): ClusterFaults => {
    const known = faults.get(name) ?? noFaults();
    faults.set(name, known);
    return known;
  };
  const startCluster = async (
    name: string,
    settings: Pick<SimulatedClusterOptions, 'kubernetesVersion' | 'location'>,
  ): Promise<Cluster> => {
    started += 1;
    const cluster = await start({
      ...settings,
      ...{ name, tools, address, folder: join(folder, `cluster-${started}`), faults: faultsOf(name) },
    });
    const stop = async (): Promise<void> => {
      running.delete(tracked);
      await cluster.stop();
    };
    const tracked = { ...cluster, stop };
    running.add(tracked);
    return tracked;
  };
  const cleanUp = async (): Promise<void> => {
    await endProcesses(folder);
    await removeFromHost(folder);
    await rm(folder, { recursive: true, force: true });
    guard.release();
  };

  const startAutoscaled = async (spec: ClusterSpec): Promise<Cluster> => {
    const cluster = await startCluster(spec.name, spec);
    const scaling = new AbortController();
    await autoscale?.(cluster.api, () => azure.growPool(spec.id), scaling.signal);
    const stop = (): Promise<void> => {
      scaling.abort();
      return cluster.stop();
    };
    return { ...cluster, stop };
  };
  const host = createAzureHost(startAutoscaled);

  let azure: AzureStandIn;
  try {
    azure = await startAzureStandIn({ folder: join(folder, 'azure'), host });
    const env = await prepareEnvironment(folder, tools, azure.env);
    const stopAll = async (): Promise<void> => {
      await azure.stop();
      await host.stop();
      await Promise.all([...running].map(cluster => cluster.stop()));
      await cleanUp();
    };
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= stopAll());
    return {
      folder,
      tools,
      env,
      azure,
      clusters: () => [...running],
      cluster: name => {
        const found = [...running].findLast(cluster => cluster.name === name);
        if (found !== undefined) return found;
        const names = [...running].map(cluster => cluster.name).join(', ');
        throw new Error(`no cluster ${name} runs; running: ${names === '' ? 'none' : names}`);
      },
      faultsOf,
      standaloneCluster: async (name, { nodes = 3 } = {}) => {
        const cluster = await startCluster(name, { kubernetesVersion });
        await cluster.join(Array.from({ length: nodes }, (_, index) => describeKindNode(name, index)));
        return cluster;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}
