import { ActionError } from '../errors/action-error.js';
import { isNodeReady, isSchedulable } from '../kubernetes/nodes.js';
import type { Node, Pod } from '../kubernetes/types.js';

/** The node that an experiment acts on, resolved once and never again. */
export interface TargetNode {
  readonly name: string;
  readonly uid: string;
  readonly providerId: string;
  /** The members found on it, lowest ordinal first. */
  readonly members: readonly { readonly name: string; readonly uid: string; readonly seed: boolean }[];
}

export interface Candidates {
  readonly nodes: readonly Node[];
  /** The members of the cluster; other pods do not count. */
  readonly members: readonly Pod[];
  readonly isSeed: (podName: string) => boolean;
  /** Empty: the choice is ours. */
  readonly wanted: string;
}

/**
 * Chooses the node that an experiment acts on. Deterministic, so that a repeated run meets the same node: the fewest
 * seeds, then the fewest members, then the first name, among Ready, schedulable nodes that hold a member.
 * @throws ActionError `target-refused` when the wanted node is not fit, or none is.
 */
export function chooseTarget({ nodes, members, isSeed, wanted }: Candidates): TargetNode {
  const targets = nodes.map(node => describeNode(node, members, isSeed));
  const refusals = new Map(nodes.map(node => [node.metadata.name, refusalOf(node, nodes, members)]));
  if (wanted !== '') {
    const target = targets.find(({ name }) => name === wanted);
    const names = nodes.map(node => node.metadata.name).join(', ');
    const refusal = target ? refusals.get(wanted) : `the cluster has no such node; it has ${names}`;
    if (!target || refusal) throw new ActionError('target-refused', `target-node "${wanted}" is refused: ${refusal}.`);
    return target;
  }
  const [best] = targets
    .filter(({ name }) => refusals.get(name) === undefined)
    .sort((a, b) => seeds(a) - seeds(b) || a.members.length - b.members.length || (a.name < b.name ? -1 : 1));
  if (best) return best;
  const reasons = targets.map(({ name }) => `${name}: ${refusals.get(name)}`).join('; ');
  throw new ActionError('target-refused', `No node is fit for the experiment: ${reasons}.`);
}

/** The target in one line, for the log and the report. */
export function describeTarget({ name, uid, providerId, members }: TargetNode): string {
  const held = members.map(member => (member.seed ? `${member.name} (seed)` : member.name)).join(', ');
  return `node ${name}, UID ${uid}, ${providerId || 'no provider id'}, holding ${held}`;
}

function seeds(target: TargetNode): number {
  return target.members.filter(({ seed }) => seed).length;
}

function describeNode(node: Node, members: readonly Pod[], isSeed: (podName: string) => boolean): TargetNode {
  return {
    name: node.metadata.name,
    uid: node.metadata.uid ?? '',
    providerId: node.spec.providerID ?? '',
    members: members
      .filter(({ spec }) => spec.nodeName === node.metadata.name)
      .map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid ?? '', seed: isSeed(metadata.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function refusalOf(node: Node, nodes: readonly Node[], members: readonly Pod[]): string | undefined {
  const { name } = node.metadata;
  if (!isNodeReady(node)) return 'it is not Ready';
  // A cordon that somebody else placed is theirs to lift; an experiment would lift it with its own.
  if (node.spec.unschedulable) return 'it is cordoned already';
  if (!members.some(({ spec }) => spec.nodeName === name)) return 'it holds no member';
  const others = nodes.filter(other => other !== node && isSchedulable(other));
  if (others.length === 0) return 'no other node is Ready to take its members';
  return undefined;
}
