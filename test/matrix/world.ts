import { formerBoundsTag } from '../../src/azure/machines/machines.js';
import { type Owner, ownershipTags, type Tags } from '../../src/azure/ownership/tags.js';
import type { ClusterRef } from '../../src/azure/ref.js';
import { subscriptionId } from '../lab/azure/names.js';
import type { AzureStandIn } from '../lab/azure/stand-in.js';
import type { ManagedCluster, ScaleSet } from '../lab/azure/state.js';
import { someRun } from '../unit/fakes.js';

export const ours: ClusterRef = { subscriptionId, resourceGroup: 'rg-ours', clusterName: 'aks-ours' };
export const owner: Owner = { repository: someRun.repository, runId: '4711', instance: 'check-0', attempt: '1' };
export const creationId = 'creation-1';
export const formerBounds = { min: 1, max: 5 };
const otherTags: Tags = { team: 'ours' };

const hourMs = 3_600_000;

/** The tags of a resource that the action has created, and that expires after so many hours. */
export function ourTags(hours: number, who: Owner = owner, id = creationId): Tags {
  return ownershipTags(who, {
    creationId: id,
    createdAt: new Date(Date.now() - 2 * hourMs),
    ttlMs: (2 + hours) * hourMs,
  });
}

/** Adds the resources of others that no operation may change: of no action, and of another repository. */
export async function placeForeign({ place }: AzureStandIn): Promise<void> {
  const other = ourTags(-1, { ...owner, repository: 'other/shop' }, 'creation-other');
  place.group({ name: 'rg-foreign', tags: { team: 'theirs' } });
  await place.cluster({ group: 'rg-foreign', name: 'aks-foreign', tags: { team: 'theirs' }, nodeCount: 2 });
  place.group({ name: 'rg-other', tags: other });
  await place.cluster({ group: 'rg-other', name: 'aks-ours', tags: other, nodeCount: 1 });
}

/** Adds our cluster in a group of ours, with an autoscaled pool, and with authorized ranges. */
export async function placeOurs({ place }: AzureStandIn, groupTags: Tags = ourTags(2)): Promise<ManagedCluster> {
  place.group({ name: ours.resourceGroup, tags: groupTags });
  const cluster = await place.cluster({
    group: ours.resourceGroup,
    name: ours.clusterName,
    tags: ourTags(2),
    nodeCount: 3,
  });
  const [pool] = cluster.pools;
  if (pool) Object.assign(pool, { autoscaling: formerBounds, tags: otherTags });
  cluster.more = { ...cluster.more, apiServerAccessProfile: { authorizedIPRanges: ['192.0.2.0/24'] } };
  return cluster;
}

/** Returns a comparable description of all resources, by id. */
export function describeResources(azure: AzureStandIn): ReadonlyMap<string, string> {
  const { groups, clusters, scaleSets } = azure.resources();
  const described: (readonly [string, object])[] = [
    ...groups.map(({ name, tags, provisioningState }) => [name, { tags, provisioningState }] as const),
    ...clusters.map(cluster => {
      const { id, etag, tags, provisioningState, powerState, pools } = cluster;
      return [id, { etag, tags, provisioningState, powerState, pools }] as const;
    }),
    ...scaleSets.map(({ id, tags, instances }) => {
      const machines = instances.map(machine => [machine.id, machine.power, machine.provisioningState]);
      return [id, { tags, machines }] as const;
    }),
  ];
  return new Map(described.map(([id, description]) => [id, JSON.stringify(description)]));
}

export function ourCluster(azure: AzureStandIn): ManagedCluster | undefined {
  return azure
    .resources()
    .clusters.find(({ name, group }) => name === ours.clusterName && group === ours.resourceGroup);
}

export function ourScaleSet(azure: AzureStandIn): ScaleSet {
  const id = ourCluster(azure)?.id;
  const found = azure.resources().scaleSets.find(({ clusterId }) => clusterId === id);
  if (!found) throw new Error('our cluster has no scale set');
  return found;
}

/** Returns the bounds of our pool as text, with those in its tag, such as `3-5 of 1-5`. */
export function describeBounds(azure: AzureStandIn): string {
  const pool = ourCluster(azure)?.pools[0];
  const { min = 0, max = 0 } = pool?.autoscaling ?? {};
  const former = pool?.tags[formerBoundsTag];
  const kept = pool?.tags['team'] === otherTags['team'] ? '' : ' without the other tags';
  return `${min}-${max}${former === undefined ? '' : ` of ${former}`}${kept}`;
}

/** Returns what of a group or a cluster is neither gone nor being deleted. */
export function remaining(azure: AzureStandIn, what: 'group' | 'cluster', name: string): readonly string[] {
  const { groups, clusters } = azure.resources();
  const found = (what === 'group' ? groups : clusters).filter(
    one => one.name === name && one.provisioningState !== 'Deleting',
  );
  return found
    .filter(one => !('group' in one) || one.group !== 'rg-other')
    .map(one => `${what} ${one.name} is ${one.provisioningState}`);
}
