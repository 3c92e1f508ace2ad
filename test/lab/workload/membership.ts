import type { ClusterView } from './cluster-view.js';
import { createMemberCluster, type MemberCluster } from './member-cluster.js';
import type { MemberPod } from './objects.js';
import type { ServerOptions } from './server-options.js';

export interface Membership {
  readonly cluster: MemberCluster;
  /** Why the member stays alone; undefined when it is part of the cluster. */
  readonly refusal: string | undefined;
}

/**
 * Finds the cluster of a member. Only members with the same ordered list, seed count, delivery mode and password find
 * each other. A member with another configuration forms a separate cluster, without a quorum until a majority of its
 * seeds is configured like it. So a rolling change of these options has its real effect.
 */
export function createMembershipRegistry(
  view: Pick<ClusterView, 'services'>,
  now: () => number,
): (pod: MemberPod, options: ServerOptions) => Membership {
  const clusters = new Map<string, MemberCluster>();
  return (pod, options) => {
    const { clusterMembers, seedCount, guaranteed, clusterPassword } = options;
    const topology = { members: clusterMembers, seedCount, guaranteed };
    const refusal = refusalOf(pod, options, view);
    if (refusal !== undefined) return { cluster: createMemberCluster(topology, now), refusal };
    const namespace = pod.metadata.namespace ?? '';
    const key = JSON.stringify([namespace, topology, clusterPassword]);
    const cluster = clusters.get(key) ?? createMemberCluster(topology, now);
    clusters.set(key, cluster);
    const others = [...clusters].some(
      ([otherKey, other]) => otherKey !== key && otherKey.startsWith(`["${namespace}",`) && other.live().length > 0,
    );
    const mixed = others && cluster.live().length === 0;
    return { cluster, refusal: mixed ? 'its configuration differs from that of the members that run' : undefined };
  };
}

/** The entry must be in the list, and the headless Service must give its name to this very pod. */
function refusalOf(pod: MemberPod, options: ServerOptions, view: Pick<ClusterView, 'services'>): string | undefined {
  const { clusterMembers, clusterMemberListen: listen } = options;
  if (clusterMembers.length === 0) return 'no ClusterMembers are given';
  if (!clusterMembers.includes(listen)) return `ClusterMemberListen ${listen} is not in ClusterMembers`;
  const { namespace = '', name } = pod.metadata;
  const subdomain = pod.spec.subdomain ?? '';
  const host = listen.replace(/:\d+$/, '');
  const expected = `${pod.spec.hostname ?? name}.${subdomain}.${namespace}.svc`;
  if (host !== expected && !host.startsWith(`${expected}.`))
    return `${host} does not resolve to this pod (${expected})`;
  const headless = view
    .services()
    .some(
      ({ metadata, spec }) =>
        metadata.namespace === namespace && metadata.name === subdomain && spec.clusterIP === 'None',
    );
  return headless ? undefined : `${host} does not resolve: there is no headless Service ${namespace}/${subdomain}`;
}
