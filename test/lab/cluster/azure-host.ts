import type { Node } from '../../../src/kubernetes/api/types.js';
import { ApiError } from '../api.js';
import type { ClusterHost, ClusterSpec } from '../azure/host.js';
import { renderKubeconfig } from './kubeconfig.js';
import type { LabCluster } from './lab-cluster.js';
import { describeAzureNode } from './node-object.js';

interface Entry {
  readonly spec: ClusterSpec;
  readonly cluster: Promise<LabCluster>;
  /** The nodes of each scale set: instance id to node name. */
  readonly scaleSets: Map<string, ReadonlyMap<number, string>>;
}

export interface AzureHost extends ClusterHost {
  /** Ends every cluster. */
  stop(): Promise<void>;
}

/** ARM compares resource ids case-insensitively. */
const keyOf = (id: string): string => id.toLowerCase();

/** Provides real clusters to the ARM stand-in. @param startCluster starts one without nodes */
export function createAzureHost(startCluster: (spec: ClusterSpec) => Promise<LabCluster>): AzureHost {
  const entries = new Map<string, Entry>();
  const entryOf = (clusterId: string): Entry => {
    const entry = entries.get(keyOf(clusterId));
    if (entry === undefined) throw new Error(`no control plane runs for ${clusterId}`);
    return entry;
  };
  const nodeOf = async (clusterId: string, scaleSet: string, instanceId: number): Promise<[LabCluster, string]> => {
    const { cluster, scaleSets } = entryOf(clusterId);
    const name = scaleSets.get(keyOf(scaleSet))?.get(instanceId);
    if (name === undefined) throw new Error(`no instance ${instanceId} in ${scaleSet} of ${clusterId}`);
    return [await cluster, name];
  };
  const remove = async (clusterId: string): Promise<void> => {
    const entry = entries.get(keyOf(clusterId));
    entries.delete(keyOf(clusterId));
    // A failed start has cleaned up and was reported by `create`.
    const cluster = await entry?.cluster.catch(() => undefined);
    await cluster?.stop();
  };
  return {
    create: async spec => {
      const cluster = startCluster(spec);
      entries.set(keyOf(spec.id), { spec, cluster, scaleSets: new Map() });
      try {
        await cluster;
      } catch (error) {
        entries.delete(keyOf(spec.id));
        throw error;
      }
    },
    setInstances: async (clusterId, pool, instances) => {
      const { spec, cluster: starting, scaleSets } = entryOf(clusterId);
      const cluster = await starting;
      const present = scaleSets.get(keyOf(pool.scaleSet)) ?? new Map<number, string>();
      const wanted = new Map(instances.map(({ id, computerName }) => [id, computerName]));
      scaleSets.set(keyOf(pool.scaleSet), wanted);
      const gone = [...present].filter(([id]) => !wanted.has(id));
      const added = [...wanted].filter(([id]) => !present.has(id));
      const machine = { ...spec, pool: pool.name, scaleSet: pool.scaleSet, vmSize: pool.vmSize, zones: pool.zones };
      await Promise.all([
        ...gone.map(([, name]) => cluster.nodes.remove(name)),
        cluster.join(added.map(([instanceId, name]) => describeAzureNode({ ...machine, name, instanceId }))),
      ]);
    },
    stopInstance: async (clusterId, scaleSet, instanceId) => {
      const [cluster, name] = await nodeOf(clusterId, scaleSet, instanceId);
      await cluster.nodes.stop(name);
      taintWhenOff(cluster, name);
    },
    startInstance: async (clusterId, scaleSet, instanceId) => {
      const [cluster, name] = await nodeOf(clusterId, scaleSet, instanceId);
      await cluster.nodes.start(name);
      await setOutOfService(cluster, name, false);
    },
    runScript: async (clusterId, scaleSet, instanceId, script) => {
      const [cluster, name] = await nodeOf(clusterId, scaleSet, instanceId);
      return cluster.nodes.runScript(name, script);
    },
    kubeconfig: async (clusterId, role) => {
      const { spec, cluster } = entryOf(clusterId);
      const running = await cluster;
      const { userKubeconfig } = running.faults;
      if (role === 'User' && userKubeconfig !== undefined) return userKubeconfig(running);
      const { server, credentials } = running.controlPlane;
      const user = `cluster${role}_${spec.resourceGroup}_${spec.name}`;
      return renderKubeconfig({ cluster: spec.name, context: spec.name, user }, server, credentials);
    },
    delete: remove,
    stop: async () => {
      await Promise.all([...entries.keys()].map(remove));
    },
  };
}

/**
 * Azure's controller marks a machine that it finds stopped as out of service, which lets Kubernetes move its pods; in
 * reality up to ten minutes later (cloud-provider-azure, pull requests 4508 and 4522).
 */
function taintWhenOff(cluster: LabCluster, name: string): void {
  const { outOfServiceAfterMs } = cluster.faults;
  if (outOfServiceAfterMs === undefined) return;
  const timer = setTimeout(() => {
    if (!cluster.nodes.names().includes(name) || cluster.nodes.isOn(name)) return;
    // The cluster may have been stopped in the meantime.
    setOutOfService(cluster, name, true).catch(() => undefined);
  }, outOfServiceAfterMs);
  timer.unref();
}

async function setOutOfService({ api }: Pick<LabCluster, 'api'>, name: string, out: boolean): Promise<void> {
  const key = 'node.kubernetes.io/out-of-service';
  const path = `/api/v1/nodes/${name}`;
  const { spec, metadata } = await api.request<Node>('GET', path);
  const others = (spec.taints ?? []).filter(taint => taint.key !== key);
  if (!out && others.length === (spec.taints ?? []).length) return;
  const taints = out ? [...others, { key, value: 'nodeshutdown', effect: 'NoExecute' }] : others;
  // The patch replaces the complete list, and other controllers change it too.
  const { resourceVersion } = metadata;
  try {
    await api.patch(path, { metadata: { resourceVersion }, spec: { taints } });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 409) throw error;
    await setOutOfService({ api }, name, out);
  }
}
