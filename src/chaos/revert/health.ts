import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { StatefulSet } from '../../kubernetes/api/types.js';
import type { Observation } from '../../kubernetes/informer/observer.js';
import { waitUntil } from '../../kubernetes/informer/wait-until.js';
import { isBackOrGone, isInService, nodeNamed } from '../../kubernetes/nodes.js';
import { isReady, membersAmong, type MemberSet } from '../../kubernetes/pods.js';
import { leaseOf, renewalIn } from '../kubelet.js';
import { poolOf, poolSelector } from '../target.js';

/** The nodes and members that must be back before the rest is reverted. */
export interface ExpectedHealth {
  /**
   * The former number of members. The wait is for these, as far as the StatefulSet wants them now; undefined: for all.
   */
  readonly replicas: number | undefined;
  readonly nodes: readonly ExpectedNode[];
  /** The names of the nodes whose machines the experiment deletes. */
  readonly deletions: readonly string[];
  /** The node pool, with its former number of nodes in service. */
  readonly pool: { readonly name: string; readonly nodes: number } | undefined;
}

export interface ExpectedNode {
  readonly node: string;
  readonly uid: string;
  /**
   * The last renewal of the kubelet's Lease when its machine had been started. Only a later one proves that the kubelet
   * runs, because a node stays Ready for most of a minute after a power loss.
   */
  readonly renewal: string | undefined;
}

/** What is not healthy yet. */
export interface Missing {
  /** The names of the expected members that are not Ready. */
  readonly members: readonly string[];
  /** A text for each node that is not in service. */
  readonly nodes: readonly string[];
  /** A text when the pool has fewer nodes than before; undefined otherwise. */
  readonly pool: string | undefined;
}

/**
 * Waits up to `timeoutMs` until the lost nodes are in service, the pool has its former size, and the expected members
 * are Ready. Returns what is missing then.
 */
export async function waitUntilHealthy(
  api: KubernetesApi,
  members: MemberSet,
  { replicas, nodes, deletions, pool }: ExpectedHealth,
  timeoutMs: number,
): Promise<Missing> {
  const { namespace, name, labels } = members;
  const statefulSet = await api.find('StatefulSet', { namespace, name }, 'read the number of members');
  const current = statefulSet === undefined ? 0 : (statefulSet.spec.replicas ?? 1);
  const expected = Math.min(current, replicas ?? current);
  let missing: Missing = { members: [], nodes: [], pool: undefined };
  await waitUntil(
    api,
    [
      { kind: 'Pod', namespace, labels },
      ...nodes.flatMap(({ node }) => [nodeNamed(node), leaseOf(node)]),
      ...deletions.map(nodeNamed),
      ...(pool === undefined ? [] : [{ kind: 'Node', labels: poolSelector(pool.name) } as const]),
    ],
    observation => {
      missing = {
        members: missingMembers(observation, statefulSet, expected, deletions),
        nodes: missingNodes(observation, nodes),
        pool: missingPoolNodes(observation, pool),
      };
      return missing.members.length === 0 && missing.nodes.length === 0 && missing.pool === undefined;
    },
    timeoutMs,
  );
  return missing;
}

/** A pod whose node is gone says that it is Ready until Kubernetes deletes it, more than a minute later: it does not count. */
function missingMembers(
  observation: Observation,
  statefulSet: StatefulSet | undefined,
  expected: number,
  deletions: readonly string[],
): readonly string[] {
  const gone = deletions.filter(node => observation.find('Node', node) === undefined);
  const ready = membersAmong(observation.all('Pod'), statefulSet).filter(
    pod => isReady(pod) && !gone.includes(pod.spec.nodeName ?? ''),
  );
  return Array.from({ length: expected }, (_, ordinal) => `${statefulSet?.metadata.name}-${ordinal}`).filter(
    member => !ready.some(({ metadata }) => metadata.name === member),
  );
}

function missingNodes(observation: Observation, nodes: readonly ExpectedNode[]): readonly string[] {
  return nodes
    .filter(({ node, uid, renewal }) => {
      const now = observation.find('Node', node);
      return !isBackOrGone(now, uid) || (now?.metadata.uid === uid && renewalIn(observation, node) === renewal);
    })
    .map(({ node }) => `node ${node} is not in service`);
}

function missingPoolNodes(observation: Observation, pool: ExpectedHealth['pool']): string | undefined {
  if (pool === undefined) return undefined;
  const inService = observation.all('Node').filter(node => poolOf(node) === pool.name && isInService(node));
  // A node may be watched by its name, too.
  const { size } = new Set(inService.map(({ metadata }) => metadata.name));
  return size >= pool.nodes ? undefined : `node pool ${pool.name} has ${size} of ${pool.nodes} nodes in service`;
}
