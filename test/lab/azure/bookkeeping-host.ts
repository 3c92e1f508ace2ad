import type { ClusterHost, ClusterSpec } from './host.js';

/** A host that starts nothing and only records its calls: enough to test the stand-in alone. */
export interface BookkeepingHost extends ClusterHost {
  /** The clusters that were created and not deleted, by id. */
  readonly clusters: ReadonlyMap<string, ClusterSpec>;
  /** The instances that should run, as `cluster id/scale set/instance id`. */
  readonly running: ReadonlySet<string>;
}

export function createBookkeepingHost(): BookkeepingHost {
  const clusters = new Map<string, ClusterSpec>();
  const running = new Set<string>();
  const known = new Set<string>();
  const keyOf = (clusterId: string, scaleSet: string, id: number): string => `${clusterId}/${scaleSet}/${id}`;
  const done = Promise.resolve();
  const forget = (prefix: string, keep: ReadonlySet<string> = new Set()): void => {
    for (const key of [...known].filter(candidate => candidate.startsWith(prefix) && !keep.has(candidate))) {
      known.delete(key);
      running.delete(key);
    }
  };
  return {
    clusters,
    running,
    create(spec) {
      clusters.set(spec.id, spec);
      return done;
    },
    setInstances(clusterId, pool, instances) {
      const wanted = new Set(instances.map(({ id }) => keyOf(clusterId, pool.scaleSet, id)));
      forget(`${clusterId}/${pool.scaleSet}/`, wanted);
      for (const key of wanted) {
        if (!known.has(key)) running.add(key);
        known.add(key);
      }
      return done;
    },
    stopInstance(clusterId, scaleSet, instanceId) {
      running.delete(keyOf(clusterId, scaleSet, instanceId));
      return done;
    },
    startInstance(clusterId, scaleSet, instanceId) {
      running.add(keyOf(clusterId, scaleSet, instanceId));
      return done;
    },
    runScript: () => Promise.resolve(''),
    kubeconfig(clusterId, role) {
      const { name, resourceGroup } = clusters.get(clusterId) ?? { name: 'absent', resourceGroup: 'absent' };
      const user = `cluster${role}_${resourceGroup}_${name}`;
      return Promise.resolve(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name, cluster: { server: 'https://127.0.0.1:6443' } }],
          users: [{ name: user, user: { token: 'bookkeeping' } }],
          contexts: [{ name, context: { cluster: name, user } }],
          'current-context': name,
        }),
      );
    },
    delete(clusterId) {
      clusters.delete(clusterId);
      forget(`${clusterId}/`);
      return done;
    },
  };
}
