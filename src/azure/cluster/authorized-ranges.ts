import { ActionError } from '../../errors/action-error.js';
import type { AzureClient } from '../arm/client.js';
import { findTwice } from '../arm/polling.js';
import { whileUnchanged } from '../arm/unchanged.js';
import {
  claimKey,
  type RangeClaim,
  type RangeState,
  type RangeUse,
  withClaim,
  withoutClaims,
} from '../ownership/range-claims.js';
import { readTag } from '../ownership/tags.js';
import type { ClusterRef } from '../ref.js';
import { updateAuthorizedRanges } from './cluster-commands.js';
import { readCluster } from './cluster-requests.js';
import { findCluster } from './cluster-wait.js';
import { type AksCluster, parseCluster } from './cluster.js';

/** How often other runners may write the cluster between a read and a write: the jobs of a matrix start together. */
const conflicts = 20;
/** How often a written range may be missing afterwards, because someone has written without a condition. */
const losses = 3;

/**
 * Adds a runner to the authorized ranges of a cluster that has some, because a hosted runner has another address in each
 * job, and removes what lost runners have left. Calls `record` before the change, also if an earlier step of the job has
 * made it. Returns when the change is complete and has been read back.
 * @throws ActionError `azure-not-found` if the cluster does not exist, `azure-precondition` if others keep changing it.
 */
export async function addRange(azure: AzureClient, ref: ClusterRef, use: RangeUse, record: () => void): Promise<void> {
  const find = (): Promise<AksCluster> => azure.read(readCluster(ref), parseCluster);
  let isRecorded = false;
  await changeRanges(azure, ref, { wait: true }, find, cluster => {
    const state = withClaim(cluster, use, azure.date());
    const isClaimed = readTag((state ?? cluster).tags, claimKey(use.holder)) !== '';
    if (isClaimed && !isRecorded) record();
    isRecorded ||= isClaimed;
    return state;
  });
}

/** The range that `addRange` has added for a holder. */
export type AddedRange = Pick<RangeClaim, 'key' | 'range'>;

/**
 * Removes the range that `addRange` has added, from the ranges as they are now. Returns when Azure has accepted the
 * change; false if the range stays, because another runner uses it, because its claim is gone, or because it is the last
 * one. Does nothing if the cluster no longer exists.
 */
export async function removeRange(azure: AzureClient, ref: ClusterRef, { key, range }: AddedRange): Promise<boolean> {
  const isOurs = (claim: RangeClaim): boolean => claim.key === key && claim.range === range;
  const left = await dropClaims(azure, ref, isOurs);
  return left?.authorizedRanges.includes(range) !== true;
}

/**
 * Removes the ranges of the claims that `isLost` selects; `now` is by the clock of Azure. Returns when Azure has accepted
 * the change.
 */
export async function removeLostRanges(
  azure: AzureClient,
  ref: ClusterRef,
  isLost: (claim: RangeClaim, now: Date) => boolean,
): Promise<void> {
  await dropClaims(azure, ref, claim => isLost(claim, azure.date()));
}

/** Returns the cluster afterwards; undefined if it does not exist. */
function dropClaims(
  azure: AzureClient,
  ref: ClusterRef,
  isDropped: (claim: RangeClaim) => boolean,
): Promise<AksCluster | undefined> {
  const find = (): Promise<AksCluster | undefined> => findTwice(azure, () => findCluster(azure, ref));
  return changeRanges(azure, ref, { wait: false }, find, cluster => cluster && withoutClaims(cluster, isDropped));
}

/**
 * Writes the ranges and tags until a read shows that nothing is to be changed, and returns what it has read. A write of
 * someone else between the read and the write is noticed by its condition, one without a condition by the next read.
 */
async function changeRanges<C extends AksCluster | undefined>(
  azure: AzureClient,
  ref: ClusterRef,
  options: { readonly wait: boolean },
  find: () => Promise<C>,
  change: (cluster: C) => RangeState | undefined,
): Promise<C> {
  for (let writes = 0; writes <= losses; writes += 1) {
    const result = await whileUnchanged(
      find,
      async (cluster, etag) => {
        const state = change(cluster);
        if (state === undefined) return { cluster };
        if (writes < losses) await azure.run(updateAuthorizedRanges(ref, state, { ...options, etag }));
        return undefined;
      },
      conflicts,
    );
    if (result) return result.cluster;
  }
  throw new ActionError(
    'azure-precondition',
    `The authorized IP ranges of cluster ${ref.clusterName} were written ${losses} times, but something else changed them back.`,
  );
}
