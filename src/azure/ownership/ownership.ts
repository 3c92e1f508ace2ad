import { manager, type Owner, readTag, type Tags, tagValue } from './tags.js';

/** Whether a resource may be deleted, and why. The reason is a clause that follows the name of the resource. */
export interface OwnershipDecision {
  readonly owned: boolean;
  readonly reason: string;
}

/** Decides ownership by the tags of a resource. */
export type OwnershipRule = (tags: Tags) => OwnershipDecision;

const yes = (reason: string): OwnershipDecision => ({ owned: true, reason });
const no = (reason: string): OwnershipDecision => ({ owned: false, reason });

function sameRepository(tags: Tags, repository: string): boolean {
  return repository !== '' && readTag(tags, 'repository').toLowerCase() === tagValue(repository).toLowerCase();
}

/** The first check of every rule: the tag of this action, and an allowed repository. */
function refuseForeign(tags: Tags, repositories: readonly string[]): OwnershipDecision | undefined {
  const managedBy = readTag(tags, 'managed-by');
  if (managedBy !== manager) return no(`does not have the tag managed-by=${manager}`);
  if (repositories.some(repository => sameRepository(tags, repository))) return undefined;
  return no(`belongs to repository ${readTag(tags, 'repository') || '(no tag)'}, not to ${repositories.join(', ')}`);
}

/** Returns whether the tags say that this action created the resource for this repository. */
export function isOfRepository(tags: Tags, repository: string): boolean {
  return refuseForeign(tags, [repository]) === undefined;
}

/**
 * Returns whether the tags have the same run and instance, regardless of the attempt: a rerun owns what its former
 * attempt created, but not what another matrix job created.
 */
export function isSameRun(tags: Tags, owner: Owner): boolean {
  const run = readTag(tags, 'run-id');
  const instance = readTag(tags, 'instance');
  return (
    !refuseForeign(tags, [owner.repository]) &&
    run !== '' &&
    instance !== '' &&
    run === tagValue(owner.runId) &&
    instance === tagValue(owner.instance)
  );
}

/** Returns whether the tags have this creation id, in this repository. */
export function isCreation(tags: Tags, repository: string, creationId: string): boolean {
  return creationId !== '' && !refuseForeign(tags, [repository]) && readTag(tags, 'creation-id') === creationId;
}

/**
 * The rule of the post phase, and of a run that deletes what it created: only resources with the creation id that was
 * saved before their creation.
 */
export function ownedByCreation(repository: string, creationId: string): OwnershipRule {
  return tags => {
    const refusal = refuseForeign(tags, [repository]);
    if (refusal) return refusal;
    if (isCreation(tags, repository, creationId)) return yes(`has creation-id ${creationId}`);
    return no(`has creation-id ${readTag(tags, 'creation-id') || '(none)'}, not ${creationId || '(none)'}`);
  };
}

/**
 * The rule of operation teardown. `named` says that the user specified the resource group, which requests the deletion
 * of the cluster in it if this repository owns it. Default names require the same run and instance, or a known creation
 * id.
 */
export function ownedForTeardown(owner: Owner, named: boolean, creationId = ''): OwnershipRule {
  return tags => {
    const refusal = refuseForeign(tags, [owner.repository]);
    if (refusal) return refusal;
    if (isCreation(tags, owner.repository, creationId)) return yes(`has creation-id ${creationId}`);
    if (named) return yes(`was specified, and belongs to repository ${owner.repository}`);
    if (isSameRun(tags, owner)) return yes(`belongs to run ${owner.runId}, instance ${owner.instance}`);
    const [run, instance] = [readTag(tags, 'run-id') || '(none)', readTag(tags, 'instance') || '(none)'];
    return no(
      `belongs to run ${run}, instance ${instance}, not to run ${owner.runId}, instance ${owner.instance}; set resource-group to delete it anyway`,
    );
  };
}

/**
 * Returns when a resource expires; undefined if the tag is missing or is not an integer number of seconds since 1970.
 */
export function expiryOf(tags: Tags): Date | undefined {
  const value = readTag(tags, 'expires-at');
  return /^[1-9]\d{9}$/.test(value) ? new Date(Number(value) * 1000) : undefined;
}

/**
 * The rule of operation sweep: created by this action, owned by one of the repositories, and with a valid expiry in the
 * past.
 */
export function ownedForSweep(repositories: readonly string[], now: Date): OwnershipRule {
  return tags => {
    const refusal = refuseForeign(tags, repositories);
    if (refusal) return refusal;
    const expiry = expiryOf(tags);
    const value = readTag(tags, 'expires-at');
    if (!expiry) return no(value === '' ? 'has no expiry' : `has an invalid expiry, "${value}"`);
    if (expiry >= now) return no(`does not expire before ${expiry.toISOString()}`);
    return yes(`expired at ${expiry.toISOString()}`);
  };
}
