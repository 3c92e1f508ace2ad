import { ActionError } from '../errors/action-error.js';
import { asList } from '../runtime/json.js';
import type { Az } from './az.js';
import { listClusters } from './cluster-commands.js';
import { type AksCluster, parseCluster, refOf } from './cluster.js';
import { type ClusterRef, listGroups } from './commands.js';
import { deleteOurs, type Deletion } from './deletion.js';
import { type ResourceGroup, parseGroup } from './groups.js';
import { ownedForSweep } from './ownership.js';
import { manager } from './tags.js';

/** One thing that a sweep looks at, because it carries our mark and has expired. */
export interface SweepCandidate {
  readonly kind: 'cluster' | 'group';
  readonly ref: ClusterRef;
  /** Why it is a candidate, as a clause. */
  readonly reason: string;
}

export interface Swept extends SweepCandidate {
  readonly deletion?: Deletion;
  /** Why it could not be deleted; the sweep goes on with the others. */
  readonly error?: ActionError;
}

/**
 * What has expired: clusters by their own tags, and groups in which no cluster is left. A node resource group carries
 * the tags of its cluster, but Azure manages it, so it is never a candidate.
 */
export function findExpired(
  clusters: readonly AksCluster[],
  groups: readonly ResourceGroup[],
  subscriptionId: string,
  repositories: readonly string[],
  now: Date,
): readonly SweepCandidate[] {
  const rule = ownedForSweep(repositories, now);
  const expired = clusters
    .map(cluster => ({ kind: 'cluster' as const, ref: refOf(cluster), ...rule(cluster.tags) }))
    .filter(({ owned }) => owned);
  const inhabited = new Set(clusters.map(({ resourceGroup }) => resourceGroup.toLowerCase()));
  const empty = groups
    .filter(({ name, managedBy }) => managedBy === '' && !inhabited.has(name.toLowerCase()))
    .map(({ name, tags }) => ({
      kind: 'group' as const,
      ref: { subscriptionId, resourceGroup: name, clusterName: '' },
      ...rule(tags),
    }))
    .filter(({ owned }) => owned);
  return [...expired, ...empty].map(({ kind, ref, reason }) => ({ kind, ref, reason }));
}

/**
 * Deletes what has expired, one after the other; each is judged again by tags read right before. One failure does not
 * stop the rest. A dry run looks and decides in the same way, and deletes nothing.
 * @throws ActionError `invalid-input` without a subscription: a sweep never guesses where to delete.
 */
export async function sweepExpired(
  az: Az,
  subscriptionId: string,
  repositories: readonly string[],
  dryRun: boolean,
): Promise<readonly Swept[]> {
  if (subscriptionId === '' || repositories.length === 0 || repositories.includes('')) {
    throw new ActionError(
      'invalid-input',
      'Operation sweep needs subscription-id and a repository whose things it may delete.',
    );
  }
  const clusters = await az.read(listClusters(subscriptionId), json => asList(json).map(parseCluster));
  const groups = await az.read(listGroups(subscriptionId, 'managed-by', manager), json => asList(json).map(parseGroup));
  const now = az.clock.date();
  const swept: Swept[] = [];
  for (const candidate of findExpired(clusters, groups, subscriptionId, repositories, now)) {
    swept.push(await sweepOne(az, candidate, repositories, now, dryRun));
  }
  return swept;
}

async function sweepOne(
  az: Az,
  candidate: SweepCandidate,
  repositories: readonly string[],
  now: Date,
  dryRun: boolean,
): Promise<Swept> {
  const options = { owned: ownedForSweep(repositories, now), sameCreation: true, dryRun, waitMs: 0 };
  try {
    return { ...candidate, deletion: await deleteOurs(az, candidate.ref, options) };
  } catch (error) {
    az.signal.throwIfAborted();
    if (!(error instanceof ActionError)) throw error;
    return { ...candidate, error };
  }
}
