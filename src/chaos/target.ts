import { ActionError } from '../errors/action-error.js';
import type { TargetRecord } from '../journal/experiment-record.js';
import type { Node, Pod, StatefulSet } from '../kubernetes/api/types.js';
import { isCordoned, isNodeReady } from '../kubernetes/nodes.js';
import { parseProviderId } from '../kubernetes/provider-id.js';
import { quorumOf } from '../migratorydata/membership.js';
import { foreignPodsRefusal } from './foreign-pods.js';
import type { Machine } from './machines-port.js';
import { describeObstacles, lackOf, type PlaceNeeds, type Places } from './places.js';
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
  /** The number of other nodes on which members must be able to run. */
  readonly others: number;
  /** True when the node stops without a drain, so that all seed members on it fail at once. */
  readonly nonGraceful: boolean;
  /** True when the experiment changes the machine of the node. */
  readonly machine: boolean;
}

export interface TargetCandidates {
  /** The nodes with members. */
  readonly nodes: readonly Node[];
  /** The members of the cluster, without other pods. */
  readonly members: readonly Pod[];
  readonly statefulSet: StatefulSet;
  readonly isSeed: (podName: string) => boolean;
  readonly seedMembers: number;
  /** Where members can run. */
  readonly places: Places;
  /** Whether an autoscaler may add a node when there is no room. */
  readonly mayGrow: boolean;
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
    const refusal = target ? refusals.get(wanted) : `it runs no member; the members run on ${names}`;
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
    zone: labels[zoneLabel] ?? '',
    pool: poolOf(node),
    machine: parseProviderId(providerId),
    bootId: node.status.nodeInfo?.bootID ?? '',
    members: members
      .filter(({ spec }) => spec.nodeName === name)
      .map(({ metadata }) => ({ name: metadata.name, uid: metadata.uid ?? '', seed: isSeed(metadata.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

export const zoneLabel = 'topology.kubernetes.io/zone';
const poolLabel = 'kubernetes.azure.com/agentpool';

/** Returns the name of a node's pool on AKS; empty elsewhere. */
export function poolOf({ metadata: { labels = {} } }: Node): string {
  return labels[poolLabel] ?? '';
}

/** Returns a label selector for the nodes of a pool on AKS. */
export function poolSelector(name: string): string {
  return `${poolLabel}=${name}`;
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

/** Returns what the loss of a target requires of the other nodes. */
export function placeNeeds(
  { needs, mayGrow }: Pick<TargetCandidates, 'needs' | 'mayGrow'>,
  { name, members }: TargetNode,
): PlaceNeeds {
  return { without: [name], others: needs.others, moving: members.length, mayGrow };
}

const controlPlaneLabel = 'node-role.kubernetes.io/control-plane';

/** Returns why a node is not suitable; undefined when it is. */
function refusalOf(node: Node, target: TargetNode, candidates: TargetCandidates): string | undefined {
  const { nodes, places, needs, seedMembers } = candidates;
  const { metadata } = node;
  if (!isNodeReady(node)) return 'it is not Ready';
  // The revert of an experiment would remove a cordon of someone else together with its own.
  if (isCordoned(node)) return 'it is already cordoned';
  if (metadata.annotations?.[recordAnnotation] !== undefined)
    return 'it has the revert record of another experiment, which operation recover reverts if its run has ended';
  const isControlPlane = ({ metadata: { labels = {} } }: Node): boolean => controlPlaneLabel in labels;
  const others = places.found.map(place => place.node);
  if (isControlPlane(node) && ![...nodes, ...others].every(isControlPlane)) return 'it runs the control plane';
  const lack = lackOf(candidates.statefulSet, places.found, placeNeeds(candidates, target));
  if (lack !== undefined) {
    const few = needs.others === 1 ? 'no other node' : `fewer than ${needs.others} other nodes`;
    const what = lack === 'room' ? 'the other nodes have no room for its members' : `${few} can run its members`;
    return `${what}${describeObstacles(places)}`;
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
