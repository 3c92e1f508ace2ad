import { createHash } from 'node:crypto';
import { ActionError } from '../errors/action-error.js';

/** The value of `managed-by` on everything that this action creates. */
export const manager = 'migratorydata-aks';

export type Tags = Readonly<Record<string, string>>;

/** Whose a resource is: the parts of a run that its tags name. */
export interface Owner {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  readonly instance: string;
  /** For information: a rerun owns what its former attempt made. */
  readonly attempt: string;
}

export interface CreationStamp {
  /** Random; told apart by it are things of the same owner and name that were made at different times. */
  readonly creationId: string;
  readonly createdAt: Date;
  /** Time to live; undefined: it never expires, and carries no `expires-at`. */
  readonly ttlMs?: number;
}

/** Azure private DNS zones, to which AKS hands the tags of a cluster, take no more. */
const tagLimit = 15;
/** "Tag value: 256 characters", Azure Resource Manager, "Use tags to organize your resources". */
const valueLimit = 256;

/**
 * A value that every service accepts which inherits a cluster's tags: the Azure cloud provider of Kubernetes separates
 * them by commas and equals signs, and az reads a file where a value begins with `@`. A changed value ends in a hash of
 * the original, so that different texts stay different.
 */
export function tagValue(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9._/-]/g, '-');
  if (plain === text && text.length <= valueLimit) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${plain.slice(0, valueLimit - hash.length - 1)}-${hash}`;
}

function epochSeconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}

/** The value of `expires-at` for something that lives `ttlMs` from `now`: seconds since 1970, UTC. */
export function expiryValue(now: Date, ttlMs: number): string {
  return epochSeconds(now.getTime() + ttlMs);
}

/** The tags that say who made a resource, when, and until when it is meant to live. */
export function ownershipTags(owner: Owner, birth: CreationStamp): Tags {
  return {
    'managed-by': manager,
    repository: tagValue(owner.repository),
    'run-id': tagValue(owner.runId),
    instance: tagValue(owner.instance),
    attempt: tagValue(owner.attempt),
    'creation-id': birth.creationId,
    'created-at': epochSeconds(birth.createdAt.getTime()),
    ...(birth.ttlMs === undefined ? {} : { 'expires-at': expiryValue(birth.createdAt, birth.ttlMs) }),
  } satisfies Partial<Record<(typeof ownTags)[number], string>>;
}

/**
 * The user's tags with ours laid over them. Keys are compared without case, as Azure does.
 * @throws ActionError `invalid-input` when there are more than 15 in all.
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
    `Input tags has ${kept.length} tags of its own; with the ${Object.keys(ours).length} that mark ownership that is ${count}, and AKS passes at most ${tagLimit} on.`,
    { hint: `Give at most ${room} tags.` },
  );
}

/** A tag's value; keys have no case in Azure, and services give them back in another one. */
export function readTag(tags: Tags, key: string): string {
  const entry = Object.entries(tags).find(([name]) => name.toLowerCase() === key);
  return entry?.[1] ?? '';
}

/** Tags that say whose a resource is and when it expires; only the action sets them. */
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
