import { describe, expect, it } from '@jest/globals';
import { pauseBeforeRetry } from '../../../../src/azure/arm/retries.js';
import type { Effect } from '../../../../src/azure/effect.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import type { ErrorCode } from '../../../../src/errors/catalogue.js';

function pause(code: ErrorCode, tries = 1, effect: Effect = 'read', elapsedMs = 0, evidence = ''): number | undefined {
  return pauseBeforeRetry({ error: new ActionError(code, 'x', { evidence }), effect, tries, elapsedMs, chance: 0 });
}

describe('pauseBeforeRetry', () => {
  it('doubles the pause while throttled, up to a minute, and gives up after six tries', () => {
    const pauses = [1, 2, 3, 4, 5, 6].map(tries => pause('azure-throttled', tries));
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, undefined]);
  });

  it('waits as long as Azure requests', () => {
    expect(pause('azure-throttled', 1, 'read', 0, 'please retry again in 55 seconds')).toBe(55_000);
  });

  it('prefers the header to the text, also for a busy resource', () => {
    const error = (code: ErrorCode) => new ActionError(code, 'x', { evidence: 'retry again in 55 seconds' });
    const failure = { effect: 'idempotent', tries: 1, elapsedMs: 0, requestedMs: 120_000, chance: 0 } as const;
    expect(pauseBeforeRetry({ ...failure, error: error('azure-throttled') })).toBe(120_000);
    expect(pauseBeforeRetry({ ...failure, error: error('azure-busy') })).toBe(120_000);
  });

  it('retries soon after a lost connection, and gives up after four tries', () => {
    expect([1, 2, 3, 4].map(tries => pause('azure-unavailable', tries))).toEqual([1_000, 5_000, 15_000, undefined]);
  });

  it('spreads the pauses of parallel jobs', () => {
    const error = new ActionError('azure-throttled', 'x');
    expect(pauseBeforeRetry({ error, effect: 'read', tries: 1, elapsedMs: 0, chance: 1 })).toBe(6_000);
  });

  it('retries soon and then every ten seconds, for twenty minutes, while another operation is in progress', () => {
    expect([1, 2, 3, 4].map(tries => pause('azure-busy', tries, 'idempotent'))).toEqual([1_000, 2_000, 5_000, 10_000]);
    expect(pause('azure-busy', 30, 'idempotent', 19 * 60_000)).toBe(10_000);
    expect(pause('azure-busy', 40, 'idempotent', 20 * 60_000)).toBeUndefined();
  });

  it('never retries a creation whose lost request may have taken effect', () => {
    for (const code of ['azure-busy', 'azure-unavailable', 'command-timeout'] as const) {
      expect(pause(code, 1, 'guarded')).toBeUndefined();
      expect(pause(code, 1, 'idempotent')).toBeDefined();
    }
  });

  it('waits for a new role assignment, for the creation only', () => {
    expect([1, 2, 3].map(tries => pause('azure-forbidden', tries, 'guarded'))).toEqual([15_000, 30_000, undefined]);
    expect(pause('azure-forbidden', 1, 'read')).toBeUndefined();
  });

  it.each([
    'azure-quota',
    'azure-capacity',
    'azure-policy',
    'azure-invalid',
    'cluster-exists',
    'azure-locked',
  ] as const)('never retries %s', code => {
    expect(pause(code, 1, 'idempotent')).toBeUndefined();
  });
});
