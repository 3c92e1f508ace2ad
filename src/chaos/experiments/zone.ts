import { ActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import { listPages } from '../../kubernetes/api/pages.js';
import type { Node, StatefulSet } from '../../kubernetes/api/types.js';
import { isCordoned, isInService } from '../../kubernetes/nodes.js';
import { machineAccess } from '../experiment-access.js';
import type { ClusterState, ExperimentContext } from '../experiment-context.js';
import { defineExperiment } from '../experiment.js';
import { mayPoolsGrow } from '../find-target.js';
import { foreignPodsOn, foreignPodsRefusal } from '../foreign-pods.js';
import { describeObstacles, findPlaces, lackOf, type Place } from '../places.js';
import {
  poolOf,
  poolSelector,
  seedsOn,
  seedsThatMayFail,
  type TargetNode,
  toTargetNode,
  zoneLabel,
} from '../target.js';
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
  access: machineAccess,
  commands: powerCommands,
  async preflight(context, state) {
    const targets = (await chooseZone(context, state)).map(withMachine);
    return cutPower(context, state, targets);
  },
});

/**
 * Returns the nodes of the zone of the target node, or else of the zone with the fewest seeds, if possible of one
 * without pods of others. Only the pools with members count: the pods of a system pool would be lost without need.
 */
async function chooseZone(context: ExperimentContext, state: ClusterState): Promise<readonly TargetNode[]> {
  const { api, seedMembers, chaos } = context;
  const nodes = await nodesOfPools(api, state);
  const zones = zonesOf(context, state, nodes);
  if (zones.size < minZones) {
    const message = `The nodes are in ${zones.size} availability zones; the loss of one requires ${minZones} or more.`;
    throw new ActionError('experiment-skipped', message);
  }
  const seedsIn = (targets: readonly TargetNode[]): number => targets.reduce((sum, one) => sum + seedsOn(one), 0);
  const holding = [...zones].filter(([, targets]) => targets.some(target => target.members.length > 0));
  const wanted =
    chaos.targetNode === ''
      ? holding.sort(([a, inA], [b, inB]) => seedsIn(inA) - seedsIn(inB) || (a < b ? -1 : 1))
      : holding.filter(([, targets]) => targets.some(({ name }) => name === chaos.targetNode));
  if (wanted.length === 0) {
    const message = `target-node "${chaos.targetNode}" is refused: it is not in a zone with members.`;
    throw new ActionError('target-refused', message);
  }
  const [label, targets] = await withoutForeignPods(context, state, wanted);
  const names = targets.map(({ name }) => name);
  const unfit = nodes.find(node => names.includes(node.metadata.name) && (!isInService(node) || isCordoned(node)));
  if (unfit !== undefined) {
    const message = `Zone ${label} has node ${unfit.metadata.name}, which is cordoned or not Ready: the revert could not restore that state.`;
    throw new ActionError('target-refused', message);
  }
  const may = seedsThatMayFail(seedMembers);
  if (seedsIn(targets) > may) {
    const message = `Zone ${label} runs ${seedsIn(targets)} of ${seedMembers} seed members, and no more than ${may} may fail at once.`;
    throw new ActionError('target-refused', message);
  }
  await requirePlacesOutside(context, state, label, targets);
  return targets;
}

/** Returns all nodes of the pools with members. */
async function nodesOfPools(api: KubernetesApi, { nodes }: ClusterState): Promise<readonly Node[]> {
  const pools = [...new Set(nodes.map(poolOf))].filter(name => name !== '');
  const found: Node[] = [];
  for (const pool of pools) {
    const selection = { labels: poolSelector(pool) };
    for await (const page of listPages(api, 'Node', selection, `list the nodes of pool ${pool}`)) found.push(...page);
  }
  return found;
}

/** Nodes outside of zones also have a zone label, with only a number: "Use availability zones in AKS". */
function zonesOf(
  { isSeed }: ExperimentContext,
  { members }: ClusterState,
  nodes: readonly Node[],
): ReadonlyMap<string, readonly TargetNode[]> {
  const zones = new Map<string, TargetNode[]>();
  for (const target of nodes.map(node => toTargetNode(node, members, isSeed))) {
    if (/-\d+$/.test(target.zone)) zones.set(target.zone, [...(zones.get(target.zone) ?? []), target]);
  }
  return zones;
}

/** @throws ActionError `target-refused` when the members of the zone could not run outside of it. */
async function requirePlacesOutside(
  context: ExperimentContext,
  state: ClusterState,
  label: string,
  targets: readonly TargetNode[],
): Promise<void> {
  const { statefulSet } = state;
  const without = targets.map(({ name }) => name);
  const moving = targets.reduce((sum, { members }) => sum + members.length, 0);
  const lack = (mayGrow: boolean, found: readonly Place[]): ReturnType<typeof lackOf> =>
    lackOf(statefulSet, found, { without, others: 1, moving, mayGrow });
  const nodes = state.nodes.filter(({ metadata }) => !without.includes(metadata.name));
  const search = { ...state, nodes, labels: `${zoneLabel}!=${label}` };
  const places = await findPlaces(context.api, search, found => lack(false, found) === undefined);
  if (lack(false, places.found) === undefined) return;
  const lacking = lack(await mayPoolsGrow(context, state.nodes), places.found);
  if (lacking === undefined) return;
  const what = lacking === 'others' ? 'no node can run its members' : 'the nodes have no room for its members';
  throw new ActionError('target-refused', `Outside of zone ${label}, ${what}${describeObstacles(places)}.`);
}

/** Returns the first zone without pods of others. @throws ActionError `target-refused` with a reason for each zone. */
async function withoutForeignPods(
  context: ExperimentContext,
  { statefulSet }: ClusterState,
  zones: readonly (readonly [label: string, targets: readonly TargetNode[]])[],
): Promise<readonly [label: string, targets: readonly TargetNode[]]> {
  const refusals: string[] = [];
  for (const candidate of zones) {
    const [label, targets] = candidate;
    const refusal = await firstRefusal(context, statefulSet, targets);
    if (refusal === undefined) return candidate;
    refusals.push(`Zone ${label} is refused because of node ${refusal}.`);
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
