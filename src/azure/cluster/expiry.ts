import type { AzureClient } from '../arm/client.js';
import { findTwice } from '../arm/polling.js';
import { expiryOf, ownedForTeardown } from '../ownership/ownership.js';
import { expiryValue, type Owner } from '../ownership/tags.js';
import type { ClusterRef } from '../ref.js';
import { findCluster } from './cluster-wait.js';
import type { AksCluster } from './cluster.js';
import { mergeTags } from './group-requests.js';

/**
 * Sets a new expiry on a reused cluster if this repository owns it; other clusters are not changed. Returns the new
 * value of `expires-at`, or an empty text when nothing was changed.
 */
export async function renewExpiry(
  azure: AzureClient,
  cluster: AksCluster,
  owner: Owner,
  ttlMs: number | undefined,
): Promise<string> {
  if (ttlMs === undefined || !ownedForTeardown(owner, true)(cluster.tags).owned) return '';
  const expiresAt = expiryValue(azure.date(), ttlMs);
  await azure.run(mergeTags(cluster.id, { 'expires-at': expiresAt }));
  return expiresAt;
}

/**
 * Moves the expiry of a cluster to `leastMs` milliseconds from now, if this repository owns the cluster and it expires
 * before; an expiry never becomes earlier, and a cluster without one does not get one. Returns whether it was moved.
 * The Tags API takes no condition, so only the tags that must change are sent ("Tags - Update At Scope").
 */
export async function extendExpiry(
  azure: AzureClient,
  ref: ClusterRef,
  owner: Owner,
  leastMs: number,
): Promise<boolean> {
  const cluster = await findTwice(azure, () => findCluster(azure, ref));
  if (!cluster || !ownedForTeardown(owner, true)(cluster.tags).owned) return false;
  const expiry = expiryOf(cluster.tags);
  if (!expiry || expiry.getTime() >= azure.date().getTime() + leastMs) return false;
  // Nothing else may find the cluster busy with it.
  await azure.complete(mergeTags(cluster.id, { 'expires-at': expiryValue(azure.date(), leastMs) }));
  return true;
}
