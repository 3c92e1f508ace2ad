import { describe, expect, it } from '@jest/globals';
import type { Transition } from '../../../../src/chaos/measurement/lanes.js';
import { countReady, readySpans } from '../../../../src/chaos/measurement/ready-members.js';
import { findServiceRecovery } from '../../../../src/chaos/measurement/service-recovery.js';

const member = (name: string, atMs: number, state: Transition['state']): Transition => ({
  ...{ kind: 'member', name, atMs, state, uid: 'x', node: 'a' },
});
const three = ['m-0', 'm-1', 'm-2'].map(name => member(name, 0, 'ready'));
/** One member leaves at 2 s and is back at 24 s. */
const replaced = [...three, member('m-1', 2_000, 'terminating'), member('m-1', 24_000, 'ready')];

/** Attempts at each interval; those within one of the spans fail. */
const attemptsWith = (failing: readonly (readonly [number, number])[] = [], intervalMs = 200) =>
  Array.from({ length: 60_000 / intervalMs }, (_, index) => {
    const atMs = index * intervalMs;
    const ok = !failing.some(([fromMs, toMs]) => atMs >= fromMs && atMs < toMs);
    return { atMs, ms: 5, ok, failure: '', local: false };
  });

describe('findServiceRecovery', () => {
  const find = (
    series: Parameters<typeof findServiceRecovery>[0]['series'],
    transitions: readonly Transition[] = three,
    untilMs = 60_000,
  ) => findServiceRecovery({ series, transitions, members: 3, faultMs: 1_000, untilMs }, 30_000);

  it('is when clients succeed again, however long the fault is held after that', () => {
    expect(find([attemptsWith([[1_000, 2_600]])])).toBe(2_600);
  });

  it('is when as many members as before are Ready, even if no client failed', () => {
    expect(find([attemptsWith()], replaced)).toBe(24_000);
  });

  it('is not before a member is replaced whose node is gone, although its pod says that it is Ready', () => {
    const nodeGone: Transition = { kind: 'node', name: 'b', atMs: 1_100, state: 'absent', uid: '', node: '' };
    const lost = { ...member('m-1', 0, 'ready'), node: 'b' };
    const transitions = [member('m-0', 0, 'ready'), lost, member('m-2', 0, 'ready'), nodeGone];
    expect(find([attemptsWith()], transitions)).toBeUndefined();
    expect(find([attemptsWith()], [...transitions, member('m-1', 24_000, 'ready')])).toBe(24_000);
  });

  it('is when the last of several series succeeds again', () => {
    const reads = attemptsWith([[4_000, 9_000]], 1_000);
    expect(find([attemptsWith([[1_000, 2_600]]), attemptsWith(), reads])).toBe(9_000);
  });

  it('is after the last failure, and not during a pause between two', () => {
    const strays = [
      [1_000, 1_200],
      [28_000, 28_200],
    ] as const;
    expect(find([attemptsWith(strays)])).toBe(28_200);
  });

  it('is the fault itself when nothing failed and every member stayed Ready', () => {
    expect(find([attemptsWith([[0, 800]])])).toBe(1_000);
  });

  it.each([
    ['the last attempt failed', [attemptsWith([[59_000, 60_000]])], three, 60_000],
    ['it has not lasted for the steady time', [attemptsWith([[30_000, 30_200]])], three, 60_000],
    ['members are missing', [attemptsWith()], replaced.slice(0, -1), 60_000],
    ['members are only Ready later', [attemptsWith()], replaced, 23_000],
  ])('is unknown when %s', (_, series, transitions, untilMs) => {
    expect(find(series, transitions, untilMs)).toBeUndefined();
  });
});

describe('the Ready members', () => {
  it('are counted at a time', () => {
    expect([0, 2_000, 23_999, 24_000].map(atMs => countReady(replaced, atMs))).toEqual([3, 2, 2, 3]);
  });

  it('are all there in some spans', () => {
    expect(readySpans(replaced, 3, 60_000)).toEqual([
      { fromMs: 0, toMs: 2_000 },
      { fromMs: 24_000, toMs: 60_000 },
    ]);
    expect(readySpans(replaced, 4, 60_000)).toEqual([]);
  });
});
