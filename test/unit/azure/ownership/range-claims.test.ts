import { describe, expect, it } from '@jest/globals';
import {
  claimKey,
  claimsIn,
  isOfOtherAttempt,
  isOver,
  type RangeState,
  type RangeUse,
  withClaim,
  withoutClaims,
} from '../../../../src/azure/ownership/range-claims.js';
import type { Tags } from '../../../../src/azure/ownership/tags.js';

const now = new Date(Date.UTC(2026, 0, 1));
const nowSeconds = now.getTime() / 1000;
const [user, ours, theirs] = ['203.0.113.0/24', '198.51.100.7/32', '198.51.100.9/32'];
const [holder, former, other] = ['acme/shop/4711/check-0/2', 'acme/shop/4711/check-0/1', 'acme/shop/4711/check-1/1'];
const use: RangeUse = { holder, range: ours, stepMs: 3_600_000 };

/** The tag of a claim that ends some seconds after now. */
function claim(who: string, range: string, seconds: number): Tags {
  return { [claimKey(who)]: `${range}_${nowSeconds + seconds}_${who}` };
}

function state(authorizedRanges: readonly string[], tags: Tags = {}): RangeState {
  return { authorizedRanges, tags: { team: 'shop', ...tags } };
}

/** What a step of an hour writes: it may be in a job of six hours. */
const written = claim(holder, ours, 7 * 3600);

describe('withClaim', () => {
  it.each([
    ['adds a range and its claim', state([user]), state([user, ours], written)],
    ['adds nothing if everyone may connect', state([]), undefined],
    ['leaves a range of the user as it is', state([user, ours]), undefined],
    [
      'claims a range that another runner has added, so that it stays when that one ends',
      state([user, ours], claim(other, ours, 600)),
      state([user, ours], { ...claim(other, ours, 600), ...written }),
    ],
    [
      'keeps the range of another runner',
      state([user, theirs], claim(other, theirs, 1)),
      state([user, theirs, ours], { ...claim(other, theirs, 1), ...written }),
    ],
    [
      'removes the range of a lost runner',
      state([user, theirs], claim(other, theirs, -1)),
      state([user, ours], written),
    ],
    [
      'removes what a former attempt of the same job has left',
      state([user, theirs], claim(former, theirs, 9999)),
      state([user, ours], written),
    ],
    ['uses the claim of an earlier step', state([user, ours], claim(holder, ours, 2 * 3600)), undefined],
    [
      'renews a claim of an earlier step that could end before this one',
      state([user, ours], claim(holder, ours, 3600)),
      state([user, ours], written),
    ],
    [
      'adds a range that has only its claim',
      state([user], claim(holder, ours, 2 * 3600)),
      state([user, ours], written),
    ],
  ])('%s', (_, before, after) => {
    expect(withClaim(before, use, now)).toEqual(after);
  });
});

describe('withoutClaims', () => {
  const isOurs = ({ key }: { readonly key: string }): boolean => key === claimKey(holder);

  it.each([
    ['removes the range with the claim', state([user, ours], written), state([user])],
    ['keeps a range whose claim someone has removed, because it may be theirs', state([user, ours]), undefined],
    [
      'keeps a range that another runner claims',
      state([user, ours], { ...written, ...claim(other, ours, 60) }),
      state([user, ours], claim(other, ours, 60)),
    ],
    ['never removes the last range, which would open the API to everyone', state([ours], written), undefined],
    ['removes nothing that is gone', state([user]), undefined],
  ])('%s', (_, before, after) => {
    expect(withoutClaims(before, isOurs)).toEqual(after);
  });
});

describe('isOfOtherAttempt', () => {
  it.each([
    ['a former attempt', former, true],
    ['the same attempt, whose earlier step may still use it', holder, false],
    ['another job of the run', other, false],
    ['another run', 'acme/shop/4712/check-0/1', false],
    ['a claim without an attempt', 'acme/shop/4711/check-0', false],
  ])('judges %s', (_, who, expected) => {
    const [found] = claimsIn(claim(who, theirs, 60));
    expect(found && isOfOtherAttempt(found, holder)).toBe(expected);
  });
});

describe('claimsIn', () => {
  it('reads the claim that withClaim writes, whatever the case of its key', () => {
    const tags = withClaim(state([user]), use, now)?.tags ?? {};
    const [key = ''] = Object.keys(written);
    expect(claimsIn(tags)).toEqual([{ key, range: ours, until: nowSeconds + 7 * 3600, holder }]);
    expect(claimsIn({ [key.toUpperCase()]: written[key] ?? '' })).toEqual(claimsIn(tags));
  });

  it('says that a claim is over after its time', () => {
    const [found] = claimsIn(written);
    expect(found && isOver(found, new Date(now.getTime() + 7 * 3_600_000))).toBe(false);
    expect(found && isOver(found, new Date(now.getTime() + 7 * 3_600_000 + 1_000))).toBe(true);
  });

  // Anyone who may write tags can write these.
  it.each([
    `0.0.0.0/0_1000000000_${holder}`,
    `203.0.113.0/24_1000000000_${holder}`,
    `999.1.1.1/32_1000000000_${holder}`,
    `198.51.100.7_1000000000_${holder}`,
    `198.51.100.7/32_1_${holder}`,
    `198.51.100.7/32,0.0.0.0/0_1000000000_${holder}`,
    `198.51.100.7/32_1000000000_a b`,
    '198.51.100.7/32_1000000000_',
    '',
  ])('ignores %j', value => {
    expect(claimsIn({ [claimKey(holder)]: value })).toEqual([]);
    expect(claimsIn({ team: `198.51.100.7/32_1000000000_${holder}` })).toEqual([]);
  });
});
