import type { LaneRecord, LaneState } from '../../journal/experiment-record.js';
import type { Node, Pod } from '../../kubernetes/api/types.js';
import { isNodeReady } from '../../kubernetes/nodes.js';
import { isReady } from '../../kubernetes/pods.js';

/** A change in the state of a node or a member. Times are milliseconds from t0. */
export interface Transition {
  readonly kind: LaneRecord['kind'];
  readonly name: string;
  readonly atMs: number;
  readonly state: LaneState;
  /** The UID of the node or the pod; empty when it is absent. */
  readonly uid: string;
  /** The node that a member is bound to; empty without one. */
  readonly node: string;
}

/** Returns the state of a node as a transition. */
export function nodeTransition(node: Node, atMs: number): Transition {
  const { name, uid = '' } = node.metadata;
  const cordoned = node.spec.unschedulable === true ? 'cordoned' : 'ready';
  return { kind: 'node', name, atMs, uid, node: '', state: isNodeReady(node) ? cordoned : 'not-ready' };
}

/** Returns the state of a member as a transition. */
export function memberTransition(pod: Pod, atMs: number): Transition {
  const { name, uid = '', deletionTimestamp } = pod.metadata;
  const node = pod.spec.nodeName ?? '';
  const alive = isReady(pod) ? 'ready' : node === '' ? 'pending' : 'not-ready';
  return { kind: 'member', name, atMs, uid, node, state: deletionTimestamp === undefined ? alive : 'terminating' };
}

/** Returns the states of each node and member over time. Changes that do not affect the state are omitted. */
export function lanesOf(
  transitions: readonly Transition[],
  endMs: number,
  targets: readonly string[],
): readonly LaneRecord[] {
  const keys = [...new Set(transitions.map(({ kind, name }) => `${kind}/${name}`))].sort();
  return keys.map(key => {
    const all = transitions.filter(({ kind, name }) => `${kind}/${name}` === key);
    const changes = all.filter((one, index) => index === 0 || stateKey(one) !== stateKey(all[index - 1]));
    const [{ kind, name } = { kind: 'node' as const, name: '' }] = changes;
    const states = changes.map(({ state, atMs, uid, node }, index) => ({
      ...{ state, fromMs: Math.round(atMs), toMs: Math.round(changes[index + 1]?.atMs ?? endMs) },
      ...(kind === 'member' && { uid, node }),
    }));
    return { kind, name, target: kind === 'node' && targets.includes(name), states };
  });
}

function stateKey(transition: Transition | undefined): string {
  return transition === undefined ? '' : [transition.state, transition.uid, transition.node].join('/');
}
