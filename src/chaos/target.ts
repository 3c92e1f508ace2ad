import { ActionError } from '../errors/action-error.js';
import type { TargetRecord } from '../journal/experiment-record.js';
import { isNodeReady, isSchedulable } from '../kubernetes/nodes.js';
import { parseProviderId } from '../kubernetes/provider-id.js';
import type { Node, Pod } from '../kubernetes/types.js';
import { quorumOf } from '../migratorydata/membership.js';
import type { Machine } from './machines-port.js';
import { recordAnnotation } from './revert/annotation-keys.js';

/** The node that an experiment acts on, resolved once and never again. */
export interface TargetNode {
  readonly name: string;
  readonly uid: string;
  readonly providerId: string;
  readonly zone: string;
  /** The name of its node pool on AKS; empty elsewhere. */
  readonly pool: string;
  /** The instance of a scale set behind it; undefined elsewhere. */
  readonly machine: Machine | undefined;
  readonly bootId: string;
  /** The members found on it, lowest ordinal first. */
  readonly members: readonly { readonly name: string; readonly uid: string; readonly seed: boolean }[];
}

/** What an experiment needs of its target. */
export interface TargetNeeds {
  /** How many other nodes must be Ready. */
  readonly others: number;
  /** The node goes without warning, and with it all seeds on it at once. */
  readonly nonGraceful: boolean;
  /** The machine behind it is changed. */
  readonly machine: boolean;
}

export interface TargetCandidates {
  readonly nodes: readonly Node[];
  /** The members of the cluster; other pods do not count. */
  readonly members: readonly Pod[];
  readonly isSeed: (podName: string) => boolean;
  readonly seedMembers: number;
  /** Empty: the choice is ours. */
  readonly wanted: string;
  readonly needs: TargetNeeds;
}

/**
 * Chooses the node that an experiment acts on. Deterministic, so that a repeated run meets the same node: the fewest
 * seeds, then the fewest members, then the first name, among the nodes whose loss the cluster must tolerate.
 * @throws ActionError `target-refused` when the wanted node is not fit, or none is, with the reason of each.
 */
export function chooseTarget(candidates: TargetCandidates): TargetNode {
  const { nodes, members, isSeed, wanted } = candidates;
  const targets = nodes.map(node => toTargetNode(node, members, isSeed));
  const refusals = new Map(
    nodes.map((node, index) => [node.metadata.name, refusalOf(node, targets[index] as TargetNode, candidates)]),
  );
  if (wanted !== '') {
    const target = targets.find(({ name }) => name === wanted);
    const names = nodes.map(node => node.metadata.name).join(', ');
    const refusal = target ? refusals.get(wanted) : `the cluster has no such node; it has ${names}`;
    if (!target || refusal) throw new ActionError('target-refused', `target-node "${wanted}" is refused: ${refusal}.`);
    return target;
  }
  const [best] = targets
    .filter(({ name }) => refusals.get(name) === undefined)
    .sort((a, b) => seedsOn(a) - seedsOn(b) || a.members.length - b.members.length || (a.name < b.name ? -1 : 1));
  if (best) return best;
  const reasons = targets.map(({ name }) => `${name}: ${refusals.get(name)}`).join('; ');
  throw new ActionError('target-refused', `No node is fit for the experiment: ${reasons}.`);
}

/** A node as a target, with the members on it. */
export function toTargetNode(node: Node, members: readonly Pod[], isSeed: (podName: string) => boolean): TargetNode {
  const { name, uid = '', labels = {} } = node.metadata;
  const providerId = node.spec.providerID ?? '';
  return {
    name,
    uid,
    providerId,
    zone: labels['topology.kubernetes.io/zone'] ?? '',
    pool: poolOf(node),
    machine: parseProviderId(providerId),
    bootId: node.status.nodeInfo?.bootID ?? '',
    members: members
      .filter(({ spec }) => spec.nodeName === name)
      .map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid ?? '', seed: isSeed(metadata.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The name of a node's pool on AKS; empty elsewhere. */
export function poolOf({ metadata: { labels = {} } }: Node): string {
  return labels['kubernetes.azure.com/agentpool'] ?? '';
}

/** The target in one line, for the log and the report. */
export function describeTarget({ name, uid, providerId, machine, zone, members }: TargetNode): string {
  const held = members.map(member => (member.seed ? `${member.name} (seed)` : member.name)).join(', ');
  const place = machine
    ? `instance ${machine.instanceId} of scale set ${machine.scaleSet}`
    : providerId || 'no provider id';
  return `node ${name}, UID ${uid}, ${place}${zone === '' ? '' : `, zone ${zone}`}, holding ${held || 'no member'}`;
}

export function toTargetRecord({ name, uid, providerId, zone, machine, members }: TargetNode): TargetRecord {
  const { scaleSet = '', instanceId = '' } = machine ?? {};
  return { node: name, uid, providerId, scaleSet, instanceId, zone, members };
}

/** The seeds on a node. */
export function seedsOn({ members }: TargetNode): number {
  return members.filter(({ seed }) => seed).length;
}

/** How many seeds may be away at the same time without the loss of the quorum. */
export function seedsThatMayFail(seedMembers: number): number {
  return seedMembers - quorumOf(seedMembers);
}

const controlPlaneLabel = 'node-role.kubernetes.io/control-plane';

function refusalOf(node: Node, target: TargetNode, candidates: TargetCandidates): string | undefined {
  const { nodes, needs, seedMembers } = candidates;
  const { metadata, spec } = node;
  if (!isNodeReady(node)) return 'it is not Ready';
  // A cordon that somebody else placed is theirs to lift; an experiment would lift it with its own.
  if (spec.unschedulable) return 'it is cordoned already';
  if (metadata.annotations?.[recordAnnotation] !== undefined)
    return 'another experiment has marked it, which operation recover undoes if its run is dead';
  const isControlPlane = ({ metadata: { labels = {} } }: Node): boolean => controlPlaneLabel in labels;
  if (isControlPlane(node) && !nodes.every(isControlPlane)) return 'it runs the control plane';
  if (target.members.length === 0) return 'it holds no member';
  const others = nodes.filter(other => other !== node && isSchedulable(other)).length;
  if (others < needs.others) {
    return needs.others === 1
      ? 'no other node is Ready to take its members'
      : `only ${others} other nodes are Ready, and ${needs.others} are needed`;
  }
  if (needs.machine && target.machine === undefined) {
    return target.providerId === ''
      ? 'it has no provider id, so its machine is not known'
      : `its machine is none of a scale set (${target.providerId})`;
  }
  const may = seedsThatMayFail(seedMembers);
  if (needs.nonGraceful && seedsOn(target) > may) {
    return `it holds ${seedsOn(target)} of ${seedMembers} seed members, and no more than ${may} may fail at once`;
  }
  return undefined;
}
