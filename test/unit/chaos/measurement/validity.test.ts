import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../../../../src/chaos/measurement/attempt-series.js';
import { validityIssues } from '../../../../src/chaos/measurement/validity.js';

/** One attempt per second; those in the list fail. */
const series = (failed: readonly number[], local = false): readonly Attempt[] =>
  Array.from({ length: 60 }, (_, second) => {
    const ok = !failed.includes(second);
    return { atMs: second * 1_000, ms: 1, ok, failure: ok ? '' : 'ECONNRESET', local: !ok && local };
  });

const issuesOf = (attempts: readonly Attempt[], others: readonly (readonly Attempt[])[], failed: readonly number[]) =>
  validityIssues({
    ...{ attempts, others, controls: series(failed), gaps: [], lateMs: 0, intervalMs: 1_000 },
    window: { fromMs: 10_000, toMs: 60_000 },
  });

const runner = ['new connections to the API server failed at the same time, so the runner may be the cause'];

describe('the control', () => {
  it.each([
    ['connections', [20, 21], [], [21], runner],
    ['messages only', [], [30], [30], runner],
    ['connections, at another time', [20], [], [40], []],
    ['nothing else', [], [], [40], []],
    ['connections, before the fault only', [5], [], [5], []],
    ['connections, but it has never succeeded', [20], [], Array.from({ length: 60 }, (_, second) => second), []],
  ])('fails together with %s', (_what, connections, messages, control, issues) => {
    expect(issuesOf(series(connections), [series([]), series(messages)], control)).toEqual(issues);
  });

  it('is not needed for messages that fail on the runner itself', () => {
    expect(issuesOf(series([]), [series([20], true)], [])).toEqual([
      '1 attempts failed on the runner itself (ECONNRESET)',
    ]);
  });
});
