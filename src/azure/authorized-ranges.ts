import type { Az } from './az.js';
import { updateAuthorizedRanges } from './cluster-commands.js';
import { findCluster } from './cluster-wait.js';
import { type AksCluster, refOf } from './cluster.js';
import type { ClusterRef } from './commands.js';

/** The ranges with one more; undefined: it is in already, or the list is empty and everyone may connect. */
export function rangesWith(ranges: readonly string[], range: string): readonly string[] | undefined {
  return ranges.length === 0 || ranges.includes(range) ? undefined : [...ranges, range];
}

/**
 * The ranges without one; undefined: it is not in. The last range stays, since AKS reads an empty list as "everyone".
 */
export function rangesWithout(ranges: readonly string[], range: string): readonly string[] | undefined {
  const rest = ranges.filter(other => other !== range);
  return rest.length === ranges.length || rest.length === 0 ? undefined : rest;
}

/**
 * Lets a runner reach the API server of a cluster that limits who may: a hosted runner has another address in each job.
 * `record` is called right before the change. @returns whether the range was added, and is to be removed again.
 */
export async function addRange(az: Az, cluster: AksCluster, range: string, record: () => void): Promise<boolean> {
  const ranges = rangesWith(cluster.authorizedRanges, range);
  if (!ranges) return false;
  record();
  await az.run(updateAuthorizedRanges(refOf(cluster), ranges, { wait: true }));
  return true;
}

/**
 * Takes back exactly what `admitRange` added, from the ranges as they are now. A cluster that is gone needs nothing.
 * Returns when Azure has accepted the change.
 */
export async function removeRange(az: Az, ref: ClusterRef, range: string): Promise<void> {
  const now = await findCluster(az, ref);
  const ranges = now && rangesWithout(now.authorizedRanges, range);
  if (ranges) await az.run(updateAuthorizedRanges(ref, ranges, { wait: false }));
}
