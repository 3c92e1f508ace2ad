import type { AzureClient } from '../arm/client.js';
import type { AksCluster } from '../cluster/cluster.js';
import { renewExpiry } from '../cluster/expiry.js';
import { ensureGroup } from '../cluster/groups.js';
import { type Owner, ownershipTags, readTag, type Tags, withUserTags } from '../ownership/tags.js';
import type { AzureTarget, ClusterSpec } from '../spec.js';
import { ensureCluster, type RecordCreation } from './clusters.js';

export interface ProvisionPlan {
  readonly target: Pick<AzureTarget, 'subscriptionId' | 'resourceGroup' | 'clusterName'>;
  /** The authorized ranges have `runner` replaced by an address, and only the sizes to try are included. */
  readonly spec: ClusterSpec;
  readonly owner: Owner;
  /** A random id that the caller has created and saved. */
  readonly creationId: string;
  /** The deadline of the creation, in milliseconds of the clock. */
  readonly deadlineMs: number;
}

export interface Provisioned {
  readonly cluster: AksCluster;
  readonly createdCluster: boolean;
  readonly createdGroup: boolean;
  /**
   * The id that identifies what this run created: that of a former attempt if it created the group or cluster; empty if
   * nothing was created.
   */
  readonly creationId: string;
  /** Seconds since 1970, as in the tag; empty if the cluster does not expire. */
  readonly expiresAt: string;
}

/**
 * Creates or reuses the resource group and the cluster, and waits until the cluster is in state Succeeded. In the
 * normal case, this takes one az process, for the request of the cluster, beside three requests for the group and
 * polling.
 */
export async function provision(azure: AzureClient, plan: ProvisionPlan, record: RecordCreation): Promise<Provisioned> {
  const { target, spec, owner, deadlineMs } = plan;
  const { location } = spec;
  let createdAt: Date | undefined;
  const tagsFor = (creationId: string): Tags => {
    createdAt ??= azure.date();
    const stamp = { creationId, createdAt, ...(spec.ttlMs === undefined ? {} : { ttlMs: spec.ttlMs }) };
    return withUserTags(spec.tags, ownershipTags(owner, stamp));
  };
  // Called after the first response, because the clock of the runner may be wrong.
  const groupTags = (): Tags => tagsFor(plan.creationId);
  const group = await ensureGroup(azure, { ref: target, location, owner, tags: groupTags, deadlineMs }, () => {
    record(plan.creationId);
  });
  const creationId = group.adoptedCreationId || plan.creationId;
  const ensured = await ensureCluster(
    azure,
    {
      ref: target,
      spec,
      tags: tagsFor(creationId),
      upgradesOff: spec.ttlMs !== undefined,
      vmSizes: spec.nodeVmSizes,
      claim: { existingCluster: spec.existingCluster, owner, creationId },
      groupCreated: group.created,
      deadlineMs,
    },
    record,
  );
  const { cluster, created } = ensured;
  const renewed = created ? '' : await renewExpiry(azure, cluster, owner, spec.ttlMs);
  return {
    cluster,
    createdCluster: created,
    createdGroup: group.created,
    creationId: created ? ensured.creationId : group.created ? plan.creationId : group.adoptedCreationId,
    expiresAt: renewed || readTag(cluster.tags, 'expires-at'),
  };
}
