import type { KubernetesApi } from '../../kubernetes/api.js';
import { isBackOrGone, isInService } from '../../kubernetes/nodes.js';
import type { View } from '../../kubernetes/observer.js';
import { isReady, membersAmong, type MemberSet } from '../../kubernetes/pods.js';
import type { StatefulSet } from '../../kubernetes/types.js';
import { leaseOf, renewalIn } from '../kubelet.js';
import { seenWithin } from '../seen.js';
import { poolOf } from '../target.js';

/** What has to be there again before the rest is reverted. */
export interface Awaited {
  /** The number of members of before, of which those that the cluster wants now are waited for; undefined: all these. */
  readonly replicas: number | undefined;
  readonly nodes: readonly AwaitedNode[];
  /** The pool, with the number of nodes in service that it had. */
  readonly pool: { readonly name: string; readonly nodes: number } | undefined;
}

export interface AwaitedNode {
  readonly node: string;
  readonly uid: string;
  /**
   * The renewal of the kubelet's Lease that was seen when its machine had been started: only a later one shows that it
   * lives, since a node counts as Ready for most of a minute after its power went off.
   */
  readonly renewal: string | undefined;
}

/** What is not yet as it was, in words. */
export interface Lacking {
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
export async function untilWhole(
  api: KubernetesApi,
  members: MemberSet,
  { replicas, nodes, pool }: Awaited,
  timeoutMs: number,
): Promise<Lacking> {
  const { namespace, name, labels } = members;
  const statefulSet = await api.find('StatefulSet', { namespace, name }, 'read the number of members');
  const found = statefulSet === undefined ? 0 : (statefulSet.spec.replicas ?? 1);
  const wanted = Math.min(found, replicas ?? found);
  let lacking: Lacking = { members: [], nodes: [], pool: undefined };
  await seenWithin(
    api,
    [{ kind: 'Node' }, { kind: 'Pod', namespace, labels }, ...nodes.map(({ node }) => leaseOf(node))],
    view => {
      lacking = { members: unready(view, statefulSet, wanted), nodes: lost(view, nodes), pool: shrunk(view, pool) };
      return lacking.members.length === 0 && lacking.nodes.length === 0 && lacking.pool === undefined;
    },
    timeoutMs,
  );
  return lacking;
}

function unready(view: View, statefulSet: StatefulSet | undefined, wanted: number): readonly string[] {
  const ready = membersAmong(view.all('Pod'), statefulSet).filter(isReady);
  return Array.from({ length: wanted }, (_, ordinal) => `${statefulSet?.metadata.name}-${ordinal}`).filter(
    member => !ready.some(({ metadata }) => metadata.name === member),
  );
}

function lost(view: View, nodes: readonly AwaitedNode[]): readonly string[] {
  return nodes
    .filter(({ node, uid, renewal }) => {
      const now = view.find('Node', node);
      return !isBackOrGone(now, uid) || (now?.metadata.uid === uid && renewalIn(view, node) === renewal);
    })
    .map(({ node }) => `node ${node} is to be in service again`);
}

function shrunk(view: View, pool: Awaited['pool']): string | undefined {
  if (pool === undefined) return undefined;
  const there = view.all('Node').filter(node => poolOf(node) === pool.name && isInService(node)).length;
  return there >= pool.nodes
    ? undefined
    : `node pool ${pool.name} is to have ${pool.nodes} nodes again, and has ${there}`;
}
