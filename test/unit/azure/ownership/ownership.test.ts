import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isSameRun,
  ownedByCreation,
  ownedForSweep,
  ownedForTeardown,
} from '../../../../src/azure/ownership/ownership.js';
import {
  manager,
  type Owner,
  ownershipTags,
  readTag,
  type Tags,
  tagValue,
  withUserTags,
} from '../../../../src/azure/ownership/tags.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import { owner, tagsOf } from '../fixtures.js';

const name = fc.string({ minLength: 1, maxLength: 40 });
const anOwner: fc.Arbitrary<Owner> = fc.record({ repository: name, runId: name, instance: name, attempt: name });
const stamp = { creationId: 'c-1', createdAt: new Date(0), ttlMs: 60_000 };
const later = new Date(Date.UTC(2030, 0, 1));

/** Random tags, often with some ownership tags. */
const anyTags: fc.Arbitrary<Tags> = fc
  .tuple(
    fc.dictionary(fc.constantFrom('repository', 'run-id', 'instance', 'creation-id', 'expires-at', 'Env'), name),
    fc.option(fc.constantFrom(manager, 'somebody'), { nil: undefined }),
  )
  .map(([tags, mark]) => (mark === undefined ? tags : { ...tags, 'managed-by': mark }));

describe('ownership for any tags', () => {
  it('always requires the tag of this action and the repository', () => {
    fc.assert(
      fc.property(anyTags, anOwner, name, (tags, who, creationId) => {
        const rules = [
          ownedForTeardown(who, true, creationId),
          ownedForTeardown(who, false, creationId),
          ownedByCreation(who.repository, creationId),
          ownedForSweep([who.repository], later),
        ];
        const ours =
          readTag(tags, 'managed-by') === manager &&
          readTag(tags, 'repository').toLowerCase() === tagValue(who.repository).toLowerCase();
        for (const rule of rules) expect(rule(tags).owned && !ours).toBe(false);
      }),
    );
  });

  it('excludes other matrix jobs of the same run, and includes other attempts of the same job', () => {
    fc.assert(
      fc.property(anOwner, name, name, (who, instance, attempt) => {
        const tags = ownershipTags(who, stamp);
        expect(ownedForTeardown({ ...who, instance }, false)(tags).owned).toBe(instance === who.instance);
        expect(ownedForTeardown({ ...who, attempt }, false)(tags).owned).toBe(true);
        expect(isSameRun(tags, { ...who, attempt })).toBe(true);
      }),
    );
  });

  it('requires an expiry in the past for a sweep', () => {
    fc.assert(
      fc.property(anOwner, fc.integer({ min: -100_000, max: 100_000 }), (who, offsetMs) => {
        const tags = ownershipTags(who, { ...stamp, createdAt: later, ttlMs: 0 });
        const now = new Date(later.getTime() + offsetMs);
        expect(ownedForSweep([who.repository], now)(tags).owned).toBe(offsetMs > 0);
      }),
    );
  });

  it('keeps different texts different as tag values', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), fc.string({ maxLength: 400 }), (a, b) => {
        expect(tagValue(a) === tagValue(b)).toBe(a === b);
        expect(tagValue(a)).toMatch(/^[A-Za-z0-9._/-]{0,256}$/);
      }),
    );
  });
});

describe('ownedForTeardown', () => {
  it.each<[string, Owner, boolean, string, boolean]>([
    ['the same run and instance', owner, false, '', true],
    ['a later attempt', { ...owner, attempt: '2' }, false, '', true],
    ['another instance', { ...owner, instance: 'check-1' }, false, '', false],
    ['another run', { ...owner, runId: '4712' }, false, '', false],
    ['another run that names group and cluster', { ...owner, runId: '4712' }, true, '', true],
    ['another run that knows the creation id', { ...owner, runId: '4712' }, false, 'c-1', true],
    ['another repository that names group and cluster', { ...owner, repository: 'acme/other' }, true, '', false],
    ['another repository that knows the creation id', { ...owner, repository: 'acme/other' }, false, 'c-1', false],
    ['the repository in different case', { ...owner, repository: 'Acme/Shop' }, false, '', true],
  ])('decides for %s', (_, who, named, creationId, owned) => {
    expect(ownedForTeardown(who, named, creationId)(tagsOf()).owned).toBe(owned);
  });

  it('gives the reason of a refusal', () => {
    const { reason } = ownedForTeardown({ ...owner, instance: 'check-1' }, false)(tagsOf());
    expect(reason).toContain('belongs to run 4711, instance check-0, not to run 4711, instance check-1');
    expect(ownedForTeardown(owner, true)({}).reason).toBe('does not have the tag managed-by=migratorydata-aks');
  });

  it('reads keys case-insensitively, as Azure returns them', () => {
    const shouted = Object.fromEntries(Object.entries(tagsOf()).map(([key, value]) => [key.toUpperCase(), value]));
    expect(ownedForTeardown(owner, false)(shouted).owned).toBe(true);
  });

  it('does not match an empty creation id', () => {
    expect(ownedByCreation(owner.repository, '')({ ...tagsOf(), 'creation-id': '' }).owned).toBe(false);
  });
});

describe('ownedForSweep', () => {
  const rule = ownedForSweep(['acme/shop', 'acme/tools'], later);

  it.each([
    ['', 'has no expiry'],
    ['soon', 'has an invalid expiry'],
    ['0', 'has an invalid expiry'],
    ['1767229200.5', 'has an invalid expiry'],
    ['17672292000', 'has an invalid expiry'],
    ['9999999999', 'does not expire before'],
  ])('keeps a resource with expiry "%s": %s', (value, reason) => {
    const decision = rule({ ...tagsOf(), 'expires-at': value });
    expect(decision).toMatchObject({ owned: false, reason: expect.stringContaining(reason) });
  });

  it('includes expired resources of every given repository', () => {
    expect(rule(tagsOf()).owned).toBe(true);
    expect(rule(tagsOf({ ...owner, repository: 'acme/tools' })).owned).toBe(true);
    expect(rule(tagsOf({ ...owner, repository: 'acme/other' })).owned).toBe(false);
  });
});

describe('withUserTags', () => {
  it('keeps the ownership tags if the user sets the same key', () => {
    const merged = withUserTags({ 'Managed-By': 'me', team: 'shop' }, tagsOf());
    expect(merged).toMatchObject({ team: 'shop', 'managed-by': manager });
    expect(merged).not.toHaveProperty('Managed-By');
  });

  it('rejects more tags than AKS propagates', () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`tag-${i}`, 'x']));
    expect(() => withUserTags(many, tagsOf())).toThrow(ActionError);
    expect(() => withUserTags(many, tagsOf())).toThrow('the total is 16');
  });
});
