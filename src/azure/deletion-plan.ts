import type { AksCluster } from './cluster.js';
import type { ResourceGroup } from './groups.js';
import type { OwnershipRule } from './ownership.js';
import { readTag, type Tags } from './tags.js';

/** What is there, read right before anything is deleted. */
export interface Holdings {
  readonly group: ResourceGroup | undefined;
  readonly cluster: AksCluster | undefined;
  /** The ids of all resources in the group; undefined: not asked, since it would change nothing. */
  readonly resourceIds: readonly string[] | undefined;
}

export interface DeletionRule {
  readonly owned: OwnershipRule;
  /** Whether a group must carry the same creation id as the cluster in it, on top of passing the rule. */
  readonly sameCreation: boolean;
}

export type DeletionPlan =
  | { readonly kind: 'group'; readonly reason: string }
  | { readonly kind: 'cluster'; readonly reason: string }
  /** Nothing of that name is there, or it is being deleted already. */
  | { readonly kind: 'nothing'; readonly reason: string }
  /** Something is there, and the rule does not allow to delete it. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What may be deleted: the group if we tagged it when we made it and it holds nothing but our cluster, else the cluster
 * if that is ours, else nothing. A group that Azure made for something else is never a candidate.
 */
export function planDeletion({ group, cluster, resourceIds }: Holdings, rule: DeletionRule): DeletionPlan {
  if (!group) return { kind: 'nothing', reason: 'the resource group does not exist' };
  if (group.state === 'Deleting')
    return { kind: 'nothing', reason: `resource group ${group.name} is being deleted already` };
  const ownsCluster = cluster && rule.owned(cluster.tags);
  if (cluster && ownsCluster && !ownsCluster.owned) {
    return { kind: 'refused', reason: `cluster ${cluster.name} ${ownsCluster.reason}` };
  }
  const obstacle = groupObstacle(group, cluster, resourceIds, rule);
  if (obstacle === undefined) {
    return { kind: 'group', reason: `it ${rule.owned(group.tags).reason}, and holds nothing else` };
  }
  if (!cluster) return { kind: 'nothing', reason: `the cluster does not exist, and ${obstacle}` };
  if (cluster.state === 'Deleting')
    return { kind: 'nothing', reason: `cluster ${cluster.name} is being deleted already` };
  return { kind: 'cluster', reason: `it ${ownsCluster?.reason ?? ''}; ${obstacle}` };
}

/** Whether the group itself passes the rule, so that it is worth asking what it holds. */
export function mayDeleteGroup(group: ResourceGroup, cluster: AksCluster | undefined, rule: DeletionRule): boolean {
  return groupMismatch(group, cluster, rule) === undefined;
}

function groupObstacle(
  group: ResourceGroup,
  cluster: AksCluster | undefined,
  resourceIds: readonly string[] | undefined,
  rule: DeletionRule,
): string | undefined {
  const mismatch = groupMismatch(group, cluster, rule);
  if (mismatch !== undefined) return mismatch;
  if (resourceIds === undefined) return `what resource group ${group.name} holds is not known`;
  const others = resourceIds.filter(id => id.toLowerCase() !== cluster?.id.toLowerCase());
  return others.length === 0 ? undefined : `resource group ${group.name} also holds ${others.map(lastName).join(', ')}`;
}

function groupMismatch(group: ResourceGroup, cluster: AksCluster | undefined, rule: DeletionRule): string | undefined {
  if (group.managedBy !== '') return `resource group ${group.name} is managed by ${group.managedBy}`;
  const decision = rule.owned(group.tags);
  if (!decision.owned) return `resource group ${group.name} ${decision.reason}`;
  if (!cluster || !rule.sameCreation || sameCreation(group.tags, cluster.tags)) return undefined;
  return `resource group ${group.name} was made at another time than the cluster`;
}

function sameCreation(group: Tags, cluster: Tags): boolean {
  const id = readTag(group, 'creation-id');
  return id !== '' && id === readTag(cluster, 'creation-id');
}

function lastName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
