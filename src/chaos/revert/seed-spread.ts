import { ActionError } from '../../errors/action-error.js';
import type { Pod, StatefulSet } from '../../kubernetes/api/types.js';
import { askForEviction, drainMembers } from '../../kubernetes/drain.js';
import { membersAmong, ordinalOf } from '../../kubernetes/pods.js';
import { waitForMembers } from '../../kubernetes/rollout/rollout.js';
import { replaceReplicas } from '../../kubernetes/scaling.js';
import { liveClusterOf } from '../../migratorydata/live-options.js';
import { isSeed } from '../../migratorydata/membership.js';
import { findPlaces, type Place } from '../places.js';
import { cordon, uncordon } from './cordon.js';
import { fencedApi, type RevertContext, type RevertProgress } from './revert-context.js';
import { extendRecord, invalidRecord } from './revert-record-store.js';

/** Returns how many of these seed members each node runs, the largest number first. */
export function seedsPerNode(seeds: readonly Pod[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const { spec } of seeds) {
    const node = spec.nodeName ?? '';
    if (node !== '') counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return [...counts.values()].sort((a, b) => b - a);
}

/** Returns whether the loss of any number of nodes costs at most as many seed members as before. */
export function isSpreadAs(now: readonly number[], before: readonly number[]): boolean {
  const lostWith = (counts: readonly number[], nodes: number): number =>
    counts.slice(0, nodes).reduce((sum, count) => sum + count, 0);
  return now.every((_, index) => lostWith(now, index + 1) <= lostWith(before, index + 1));
}

/**
 * Returns the seed member to move next: the one with the highest ordinal on the node with the most seed members, without
 * those that were moved already. Undefined when no node has two.
 */
export function chooseSurplus(seeds: readonly Pod[], moved: readonly string[]): Pod | undefined {
  const on = (pod: Pod): number => seeds.filter(({ spec }) => spec.nodeName === pod.spec.nodeName).length;
  const [first] = seeds
    .filter(pod => on(pod) > 1 && !moved.includes(pod.metadata.name))
    .sort((a, b) => on(b) - on(a) || ordinalOf(b.metadata.name) - ordinalOf(a.metadata.name));
  return first;
}

/**
 * Evicts surplus seed members one at a time, within the disruption budget, until the seed members are spread over the
 * nodes as before the experiment: preferred anti-affinity lets them share a node while one is away, and nothing
 * separates them later. Adds a member first if the budget allows no eviction, and extends the record by that. Returns a
 * sentence; undefined when there is nothing to do. `notReady` are the members that have not recovered.
 * @throws ActionError `disruption-blocked` or `seeds-together` when they stay together.
 */
export async function restoreSpread(
  context: RevertContext,
  progress: RevertProgress,
  notReady: readonly string[],
): Promise<string | undefined> {
  const { members, limits, note } = context;
  const api = fencedApi(context);
  const { seedsPerNode: before } = progress.record;
  const moved: string[] = [];
  for (;;) {
    const now = await observeSeeds(context);
    if (now === undefined) break;
    const { statefulSet, seeds, seedMembers } = now;
    refuteSpread(before, seedMembers);
    if (isSpreadAs(seedsPerNode(seeds), before)) break;
    const surplus = chooseSurplus(seeds, moved);
    const node = surplus?.spec.nodeName ?? '';
    if (notReady.length > 0) throw together(seeds, `${notReady.join(', ')} must be Ready before one can move`);
    const room = surplus && (await findRoom(context, now, node));
    if (surplus === undefined || room === undefined) throw together(seeds, 'no other node can take one');
    const { name } = surplus.metadata;
    await allowEviction(context, progress, now, surplus, room);
    await drainMembers(api, { members, statefulSet, node, only: [name], limits, note });
    moved.push(name);
  }
  return moved.length === 0 ? undefined : `The seed members are spread as before: ${moved.join(', ')} moved.`;
}

interface SeedState {
  readonly statefulSet: StatefulSet;
  readonly seedMembers: number;
  readonly maxReplicas: number;
  readonly members: readonly Pod[];
  /** The members among them that are seeds. */
  readonly seeds: readonly Pod[];
}

/** Returns the state of the seed members; undefined without a deployment of ours. */
async function observeSeeds({ api, members }: RevertContext): Promise<SeedState | undefined> {
  const { namespace, name, labels } = members;
  const statefulSet = await api.find('StatefulSet', { namespace, name }, 'read which members are seeds');
  if (statefulSet === undefined) return undefined;
  const live = liveClusterOf(statefulSet);
  if (live === undefined) return undefined;
  const { items } = await api.list('Pod', { namespace, labels }, 'check how the seed members are spread');
  const found = membersAmong(items, statefulSet);
  const seeds = found.filter(({ metadata }) => isSeed(metadata.name, { ...live, name }));
  return { statefulSet, ...live, members: found, seeds };
}

/**
 * Before an experiment, all seed members run.
 * @throws ActionError `record-invalid` when the record has another number of them.
 */
function refuteSpread(recorded: readonly number[], seedMembers: number): void {
  const sum = recorded.reduce((total, count) => total + count, 0);
  if (sum === seedMembers) return;
  throw invalidRecord([
    `The record says that ${sum} seed members ran on ${recorded.length} nodes (seedsPerNode), but the deployment has ${seedMembers}.`,
  ]);
}

/** Returns a node on which a member can run and which has at least two seed members fewer than this one. */
async function findRoom({ api }: RevertContext, state: SeedState, node: string): Promise<string | undefined> {
  const on = (name: string): number => state.seeds.filter(({ spec }) => spec.nodeName === name).length;
  const hasRoom = (place: Place): boolean => place.room > 0 && on(place.node.metadata.name) <= on(node) - 2;
  const { found } = await findPlaces(api, { ...state, nodes: [] }, places => places.some(hasRoom));
  return found.find(hasRoom)?.node.metadata.name;
}

/** Adds a member if the budget allows no eviction of the pod; before, the record is extended by that change. */
async function allowEviction(
  context: RevertContext,
  progress: RevertProgress,
  { statefulSet, maxReplicas }: SeedState,
  pod: Pod,
  room: string,
): Promise<void> {
  const { api, members, limits, note } = context;
  const { record } = progress;
  const refusal = await askForEviction(api, pod, members.namespace);
  if (refusal === undefined) return;
  const now = statefulSet.spec.replicas ?? 1;
  const replicas = record.undo.replicas ?? { from: now, set: now + 1 };
  const { from, set } = replicas;
  const blocked = `${pod.metadata.name} shares node ${pod.spec.nodeName ?? ''} with another seed member and cannot be evicted: ${refusal}`;
  if (set !== from + 1 || set > maxReplicas) throw new ActionError('disruption-blocked', blocked);
  note(`The budget allows no eviction with ${from} members: adding one until the seed members are spread again.`);
  const fenced = fencedApi(context);
  const cordons = [...new Set([...record.undo.cordons, room])];
  progress.record = { ...record, undo: { ...record.undo, cordons, replicas } };
  await extendRecord(fenced, progress.record);
  // Otherwise the added member takes the node that is meant for the seed member.
  await cordon(fenced, room, record.holder);
  try {
    // An earlier attempt, or the experiment, may have asked for it already.
    const isAdded =
      (await replaceReplicas(fenced, members, { expected: from, wanted: set })) ||
      (await replaceReplicas(fenced, members, { expected: set, wanted: set }));
    if (!isAdded) throw new ActionError('disruption-blocked', blocked);
    await waitForMembers(api, { members, replicas: set, available: true }, limits);
  } finally {
    await uncordon(api, room, record.holder);
  }
}

function together(seeds: readonly Pod[], reason: string): ActionError {
  const places = seeds.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName ?? 'no node'}`).join(', ');
  const message = `The seed members are not spread as before the experiment (${places}), and ${reason}.`;
  return new ActionError('seeds-together', message);
}
