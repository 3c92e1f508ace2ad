import { ActionError } from '../../errors/action-error.js';
import { withHash } from '../../runtime/short-name.js';

/** The value of `managed-by` on everything that this action creates. */
export const manager = 'migratorydata-aks';

export type Tags = Readonly<Record<string, string>>;

/** The owner of a resource: the parts of a run that its tags contain. */
export interface Owner {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  readonly instance: string;
  /** For information only: a rerun owns what its former attempt created. */
  readonly attempt: string;
}

export interface CreationStamp {
  /** A random id that distinguishes resources of the same owner and name that were created at different times. */
  readonly creationId: string;
  readonly createdAt: Date;
  /** Time to live in milliseconds; undefined if the resource never expires and has no `expires-at`. */
  readonly ttlMs?: number;
}

/** The limit of Azure private DNS zones, to which AKS applies the tags of a cluster. */
const tagLimit = 15;
/** "Tag value: 256 characters", Azure Resource Manager, "Use tags to organize your resources". */
const valueLimit = 256;

/**
 * Returns a value that is accepted by every service that inherits the tags of a cluster: the Azure cloud provider of
 * Kubernetes separates tags by commas and equals signs, and az reads a file if a value starts with `@`. A changed value
 * ends with a hash of the original, so that different texts stay different.
 */
export function tagValue(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9._/-]/g, '-');
  if (plain === text && text.length <= valueLimit) return text;
  return withHash(plain, text, valueLimit);
}

function epochSeconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}

/** Returns the value of `expires-at` for a time to live of `ttlMs` from `now`: seconds since 1970, UTC. */
export function expiryValue(now: Date, ttlMs: number): string {
  return epochSeconds(now.getTime() + ttlMs);
}

/** Returns the tags that say who created a resource, when, and when it expires. */
export function ownershipTags(owner: Owner, stamp: CreationStamp): Tags {
  return {
    'managed-by': manager,
    repository: tagValue(owner.repository),
    'run-id': tagValue(owner.runId),
    instance: tagValue(owner.instance),
    attempt: tagValue(owner.attempt),
    'creation-id': stamp.creationId,
    'created-at': epochSeconds(stamp.createdAt.getTime()),
    ...(stamp.ttlMs === undefined ? {} : { 'expires-at': expiryValue(stamp.createdAt, stamp.ttlMs) }),
  } satisfies Partial<Record<(typeof ownTags)[number], string>>;
}

/**
 * Returns the user's tags, overridden by those of the action. Keys are case-insensitive, as in Azure.
 * @throws ActionError `invalid-input` when there are more than 15 in total.
 */
export function withUserTags(user: Tags, ours: Tags): Tags {
  const taken = new Set(Object.keys(ours).map(key => key.toLowerCase()));
  const kept = Object.entries(user).filter(([key]) => !taken.has(key.toLowerCase()));
  const merged = { ...Object.fromEntries(kept), ...ours };
  const count = Object.keys(merged).length;
  if (count <= tagLimit) return merged;
  const room = tagLimit - Object.keys(ours).length;
  throw new ActionError(
    'invalid-input',
    `Input tags has ${kept.length} tags; with the ${Object.keys(ours).length} ownership tags the total is ${count}, but AKS propagates at most ${tagLimit}.`,
    { hint: `Set at most ${room} tags.` },
  );
}

/** Returns the value of a tag. Keys are case-insensitive in Azure, and services return them in different case. */
export function readTag(tags: Tags, key: string): string {
  const entry = Object.entries(tags).find(([name]) => name.toLowerCase() === key);
  return entry?.[1] ?? '';
}

/** The ownership tags; only the action sets them. */
export const ownTags = [
  'managed-by',
  'repository',
  'run-id',
  'attempt',
  'instance',
  'creation-id',
  'created-at',
  'expires-at',
] as const;
