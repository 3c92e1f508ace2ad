import type { KubernetesApi } from '../../kubernetes/api.js';
import { isBackOrGone, isInService } from '../../kubernetes/nodes.js';
import type { Observation } from '../../kubernetes/observer.js';
import { isReady, membersAmong, type MemberSet } from '../../kubernetes/pods.js';
import type { StatefulSet } from '../../kubernetes/types.js';
import { waitUntil } from '../../kubernetes/wait-until.js';
import { leaseOf, renewalIn } from '../kubelet.js';
import { poolOf } from '../target.js';

/** What has to be there again before the rest is reverted. */
export interface ExpectedHealth {
  /** The number of members of before, of which those that the cluster wants now are waited for; undefined: all these. */
  readonly replicas: number | undefined;
  readonly nodes: readonly ExpectedNode[];
  /** The pool, with the number of nodes in service that it had. */
  readonly pool: { readonly name: string; readonly nodes: number } | undefined;
}

export interface ExpectedNode {
  readonly node: string;
  readonly uid: string;
  /**
   * The renewal of the kubelet's Lease that was seen when its machine had been started: only a later one shows that it
   * lives, since a node counts as Ready for most of a minute after its power went off.
   */
  readonly renewal: string | undefined;
}

/** What is not yet as it was, in words. */
export interface Missing {
  /** The names of members that are to stay and are not Ready. */
  readonly members: readonly string[];
  /** Nodes that are to be back. */
  readonly nodes: readonly string[];
  /** The pool that has fewer nodes than it had. */
  readonly pool: string | undefined;
}

/**
 * Waits, for a time, until the nodes that were lost are in service, the pool has its size, and the members that are to
 * stay are Ready. Gives what is lacking after that.
 */
export async function waitUntilHealthy(
  api: KubernetesApi,
  members: MemberSet,
  { replicas, nodes, pool }: ExpectedHealth,
  timeoutMs: number,
): Promise<Missing> {
  const { namespace, name, labels } = members;
  const statefulSet = await api.find('StatefulSet', { namespace, name }, 'read the number of members');
  const found = statefulSet === undefined ? 0 : (statefulSet.spec.replicas ?? 1);
  const wanted = Math.min(found, replicas ?? found);
  let missing: Missing = { members: [], nodes: [], pool: undefined };
  await waitUntil(
    api,
    [{ kind: 'Node' }, { kind: 'Pod', namespace, labels }, ...nodes.map(({ node }) => leaseOf(node))],
    observation => {
      missing = {
        members: unready(observation, statefulSet, wanted),
        nodes: lost(observation, nodes),
        pool: shrunk(observation, pool),
      };
      return missing.members.length === 0 && missing.nodes.length === 0 && missing.pool === undefined;
    },
    timeoutMs,
  );
  return missing;
}

function unready(observation: Observation, statefulSet: StatefulSet | undefined, wanted: number): readonly string[] {
  const ready = membersAmong(observation.all('Pod'), statefulSet).filter(isReady);
  return Array.from({ length: wanted }, (_, ordinal) => `${statefulSet?.metadata.name}-${ordinal}`).filter(
    member => !ready.some(({ metadata }) => metadata.name === member),
  );
}

function lost(observation: Observation, nodes: readonly ExpectedNode[]): readonly string[] {
  return nodes
    .filter(({ node, uid, renewal }) => {
      const now = observation.find('Node', node);
      return !isBackOrGone(now, uid) || (now?.metadata.uid === uid && renewalIn(observation, node) === renewal);
    })
    .map(({ node }) => `node ${node} is to be in service again`);
}

function shrunk(observation: Observation, pool: ExpectedHealth['pool']): string | undefined {
  if (pool === undefined) return undefined;
  const there = observation.all('Node').filter(node => poolOf(node) === pool.name && isInService(node)).length;
  return there >= pool.nodes
    ? undefined
    : `node pool ${pool.name} is to have ${pool.nodes} nodes again, and has ${there}`;
}
