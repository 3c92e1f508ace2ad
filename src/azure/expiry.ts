import type { Az } from './az.js';
import type { AksCluster } from './cluster.js';
import { mergeTags } from './commands.js';
import { ownedForTeardown } from './ownership.js';
import { expiryValue, type Owner } from './tags.js';

/**
 * Sets a new expiry on a reused cluster if this repository owns it; other clusters are not changed. Starts one az
 * process. Returns the new value of `expires-at`, or an empty text when nothing was changed.
 */
export async function renewExpiry(
  az: Az,
  cluster: AksCluster,
  owner: Owner,
  ttlMs: number | undefined,
): Promise<string> {
  if (ttlMs === undefined || !ownedForTeardown(owner, true)(cluster.tags).owned) return '';
  const expiresAt = expiryValue(az.clock.date(), ttlMs);
  await az.run(mergeTags(cluster.id, { 'expires-at': expiresAt }));
  return expiresAt;
}
