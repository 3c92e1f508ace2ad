import { ActionError, hasCode } from '../errors/action-error.js';
import type { AzureClient } from './client.js';
import { listClusters } from './cluster-requests.js';
import { type AksCluster, parseCluster, refOf } from './cluster.js';
import type { ClusterRef } from './ref.js';
import { deleteOurs, type Deletion, type DeletionGuard, type DeletionOptions } from './deletion.js';
import { listGroups } from './group-requests.js';
import { type ResourceGroup, parseGroup } from './groups.js';
import { ownedForSweep } from './ownership.js';
import { manager } from './tags.js';

/** An expired cluster or resource group with the tags of this action. */
export interface SweepCandidate {
  readonly kind: 'cluster' | 'group';
  readonly ref: ClusterRef;
  /** Why it is a candidate, as a clause. */
  readonly reason: string;
}

export interface Swept extends SweepCandidate {
  readonly deletion?: Deletion;
  /** Why it could not be deleted; the sweep continues with the others. */
  readonly error?: ActionError;
}

/**
 * Returns what has expired: clusters by their own tags, and resource groups without a cluster. A node resource group
 * has the tags of its cluster, but Azure manages it, so it is never a candidate.
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
  const occupied = new Set(clusters.map(({ resourceGroup }) => resourceGroup.toLowerCase()));
  const empty = groups
    .filter(({ name, managedBy }) => managedBy === '' && !occupied.has(name.toLowerCase()))
    .map(({ name, tags }) => ({
      kind: 'group' as const,
      ref: { subscriptionId, resourceGroup: name, clusterName: '' },
      ...rule(tags),
    }))
    .filter(({ owned }) => owned);
  return [...expired, ...empty].map(({ kind, ref, reason }) => ({ kind, ref, reason }));
}

/** How many clusters are guarded at the same time: to find out whether somebody works on one may take a minute. */
const sideBySide = 4;

/**
 * Deletes expired resources; each is checked again with tags read right before the deletion. A failure does not stop the
 * sweep, and a cluster on which a run works is kept. A dry run makes the same decisions by the tags, and deletes nothing.
 * `guardFor` returns the guard of a cluster; without it, one resource is deleted after the other.
 * @throws ActionError `invalid-input` without a subscription or repository: a sweep never guesses what to delete.
 */
export async function sweepExpired(
  azure: AzureClient,
  subscriptionId: string,
  repositories: readonly string[],
  dryRun: boolean,
  guardFor?: (cluster: ClusterRef) => DeletionGuard,
): Promise<readonly Swept[]> {
  if (subscriptionId === '' || repositories.length === 0 || repositories.includes('')) {
    throw new ActionError(
      'invalid-input',
      'Operation sweep requires subscription-id and a repository whose resources it may delete.',
    );
  }
  const clusters = await azure.list(listClusters(subscriptionId), parseCluster);
  const groups = await azure.list(listGroups(subscriptionId, 'managed-by', manager), parseGroup);
  const now = azure.date();
  const candidates = findExpired(clusters, groups, subscriptionId, repositories, now);
  const options = { owned: ownedForSweep(repositories, now), sameCreation: true, dryRun, waitMs: 0 };
  const swept: Swept[] = [];
  // All workers take their next candidate from one iterator.
  const waiting = candidates.entries();
  const work = async (): Promise<void> => {
    for (const [index, candidate] of waiting)
      swept[index] = await sweepOne(azure, candidate, options, guardFor?.(candidate.ref));
  };
  await Promise.all(Array.from({ length: guardFor ? sideBySide : 1 }, work));
  return swept;
}

async function sweepOne(
  azure: AzureClient,
  candidate: SweepCandidate,
  options: DeletionOptions,
  guard: DeletionGuard | undefined,
): Promise<Swept> {
  try {
    return { ...candidate, deletion: await deleteOurs(azure, candidate.ref, options, guard) };
  } catch (error) {
    azure.signal.throwIfAborted();
    if (!(error instanceof ActionError)) throw error;
    if (!hasCode(error, 'locked', 'lock-lost')) return { ...candidate, error };
    return { ...candidate, deletion: { deleted: 'nothing', refused: true, reason: `in use. ${error.message}` } };
  }
}
