import type { AzureClient } from './client.js';
import type { AksCluster } from './cluster.js';
import { mergeTags } from './group-requests.js';
import { ownedForTeardown } from './ownership.js';
import { expiryValue, type Owner } from './tags.js';

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
