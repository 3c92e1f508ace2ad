import type { Node } from '../kubernetes/api/types.js';
import type { ClusterState, ExperimentContext } from './experiment-context.js';
import { foreignPodsOf } from './foreign-pods.js';
import { findPlaces, lackOf, noPlaces, type Place } from './places.js';
import {
  chooseTarget,
  placeNeeds,
  poolOf,
  type TargetCandidates,
  type TargetNeeds,
  type TargetNode,
  toTargetNode,
} from './target.js';

/** Chooses the target node, or checks the one of the inputs. @throws ActionError as `chooseTarget` does. */
export async function findTarget(
  context: ExperimentContext,
  state: ClusterState,
  needs: TargetNeeds,
): Promise<TargetNode> {
  return chooseTarget({ ...(await findCandidates(context, state, needs)), wanted: context.chaos.targetNode });
}

/** Returns the nodes with members as candidates, with the places for the members of each. */
export async function findCandidates(
  context: ExperimentContext,
  state: ClusterState,
  needs: TargetNeeds,
): Promise<Omit<TargetCandidates, 'wanted'>> {
  const { api, isSeed, seedMembers } = context;
  const { nodes, members, statefulSet } = state;
  const targets = nodes.map(node => toTargetNode(node, members, isSeed));
  const suffice = (found: readonly Place[]): boolean =>
    targets.every(target => !lackOf(statefulSet, found, placeNeeds({ needs, mayGrow: false }, target)));
  const places = needs.others === 0 ? noPlaces : await findPlaces(api, state, suffice);
  const mayGrow = needs.others > 0 && !suffice(places.found) && (await mayPoolsGrow(context, nodes));
  const foreignPods = needs.machine ? await foreignPodsOf(context, nodes, statefulSet) : new Map<string, never>();
  return { nodes, members, statefulSet, isSeed, seedMembers, needs, places, mayGrow, foreignPods };
}

/** Returns whether the autoscaler may add a node to one of the pools of these nodes; false if that is unknown. */
export async function mayPoolsGrow({ machines }: ExperimentContext, nodes: readonly Node[]): Promise<boolean> {
  if (machines === undefined) return false;
  const names = [...new Set(nodes.map(poolOf).filter(name => name !== ''))];
  const pools = await Promise.all(names.map(name => machines.pool(name)));
  return pools.some(({ count, bounds }) => bounds !== undefined && count < bounds.maxCount);
}
