import type { AksCluster } from '../cluster/cluster.js';
import type { ResourceGroup } from '../cluster/groups.js';
import type { OwnershipRule } from '../ownership/ownership.js';
import { readTag, type Tags } from '../ownership/tags.js';

/** The existing resources, read right before a deletion. */
export interface Holdings {
  readonly group: ResourceGroup | undefined;
  readonly cluster: AksCluster | undefined;
  /**
   * The ids of all resources in the group; undefined if they were not read, because the group is not deleted anyway.
   */
  readonly resourceIds: readonly string[] | undefined;
}

export interface DeletionRule {
  readonly owned: OwnershipRule;
  /** Whether a group must also have the same creation id as its cluster. */
  readonly sameCreation: boolean;
}

export type DeletionPlan =
  | { readonly kind: 'group'; readonly reason: string }
  | { readonly kind: 'cluster'; readonly reason: string }
  /** The resource does not exist, or is already being deleted. */
  | { readonly kind: 'nothing'; readonly reason: string }
  /** The resource exists, but the rule does not allow its deletion. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Plans a deletion: the resource group if the action created it and it contains only the cluster, else the cluster if
 * the action owns it, else nothing. A group that Azure manages for another resource is never deleted.
 */
export function planDeletion({ group, cluster, resourceIds }: Holdings, rule: DeletionRule): DeletionPlan {
  if (!group) return { kind: 'nothing', reason: 'the resource group does not exist' };
  if (group.state === 'Deleting')
    return { kind: 'nothing', reason: `resource group ${group.name} is already being deleted` };
  const ownsCluster = cluster && rule.owned(cluster.tags);
  if (cluster && ownsCluster && !ownsCluster.owned) {
    return { kind: 'refused', reason: `cluster ${cluster.name} ${ownsCluster.reason}` };
  }
  const obstacle = groupObstacle(group, cluster, resourceIds, rule);
  if (obstacle === undefined) {
    return { kind: 'group', reason: `it ${rule.owned(group.tags).reason}, and contains nothing else` };
  }
  if (!cluster) return { kind: 'nothing', reason: `the cluster does not exist, and ${obstacle}` };
  if (cluster.state === 'Deleting')
    return { kind: 'nothing', reason: `cluster ${cluster.name} is already being deleted` };
  return { kind: 'cluster', reason: `it ${ownsCluster?.reason ?? ''}; ${obstacle}` };
}

/** Returns whether the group itself passes the rule, so that its resources must be listed. */
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
  if (resourceIds === undefined) return `the contents of resource group ${group.name} are not known`;
  const others = resourceIds.filter(id => id.toLowerCase() !== cluster?.id.toLowerCase());
  return others.length === 0
    ? undefined
    : `resource group ${group.name} also contains ${others.map(lastName).join(', ')}`;
}

function groupMismatch(group: ResourceGroup, cluster: AksCluster | undefined, rule: DeletionRule): string | undefined {
  if (group.managedBy !== '') return `resource group ${group.name} is managed by ${group.managedBy}`;
  const decision = rule.owned(group.tags);
  if (!decision.owned) return `resource group ${group.name} ${decision.reason}`;
  if (!cluster || !rule.sameCreation || sameCreation(group.tags, cluster.tags)) return undefined;
  return `resource group ${group.name} was not created together with the cluster`;
}

function sameCreation(group: Tags, cluster: Tags): boolean {
  const id = readTag(group, 'creation-id');
  return id !== '' && id === readTag(cluster, 'creation-id');
}

function lastName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
