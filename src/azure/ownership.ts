import { manager, type Owner, readTag, type Tags, tagValue } from './tags.js';

/** Whether something may be deleted, and why; the reason is a clause that follows the name of the resource. */
export interface OwnershipDecision {
  readonly owned: boolean;
  readonly reason: string;
}

/** Decides by the tags of a resource. */
export type OwnershipRule = (tags: Tags) => OwnershipDecision;

const yes = (reason: string): OwnershipDecision => ({ owned: true, reason });
const no = (reason: string): OwnershipDecision => ({ owned: false, reason });

function sameRepository(tags: Tags, repository: string): boolean {
  return repository !== '' && readTag(tags, 'repository').toLowerCase() === tagValue(repository).toLowerCase();
}

/** What every rule asks first: our mark, and a repository that may decide. */
function foreign(tags: Tags, repositories: readonly string[]): OwnershipDecision | undefined {
  const marked = readTag(tags, 'managed-by');
  if (marked !== manager) return no(`does not carry the tag managed-by=${manager}`);
  if (repositories.some(repository => sameRepository(tags, repository))) return undefined;
  return no(`belongs to repository ${readTag(tags, 'repository') || '(no tag)'}, not to ${repositories.join(', ')}`);
}

/** The same run and instance, whatever the attempt: a rerun owns what its former attempt made; another leg does not. */
export function isSameRun(tags: Tags, owner: Owner): boolean {
  const run = readTag(tags, 'run-id');
  const instance = readTag(tags, 'instance');
  return (
    !foreign(tags, [owner.repository]) &&
    run !== '' &&
    instance !== '' &&
    run === tagValue(owner.runId) &&
    instance === tagValue(owner.instance)
  );
}

/** Whether the tags carry exactly this creation id, in this repository. */
export function isCreation(tags: Tags, repository: string, creationId: string): boolean {
  return creationId !== '' && !foreign(tags, [repository]) && readTag(tags, 'creation-id') === creationId;
}

/**
 * The rule of the post phase and of a run that takes back what it made itself: only what carries the creation id that
 * was saved before it was made.
 */
export function ownedByCreation(repository: string, creationId: string): OwnershipRule {
  return tags => {
    const refusal = foreign(tags, [repository]);
    if (refusal) return refusal;
    if (isCreation(tags, repository, creationId)) return yes(`carries creation-id ${creationId}`);
    return no(`carries creation-id ${readTag(tags, 'creation-id') || '(none)'}, not ${creationId || '(none)'}`);
  };
}

/**
 * The rule of operation teardown. `named` says that the user named the group: that is the order to delete the cluster in
 * it, as far as it is this repository's. Default names need the same run and instance, or a known creation id.
 */
export function ownedForTeardown(owner: Owner, named: boolean, creationId = ''): OwnershipRule {
  return tags => {
    const refusal = foreign(tags, [owner.repository]);
    if (refusal) return refusal;
    if (isCreation(tags, owner.repository, creationId)) return yes(`carries creation-id ${creationId}`);
    if (named) return yes(`was named, and belongs to repository ${owner.repository}`);
    if (isSameRun(tags, owner)) return yes(`belongs to run ${owner.runId}, instance ${owner.instance}`);
    const [run, instance] = [readTag(tags, 'run-id') || '(none)', readTag(tags, 'instance') || '(none)'];
    return no(
      `belongs to run ${run}, instance ${instance}, not to run ${owner.runId}, instance ${owner.instance}; give its resource-group to delete it all the same`,
    );
  };
}

/** When a resource expires, or undefined where the tag is absent or is not a whole number of seconds since 1970. */
function expiryOf(tags: Tags): Date | undefined {
  const value = readTag(tags, 'expires-at');
  return /^[1-9]\d{9}$/.test(value) ? new Date(Number(value) * 1000) : undefined;
}

/** The rule of operation sweep: ours, of one of the repositories, and past a well-formed expiry. */
export function ownedForSweep(repositories: readonly string[], now: Date): OwnershipRule {
  return tags => {
    const refusal = foreign(tags, repositories);
    if (refusal) return refusal;
    const expiry = expiryOf(tags);
    const value = readTag(tags, 'expires-at');
    if (!expiry) return no(value === '' ? 'has no expiry' : `has a malformed expiry, "${value}"`);
    if (expiry >= now) return no(`expires only at ${expiry.toISOString()}`);
    return yes(`expired at ${expiry.toISOString()}`);
  };
}
