import type { KubernetesApi } from '../kubernetes/api/api.js';
import { listPages } from '../kubernetes/api/pages.js';
import type { Node, Pod, PodSpec, StatefulSet } from '../kubernetes/api/types.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { describeMismatch, describeObstacle, maxSkewOf, roomOn } from '../kubernetes/placement.js';
import type { ClusterState } from './experiment-context.js';

/** A node on which members can run. */
export interface Place {
  readonly node: Node;
  /** The number of members on it. */
  readonly members: number;
  /** How many more members fit; 0 if it is full. */
  readonly room: number;
}

/** The places that were looked at. */
export interface Places {
  readonly found: readonly Place[];
  /** Why no other member can run on some nodes, with their names. */
  readonly obstacles: ReadonlyMap<string, readonly string[]>;
}

export const noPlaces: Places = { found: [], obstacles: new Map() };

/** What a fault requires of the nodes that it leaves. */
export interface PlaceNeeds {
  /** The names of the nodes that it takes. */
  readonly without: readonly string[];
  /** The least number of other nodes. */
  readonly others: number;
  /** The number of members that move. */
  readonly moving: number;
  /** Whether an autoscaler may add a node when there is no room. */
  readonly mayGrow: boolean;
}

/** Returns what the places lack for a fault: other nodes, or room on them; undefined when they suffice. */
export function lackOf(
  set: StatefulSet,
  places: readonly Place[],
  { without, others, moving, mayGrow }: PlaceNeeds,
): 'others' | 'room' | undefined {
  const left = places.filter(({ node }) => !without.includes(node.metadata.name));
  // A full node is a place only for the members that it already runs.
  if (left.filter(({ members, room }) => members + room > 0).length < others) return 'others';
  if (others === 0 || mayGrow) return undefined;
  // With a strict spread, only the nodes with the fewest members take another one.
  const most = Math.min(...left.map(({ members }) => members)) + maxSkewOf(set);
  const room = left.filter(({ members }) => members < most).reduce((sum, place) => sum + place.room, 0);
  return room < moving ? 'room' : undefined;
}

/** Where to look for places. */
export interface PlaceSearch extends Pick<ClusterState, 'members' | 'statefulSet'> {
  /** The nodes to look at first: those with members. */
  readonly nodes: readonly Node[];
  /** A label selector for all others. */
  readonly labels?: string;
}

/**
 * Looks at nodes until `isEnough`. Reads the pods of a node only if everything else allows a member on it, and no node
 * that the API server can exclude by itself.
 */
export async function findPlaces(
  api: KubernetesApi,
  { nodes, members, statefulSet, labels }: PlaceSearch,
  isEnough: (places: readonly Place[]) => boolean,
): Promise<Places> {
  const found: Place[] = [];
  const obstacles = new Map<string, string[]>();
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  for await (const page of candidates()) {
    for (const node of page) {
      const { name } = node.metadata;
      let obstacle = describeObstacle(statefulSet, node);
      if (obstacle === undefined) {
        const pods = await podsOn(api, name);
        const room = roomOn(statefulSet, node, pods ?? []);
        const count = members.filter(({ spec }) => spec.nodeName === name).length;
        found.push({ node, members: count, room: room.pods });
        if (isEnough(found)) return { found, obstacles };
        ({ obstacle } = room);
      }
      if (obstacle !== undefined) obstacles.set(obstacle, [...(obstacles.get(obstacle) ?? []), name]);
    }
  }
  return { found, obstacles };

  async function* candidates(): AsyncGenerator<readonly Node[]> {
    yield nodes;
    const selection = { labels: labelsFor(statefulSet, labels), fields: 'spec.unschedulable=false' };
    for await (const page of listPages(api, 'Node', selection, 'find other nodes for the members')) {
      yield page.filter(({ metadata }) => !known.has(metadata.name));
    }
  }
}

/** Returns the node selector of the members as a label selector, with another one. */
function labelsFor({ spec: { template } }: StatefulSet, more = ''): string {
  const { nodeSelector = {} } = template.spec as PodSpec;
  const own = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  return [...own, more].filter(term => term !== '').join(',');
}

/** Returns the pods on a node; undefined without the permission to see the pods of other namespaces. */
async function podsOn(api: KubernetesApi, node: string): Promise<readonly Pod[] | undefined> {
  const selection = { fields: `spec.nodeName=${node}`, cached: true } as const;
  const pods = api.list('Pod', selection, `check how much room node ${node} has`);
  return (await api.unlessForbidden(pods, unseen.room))?.items;
}

/** Returns the names of the cordoned nodes on which members could run otherwise. */
export async function findCordoned(api: KubernetesApi, set: StatefulSet): Promise<readonly string[]> {
  const selection = { labels: labelsFor(set), fields: 'spec.unschedulable=true' };
  const names: string[] = [];
  for await (const page of listPages(api, 'Node', selection, 'check whether a node is cordoned')) {
    names.push(...page.filter(node => describeMismatch(set, node) === undefined).map(({ metadata }) => metadata.name));
  }
  return names;
}

const mostShown = 5;

/** Returns the most frequent obstacles in parentheses, each with the first of its nodes; empty when there are none. */
export function describeObstacles({ obstacles }: Places): string {
  if (obstacles.size === 0) return '';
  const sorted = [...obstacles].sort(([, a], [, b]) => b.length - a.length);
  const shown = sorted.slice(0, mostShown).map(([obstacle, [first = '', ...others]]) => {
    return `${first}${others.length === 0 ? '' : ` and ${others.length} more`}: ${obstacle}`;
  });
  const more = sorted.slice(mostShown).reduce((sum, [, names]) => sum + names.length, 0);
  return ` (${[...shown, ...(more === 0 ? [] : [`${more} more nodes`])].join('; ')})`;
}
