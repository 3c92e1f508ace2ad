import type { Az } from './az.js';
import { updateAuthorizedRanges } from './cluster-commands.js';
import { findCluster } from './cluster-wait.js';
import { type AksCluster, refOf } from './cluster.js';
import type { ClusterRef } from './commands.js';

/**
 * Returns the ranges with one more; undefined if it is already included, or if the list is empty and everyone may
 * connect.
 */
export function rangesWith(ranges: readonly string[], range: string): readonly string[] | undefined {
  return ranges.length === 0 || ranges.includes(range) ? undefined : [...ranges, range];
}

/**
 * Returns the ranges without one; undefined if it is not included. The last range stays, because AKS interprets an
 * empty list as "everyone".
 */
export function rangesWithout(ranges: readonly string[], range: string): readonly string[] | undefined {
  const rest = ranges.filter(other => other !== range);
  return rest.length === ranges.length || rest.length === 0 ? undefined : rest;
}

/**
 * Adds a runner to the authorized ranges of a cluster that has some: a hosted runner has another address in each job.
 * Calls `record` right before the change. Returns whether the range was added and must be removed later.
 */
export async function addRange(az: Az, cluster: AksCluster, range: string, record: () => void): Promise<boolean> {
  const ranges = rangesWith(cluster.authorizedRanges, range);
  if (!ranges) return false;
  record();
  await az.run(updateAuthorizedRanges(refOf(cluster), ranges, { wait: true }));
  return true;
}

/**
 * Removes the range that `addRange` added from the current ranges. Does nothing if the cluster no longer exists.
 * Returns when Azure has accepted the change.
 */
export async function removeRange(az: Az, ref: ClusterRef, range: string): Promise<void> {
  const now = await findCluster(az, ref);
  const ranges = now && rangesWithout(now.authorizedRanges, range);
  if (ranges) await az.run(updateAuthorizedRanges(ref, ranges, { wait: false }));
}
