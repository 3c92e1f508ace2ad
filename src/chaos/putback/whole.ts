import type { KubernetesApi } from '../../kubernetes/api.js';
import { isBackOrGone, isInService } from '../../kubernetes/nodes.js';
import type { View } from '../../kubernetes/observer.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { isReady, membersAmong } from '../../kubernetes/pods.js';
import type { StatefulSet } from '../../kubernetes/types.js';
import { seenWithin } from '../seen.js';
import { poolOf } from '../target.js';
import type { Undo } from './mark.js';

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
  undo: Undo,
  timeoutMs: number,
): Promise<Lacking> {
  const { namespace, name, labels } = members;
  const statefulSet = await api.find('StatefulSet', { namespace, name }, 'read the number of members');
  const wanted = statefulSet === undefined ? 0 : (undo.replicas ?? statefulSet.spec.replicas ?? 1);
  let lacking: Lacking = { members: [], nodes: [], pool: undefined };
  await seenWithin(
    api,
    [{ kind: 'Node' }, { kind: 'Pod', namespace, labels }],
    view => {
      lacking = { members: awaited(view, statefulSet, wanted), nodes: lost(view, undo), pool: shrunk(view, undo) };
      return lacking.members.length === 0 && lacking.nodes.length === 0 && lacking.pool === undefined;
    },
    timeoutMs,
  );
  return lacking;
}

function awaited(view: View, statefulSet: StatefulSet | undefined, wanted: number): readonly string[] {
  const ready = membersAmong(view.all('Pod'), statefulSet).filter(isReady);
  return Array.from({ length: wanted }, (_, ordinal) => `${statefulSet?.metadata.name}-${ordinal}`).filter(
    member => !ready.some(({ metadata }) => metadata.name === member),
  );
}

function lost(view: View, { machines, kubelets }: Undo): readonly string[] {
  return [...machines, ...kubelets]
    .filter(({ node, uid }) => !isBackOrGone(view.find('Node', node), uid))
    .map(({ node }) => `node ${node} is to be in service again`);
}

function shrunk(view: View, { pool }: Undo): string | undefined {
  if (pool === undefined) return undefined;
  const there = view.all('Node').filter(node => poolOf(node) === pool.name && isInService(node)).length;
  return there >= pool.nodes
    ? undefined
    : `node pool ${pool.name} is to have ${pool.nodes} nodes again, and has ${there}`;
}
