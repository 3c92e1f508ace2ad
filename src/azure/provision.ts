import type { Az } from './az.js';
import type { AksCluster } from './cluster.js';
import { ensureCluster, type RecordCreation } from './clusters.js';
import { renewExpiry } from './expiry.js';
import { ensureGroup } from './groups.js';
import type { AzureTarget, ClusterSpec } from './spec.js';
import { type Owner, ownershipTags, readTag, withUserTags } from './tags.js';

export interface ProvisionPlan {
  readonly target: Pick<AzureTarget, 'subscriptionId' | 'resourceGroup' | 'clusterName'>;
  /** With `runner` in the authorized ranges already replaced by an address, and only the sizes to try. */
  readonly spec: ClusterSpec;
  readonly owner: Owner;
  /** Random, made by the caller, who saves it. */
  readonly creationId: string;
  /** When Azure must have finished, on the scale of the clock, in milliseconds. */
  readonly deadlineMs: number;
}

export interface Provisioned {
  readonly cluster: AksCluster;
  readonly createdCluster: boolean;
  readonly createdGroup: boolean;
  /**
   * The id by which what this run made is found again: that of a former attempt where it made the group or cluster;
   * empty where nothing was made.
   */
  readonly creationId: string;
  /** Seconds since 1970, as in the tag; empty: it does not expire. */
  readonly expiresAt: string;
}

/**
 * The resource group and the cluster, made or taken, until Azure calls the cluster Succeeded. When all goes well these
 * are at most three az processes and the looks: read the group, make it where it is absent, make the cluster. A login
 * of our own is renewed first, as the creation may last longer than an old one.
 */
export async function provision(az: Az, plan: ProvisionPlan, record: RecordCreation): Promise<Provisioned> {
  const { target, spec, owner, deadlineMs } = plan;
  const { location } = spec;
  const createdAt = az.clock.date();
  const tagsFor = (creationId: string): Readonly<Record<string, string>> => {
    const birth = { creationId, createdAt, ...(spec.ttlMs === undefined ? {} : { ttlMs: spec.ttlMs }) };
    return withUserTags(spec.tags, ownershipTags(owner, birth));
  };
  const groupTags = tagsFor(plan.creationId);
  await az.session.renewIfOld(az.signal);
  const group = await ensureGroup(az, { ref: target, location, owner, tags: groupTags, deadlineMs }, () => {
    record(plan.creationId);
  });
  const creationId = group.adoptedCreationId || plan.creationId;
  const ensured = await ensureCluster(
    az,
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
  const renewed = created ? '' : await renewExpiry(az, cluster, owner, spec.ttlMs);
  return {
    cluster,
    createdCluster: created,
    createdGroup: group.created,
    creationId: created ? ensured.creationId : group.created ? plan.creationId : group.adoptedCreationId,
    expiresAt: renewed || readTag(cluster.tags, 'expires-at'),
  };
}
