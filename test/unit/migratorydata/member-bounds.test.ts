import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasCode } from '../../../src/errors/action-error.js';
import { allowedDisruptions, checkScaleSteps, surgePossible } from '../../../src/migratorydata/member-bounds.js';
import { defaults } from './samples.js';

describe('allowedDisruptions', () => {
  const keepsThree = { spec: { minAvailable: 3 } };
  const losesOne = { spec: { maxUnavailable: 1 } };

  it.each([
    { healthy: 3, minAvailable: 0, maxUnavailable: 1 },
    { healthy: 4, minAvailable: 1, maxUnavailable: 1 },
    { healthy: 5, minAvailable: 2, maxUnavailable: 1 },
    { healthy: 2, minAvailable: 0, maxUnavailable: 1 },
  ])('with $healthy of as many members', ({ healthy, minAvailable, maxUnavailable }) => {
    expect(allowedDisruptions(keepsThree, healthy)).toBe(minAvailable);
    expect(allowedDisruptions(losesOne, healthy)).toBe(maxUnavailable);
  });

  it('is reduced by a member that is not Ready', () => {
    expect(allowedDisruptions(losesOne, 2, 3)).toBe(0);
    expect(allowedDisruptions(keepsThree, 4, 5)).toBe(1);
  });

  it('rounds percentages of the expected members up', () => {
    expect(allowedDisruptions({ spec: { minAvailable: '50%' } }, 5)).toBe(2);
    expect(allowedDisruptions({ spec: { maxUnavailable: '25%' } }, 5)).toBe(2);
    expect(allowedDisruptions({ spec: { maxUnavailable: '100%' } }, 3)).toBe(3);
  });

  it('is 0 without members', () => {
    expect(allowedDisruptions(losesOne, 0)).toBe(0);
  });

  it('never leaves fewer members than the budget keeps', () => {
    fc.assert(
      fc.property(fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.integer({ min: 1, max: 20 }), (healthy, down, least) => {
        const allowed = allowedDisruptions({ spec: { minAvailable: least } }, healthy, healthy + down);
        expect(allowed).toBeGreaterThanOrEqual(0);
        if (allowed > 0) expect(healthy - allowed).toBe(least);
      }),
    );
  });
});

describe('surgePossible', () => {
  it('is true up to the maximum number of members', () => {
    expect([3, 4, 5, 6].map(replicas => surgePossible(defaults, replicas))).toEqual([true, true, false, false]);
  });
});

describe('checkScaleSteps', () => {
  const refusalOf = (steps: readonly number[]): string => {
    try {
      checkScaleSteps(defaults, steps);
      return '';
    } catch (error) {
      if (!hasCode(error, 'scale-out-of-bounds')) throw error;
      return error.message;
    }
  };

  it('allows numbers from the minimum to the maximum', () => {
    expect(refusalOf([5, 4, 3])).toBe('');
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 15 }), step => {
        expect(refusalOf([step]) === '').toBe(step >= defaults.minReplicas && step <= defaults.maxReplicas);
      }),
    );
  });

  it('reports all rejected numbers, with the maximum and the disruption budget', () => {
    const refusal = refusalOf([6, 4, 2]);
    expect(refusal).toContain('6 members are more than 5, the maximum number of members (max-replicas)');
    expect(refusal).toContain('2 members are fewer than 3, the minimum that the disruption budget keeps available');
    expect(refusal).toContain('3 seed members');
  });

  it('allows only integers', () => {
    expect(refusalOf([3.5])).toContain('3.5 is not a number of members');
  });
});
