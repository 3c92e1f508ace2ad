import { describe, expect, it } from '@jest/globals';
import type { PodDisruptionBudget } from '../../../src/kubernetes/api/types.js';
import { liveMinReplicasOf } from '../../../src/migratorydata/live-budget.js';

describe('the least number of members', () => {
  it.each([
    [{ minAvailable: 2 }, { minReplicas: 2, disruptionBudget: 'min-available' }],
    [{ maxUnavailable: 1 }, { disruptionBudget: 'max-unavailable' }],
    [{ minAvailable: '50%' }, {}],
  ])('of a budget with %j is known as %j', (spec, known) => {
    expect(liveMinReplicasOf({ spec } as PodDisruptionBudget)).toEqual(known);
  });

  it('is unknown without a budget', () => {
    expect(liveMinReplicasOf(undefined)).toEqual({});
  });
});
