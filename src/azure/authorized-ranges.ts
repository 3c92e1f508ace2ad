import type { AzureClient } from './client.js';
import { updateAuthorizedRanges } from './cluster-commands.js';
import { readCluster } from './cluster-requests.js';
import { findCluster } from './cluster-wait.js';
import { type AksCluster, parseCluster } from './cluster.js';
import { findTwice } from './polling.js';
import type { ClusterRef } from './ref.js';
import { whileUnchanged } from './unchanged.js';

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
 * Calls `record` right before the change. @throws ActionError `azure-not-found` if the cluster does not exist.
 */
export async function addRange(azure: AzureClient, ref: ClusterRef, range: string, record: () => void): Promise<void> {
  const find = (): Promise<AksCluster> => azure.read(readCluster(ref), parseCluster);
  await changeRanges(azure, ref, { wait: true }, find, ranges => {
    const changed = rangesWith(ranges, range);
    if (changed) record();
    return changed;
  });
}

/**
 * Removes the range that `addRange` added from the current ranges. Does nothing if the cluster no longer exists.
 * Returns when Azure has accepted the change.
 */
export async function removeRange(azure: AzureClient, ref: ClusterRef, range: string): Promise<void> {
  const find = (): Promise<AksCluster | undefined> => findTwice(azure, () => findCluster(azure, ref));
  await changeRanges(azure, ref, { wait: false }, find, ranges => rangesWithout(ranges, range));
}

async function changeRanges(
  azure: AzureClient,
  ref: ClusterRef,
  options: { readonly wait: boolean },
  find: () => Promise<AksCluster | undefined>,
  change: (ranges: readonly string[]) => readonly string[] | undefined,
): Promise<void> {
  await whileUnchanged(find, async (cluster, etag) => {
    const ranges = cluster && change(cluster.authorizedRanges);
    if (ranges) await azure.run(updateAuthorizedRanges(ref, ranges, { ...options, etag }));
  });
}
