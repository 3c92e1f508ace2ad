import { ActionError } from '../../errors/action-error.js';
import { isSchedulable } from '../../kubernetes/nodes.js';
import type { Node, StatefulSet } from '../../kubernetes/types.js';
import type { ClusterState, ExperimentContext } from '../experiment-context.js';
import { defineExperiment } from '../experiment.js';
import { foreignPodsOn, foreignPodsRefusal } from '../foreign-pods.js';
import { toTargetNode, seedsOn, seedsThatMayFail, type TargetNode } from '../target.js';
import { withMachine } from './machine-targets.js';
import { cutPower, powerCommands, powerHold } from './power.js';

/** With fewer zones, the loss of one zone can cost the quorum. */
const minZones = 3;

/** Powers off all machines of one availability zone. */
export const zone = defineExperiment({
  name: 'zone',
  hold: powerHold,
  needs: { azure: true, unsupported: true },
  reverts: ['machines'],
  commands: powerCommands,
  async preflight(context, state) {
    const targets = (await chooseZone(context, state)).map(withMachine);
    return cutPower(context, state, targets);
  },
});

/**
 * Returns the nodes of the zone of the target node, or else of the zone with the fewest seeds, if possible of one
 * without pods of others. Nodes outside of zones also have a zone label, with only a number: "Use availability zones in
 * AKS".
 */
async function chooseZone(context: ExperimentContext, state: ClusterState): Promise<readonly TargetNode[]> {
  const { isSeed, seedMembers, chaos } = context;
  const { nodes, members } = state;
  const all = nodes.map(node => toTargetNode(node, members, isSeed)).filter(({ zone: label }) => /-\d+$/.test(label));
  const zones = new Map<string, TargetNode[]>();
  for (const target of all) zones.set(target.zone, [...(zones.get(target.zone) ?? []), target]);
  if (zones.size < minZones) {
    const message = `The nodes are in ${zones.size} availability zones; the loss of one requires ${minZones} or more.`;
    throw new ActionError('experiment-skipped', message);
  }
  const seedsIn = (targets: readonly TargetNode[]): number => targets.reduce((sum, one) => sum + seedsOn(one), 0);
  const holding = [...zones.values()].filter(targets => targets.some(target => target.members.length > 0));
  const wanted =
    chaos.targetNode === ''
      ? holding.sort((a, b) => seedsIn(a) - seedsIn(b) || ((a[0]?.zone ?? '') < (b[0]?.zone ?? '') ? -1 : 1))
      : holding.filter(targets => targets.some(({ name }) => name === chaos.targetNode));
  if (wanted.length === 0) {
    const message = `target-node "${chaos.targetNode}" is refused: it is not in a zone with members.`;
    throw new ActionError('target-refused', message);
  }
  const chosen = await withoutForeignPods(context, state, wanted);
  const label = chosen[0]?.zone ?? '';
  if (chosen.length >= nodes.length) throw new ActionError('target-refused', `Zone ${label} contains all nodes.`);
  const inZone = (node: Node): boolean => chosen.some(({ name }) => name === node.metadata.name);
  const unfit = nodes.find(node => inZone(node) && !isSchedulable(node));
  if (unfit !== undefined) {
    const message = `Zone ${label} has node ${unfit.metadata.name}, which is cordoned or not Ready: the revert could not restore that state.`;
    throw new ActionError('target-refused', message);
  }
  const pools = new Set(all.filter(target => target.members.length > 0).map(({ pool }) => pool));
  const foreign = chosen.find(({ pool }) => !pools.has(pool));
  if (foreign !== undefined) {
    const message = `Zone ${label} has node ${foreign.name} of pool ${foreign.pool}, which has no members in any zone: its pods would be lost without need.`;
    throw new ActionError('target-refused', message);
  }
  if (!nodes.some(node => !inZone(node) && isSchedulable(node))) {
    throw new ActionError('target-refused', `Outside of zone ${label}, no node is Ready for its members.`);
  }
  const may = seedsThatMayFail(seedMembers);
  if (seedsIn(chosen) > may) {
    const message = `Zone ${label} runs ${seedsIn(chosen)} of ${seedMembers} seed members, and no more than ${may} may fail at once.`;
    throw new ActionError('target-refused', message);
  }
  return chosen;
}

/** Returns the first zone without pods of others. @throws ActionError `target-refused` with a reason for each zone. */
async function withoutForeignPods(
  context: ExperimentContext,
  { statefulSet }: ClusterState,
  zones: readonly (readonly TargetNode[])[],
): Promise<readonly TargetNode[]> {
  const refusals: string[] = [];
  for (const targets of zones) {
    const refusal = await firstRefusal(context, statefulSet, targets);
    if (refusal === undefined) return targets;
    refusals.push(`Zone ${targets[0]?.zone ?? ''} is refused because of node ${refusal}.`);
  }
  throw new ActionError('target-refused', refusals.join(' '));
}

/** Looks no further than the first node with pods of others, because a zone may have hundreds of nodes. */
async function firstRefusal(
  context: ExperimentContext,
  statefulSet: StatefulSet,
  targets: readonly TargetNode[],
): Promise<string | undefined> {
  for (const { name } of targets) {
    const refusal = foreignPodsRefusal(await foreignPodsOn(context, name, statefulSet));
    if (refusal !== undefined) return `${name}: ${refusal}`;
  }
  return undefined;
}
