import { isDeepStrictEqual } from 'node:util';
import { ActionError, hasCode } from '../../errors/action-error.js';
import type { AzureClient } from '../arm/client.js';
import { removeLostRanges } from '../cluster/authorized-ranges.js';
import { listClusters } from '../cluster/cluster-requests.js';
import { type AksCluster, parseCluster, refOf } from '../cluster/cluster.js';
import { listGroups } from '../cluster/group-requests.js';
import { type ResourceGroup, parseGroup } from '../cluster/groups.js';
import { ownedForSweep } from '../ownership/ownership.js';
import { claimsIn, isOver, type RangeClaim, withoutClaims } from '../ownership/range-claims.js';
import { manager } from '../ownership/tags.js';
import type { ClusterRef } from '../ref.js';
import { deleteOurs, type Deletion, type DeletionGuard, type DeletionOptions } from './deletion.js';

/** An expired cluster or resource group with the tags of this action, or a cluster with ranges of lost runners. */
export interface SweepCandidate {
  readonly kind: 'cluster' | 'group' | 'ranges';
  readonly ref: ClusterRef;
  /** Why it is a candidate, as a clause. */
  readonly reason: string;
}

export interface Swept extends SweepCandidate {
  readonly deletion?: Deletion;
  /** Why it could not be deleted or changed; the sweep continues with the others. */
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

/** Returns a function that selects the claims of lost runners of the repositories. */
function lostRunnersOf(repositories: readonly string[]): (claim: RangeClaim, now: Date) => boolean {
  return (claim, now) => isOver(claim, now) && repositories.some(name => claim.holder.startsWith(`${name}/`));
}

/** Returns the clusters whose API server still admits lost runners of the repositories. */
export function findLostRunners(
  clusters: readonly AksCluster[],
  repositories: readonly string[],
  now: Date,
): readonly SweepCandidate[] {
  const isLost = lostRunnersOf(repositories);
  return clusters.flatMap(cluster => {
    const state = withoutClaims(cluster, claim => isLost(claim, now));
    if (state === undefined) return [];
    const ranges = claimsIn(cluster.tags).filter(claim => isLost(claim, now));
    const reason = `has the ranges of lost runners: ${ranges.map(({ range }) => range).join(', ')}`;
    return [{ kind: 'ranges' as const, ref: refOf(cluster), reason }];
  });
}

/** How many clusters are guarded at the same time: to find out whether somebody works on one may take a minute. */
const sideBySide = 4;

/**
 * Deletes expired resources; each is checked again with tags read right before the deletion. A failure does not stop the
 * sweep, and a cluster on which a run works is kept. Also removes the ranges of lost runners from the clusters that stay.
 * A dry run makes the same decisions by the tags, and changes nothing.
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
  const expired = findExpired(clusters, groups, subscriptionId, repositories, now);
  const staying = clusters.filter(cluster => !expired.some(({ ref }) => isDeepStrictEqual(ref, refOf(cluster))));
  const candidates = [...expired, ...findLostRunners(staying, repositories, now)];
  const options = { owned: ownedForSweep(repositories, now), sameCreation: true, dryRun, waitMs: 0 };
  const sweepOne = async (candidate: SweepCandidate): Promise<Swept> => {
    if (candidate.kind !== 'ranges') return deleteExpired(azure, candidate, options, guardFor?.(candidate.ref));
    if (!dryRun) await removeLostRanges(azure, candidate.ref, lostRunnersOf(repositories));
    return candidate;
  };
  const swept: Swept[] = [];
  // All workers take their next candidate from one iterator.
  const waiting = candidates.entries();
  const work = async (): Promise<void> => {
    for (const [index, candidate] of waiting) swept[index] = await withoutStop(azure, candidate, sweepOne);
  };
  await Promise.all(Array.from({ length: guardFor ? sideBySide : 1 }, work));
  return swept;
}

/** Returns the error of a candidate instead of throwing it, so that the sweep continues. */
async function withoutStop(
  azure: AzureClient,
  candidate: SweepCandidate,
  sweepOne: (candidate: SweepCandidate) => Promise<Swept>,
): Promise<Swept> {
  try {
    return await sweepOne(candidate);
  } catch (error) {
    azure.signal.throwIfAborted();
    if (!(error instanceof ActionError)) throw error;
    return { ...candidate, error };
  }
}

/** Deletes a candidate, unless a run works on it. */
async function deleteExpired(
  azure: AzureClient,
  candidate: SweepCandidate,
  options: DeletionOptions,
  guard: DeletionGuard | undefined,
): Promise<Swept> {
  try {
    return { ...candidate, deletion: await deleteOurs(azure, candidate.ref, options, guard) };
  } catch (error) {
    if (!hasCode(error, 'locked', 'lock-lost')) throw error;
    return { ...candidate, deletion: { deleted: 'nothing', refused: true, reason: `in use. ${error.message}` } };
  }
}
