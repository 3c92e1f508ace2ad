import { describe, expect, it } from '@jest/globals';
import { type BudgetState, planDrain } from '../../../src/chaos/drain-plan.js';
import type { WhenBlocked } from '../../../src/chaos/settings.js';

const blocked: BudgetState = { mode: 'surge', allowedDisruptions: 0, replicas: 3, maxReplicas: 5 };

describe('planDrain', () => {
  it.each([
    ['evicts when the budget allows it', { allowedDisruptions: 1, replicas: 4 }, { kind: 'evict' }],
    ['evicts when there is no budget', { allowedDisruptions: undefined }, { kind: 'evict' }],
    ['evicts in mode fail when nothing blocks', { mode: 'fail', allowedDisruptions: 2 }, { kind: 'evict' }],
    ['adds a member when blocked', {}, { kind: 'surge', replicas: 4 }],
    ['adds the last possible member', { replicas: 4 }, { kind: 'surge', replicas: 5 }],
    ['tries one eviction in mode expect-blocked', { mode: 'expect-blocked' }, { kind: 'expect-blocked' }],
    ['ignores the budget in mode bypass', { mode: 'bypass', allowedDisruptions: 1 }, { kind: 'bypass' }],
  ] as [string, Partial<BudgetState>, unknown][])('%s', (_what, state, plan) => {
    expect(planDrain({ ...blocked, ...state })).toEqual(plan);
  });

  it.each([
    ['surge', ['surge', 'evict', 'evict']],
    ['fail', ['throws', 'evict', 'evict']],
    ['expect-blocked', ['expect-blocked', 'expect-blocked', 'expect-blocked']],
    ['bypass', ['bypass', 'bypass', 'bypass']],
  ] as [WhenBlocked, string[]][])('in mode %s, with 3, 4 and 5 members of which 3 must stay: %j', (mode, plans) => {
    const planOf = (allowedDisruptions: number): string => {
      try {
        return planDrain({ ...blocked, mode, allowedDisruptions, replicas: 3 + allowedDisruptions }).kind;
      } catch {
        return 'throws';
      }
    };
    expect([0, 1, 2].map(planOf)).toEqual(plans);
  });

  it.each([
    ['fail', { mode: 'fail' }, 'and when-blocked is fail'],
    ['surge at the maximum', { replicas: 5 }, '5 is the maximum number of members'],
  ] as [string, Partial<BudgetState>, string][])('throws disruption-blocked in mode %s', (_what, state, reason) => {
    expect(() => planDrain({ ...blocked, ...state })).toThrow(reason);
  });
});
