import { ActionError } from '../errors/action-error.js';
import type { TargetRecord } from '../journal/experiment-record.js';
import { isNodeReady, isSchedulable } from '../kubernetes/nodes.js';
import { parseProviderId } from '../kubernetes/provider-id.js';
import type { Node, Pod } from '../kubernetes/types.js';
import { quorumOf } from '../migratorydata/membership.js';
import { foreignPodsRefusal } from './foreign-pods.js';
import type { Machine } from './machines-port.js';
import { recordAnnotation } from './revert/annotation-keys.js';

/** The node that an experiment acts on. It is resolved once and does not change later. */
export interface TargetNode {
  readonly name: string;
  readonly uid: string;
  readonly providerId: string;
  readonly zone: string;
  /** The name of its node pool on AKS; empty elsewhere. */
  readonly pool: string;
  /** Its instance of a scale set; undefined elsewhere. */
  readonly machine: Machine | undefined;
  readonly bootId: string;
  /** The members on it, sorted by name. */
  readonly members: readonly { readonly name: string; readonly uid: string; readonly seed: boolean }[];
}

/** The requirements of an experiment for its target. */
export interface TargetNeeds {
  /** The number of other nodes that must be Ready and schedulable. */
  readonly others: number;
  /** True when the node stops without a drain, so that all seed members on it fail at once. */
  readonly nonGraceful: boolean;
  /** True when the experiment changes the machine of the node. */
  readonly machine: boolean;
}

export interface TargetCandidates {
  readonly nodes: readonly Node[];
  /** The members of the cluster, without other pods. */
  readonly members: readonly Pod[];
  readonly isSeed: (podName: string) => boolean;
  readonly seedMembers: number;
  /** The input `target-node`; empty to choose automatically. */
  readonly wanted: string;
  readonly needs: TargetNeeds;
  /** For a fault that ends all pods of a node without warning: the pods of others that it must not end, by node. */
  readonly foreignPods?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Chooses the target node among the nodes whose loss the cluster must tolerate: the fewest seed members, then the
 * fewest members, then the first name. Deterministic, so that a repeated run has the same target.
 * @throws ActionError `target-refused` with the reasons, when the wanted node is not suitable, or no node is.
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
  throw new ActionError('target-refused', `No node is suitable for the experiment: ${reasons}.`);
}

/** Returns a node as a target, with the members on it. */
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

/** Returns the name of a node's pool on AKS; empty elsewhere. */
export function poolOf({ metadata: { labels = {} } }: Node): string {
  return labels['kubernetes.azure.com/agentpool'] ?? '';
}

/** Returns the target as one line for the log and the report. */
export function describeTarget({ name, uid, providerId, machine, zone, members }: TargetNode): string {
  const memberNames = members.map(member => (member.seed ? `${member.name} (seed)` : member.name)).join(', ');
  const place = machine
    ? `instance ${machine.instanceId} of scale set ${machine.scaleSet}`
    : providerId || 'no provider id';
  return `node ${name}, UID ${uid}, ${place}${zone === '' ? '' : `, zone ${zone}`}, with ${memberNames || 'no member'}`;
}

/** Returns the target as it is in the report. */
export function toTargetRecord({ name, uid, providerId, zone, machine, members }: TargetNode): TargetRecord {
  const { scaleSet = '', instanceId = '' } = machine ?? {};
  return { node: name, uid, providerId, scaleSet, instanceId, zone, members };
}

/** Returns the number of seed members on a node. */
export function seedsOn({ members }: TargetNode): number {
  return members.filter(({ seed }) => seed).length;
}

/** Returns how many seed members may fail at the same time without a loss of the quorum. */
export function seedsThatMayFail(seedMembers: number): number {
  return seedMembers - quorumOf(seedMembers);
}

const controlPlaneLabel = 'node-role.kubernetes.io/control-plane';

/** Returns why a node is not suitable; undefined when it is. */
function refusalOf(node: Node, target: TargetNode, candidates: TargetCandidates): string | undefined {
  const { nodes, needs, seedMembers } = candidates;
  const { metadata, spec } = node;
  if (!isNodeReady(node)) return 'it is not Ready';
  // The revert of an experiment would remove a cordon of someone else together with its own.
  if (spec.unschedulable) return 'it is already cordoned';
  if (metadata.annotations?.[recordAnnotation] !== undefined)
    return 'it has the revert record of another experiment, which operation recover reverts if its run has ended';
  const isControlPlane = ({ metadata: { labels = {} } }: Node): boolean => controlPlaneLabel in labels;
  if (isControlPlane(node) && !nodes.every(isControlPlane)) return 'it runs the control plane';
  if (target.members.length === 0) return 'it runs no member';
  const others = nodes.filter(other => other !== node && isSchedulable(other)).length;
  if (others < needs.others) {
    return needs.others === 1
      ? 'no other node is Ready for its members'
      : `only ${others} other nodes are Ready, and ${needs.others} are needed`;
  }
  if (needs.machine && target.machine === undefined) {
    return target.providerId === ''
      ? 'it has no provider id, so its machine is not known'
      : `its machine is not an instance of a scale set (${target.providerId})`;
  }
  const foreign = foreignPodsRefusal(candidates.foreignPods?.get(target.name) ?? []);
  if (foreign !== undefined) return foreign;
  const maxSeeds = seedsThatMayFail(seedMembers);
  if (needs.nonGraceful && seedsOn(target) > maxSeeds) {
    return `it runs ${seedsOn(target)} of ${seedMembers} seed members, and no more than ${maxSeeds} may fail at once`;
  }
  return undefined;
}
