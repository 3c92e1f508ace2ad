import { describe, expect, it } from '@jest/globals';
import { worstOf } from '../../../src/chaos/verdict.js';

describe('worstOf', () => {
  it.each([
    [['pass', 'pass'], 'pass'],
    [['pass', 'skipped'], 'pass'],
    [['skipped'], 'skipped'],
    [['pass', 'inconclusive'], 'inconclusive'],
    [['inconclusive', 'aborted'], 'aborted'],
    [['fail', 'aborted', 'pass'], 'fail'],
    [[], 'skipped'],
  ] as const)('of %j is %s', (verdicts, worst) => {
    expect(worstOf(verdicts)).toBe(worst);
  });
});
