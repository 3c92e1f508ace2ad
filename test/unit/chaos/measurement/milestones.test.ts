import { describe, expect, it } from '@jest/globals';
import { lanesOf, type Transition } from '../../../../src/chaos/measurement/lanes.js';
import { milestonesOf } from '../../../../src/chaos/measurement/milestones.js';

const member = (atMs: number, state: Transition['state'], uid: string, node: string): Transition => ({
  ...{ kind: 'member', name: 'migratorydata-0', atMs, state, uid, node },
});
const node = (atMs: number, state: Transition['state']): Transition => ({
  ...{ kind: 'node', name: 'a', atMs, state, uid: 'node', node: '' },
});
const attempt = (atMs: number, ok = true) => ({ atMs, ms: 3, ok, failure: '', local: false });

const common = { attempts: [attempt(500), attempt(4_000), attempt(4_200)], injectedMs: 1_000, targets: ['a'] };

describe('milestonesOf', () => {
  it('follows a member that is replaced on another node', () => {
    const transitions = [
      ...[node(0, 'ready'), member(0, 'ready', 'old', 'a'), node(1_500, 'not-ready')],
      ...[member(2_000, 'terminating', 'old', 'a'), member(2_500, 'pending', 'new', '')],
      ...[member(2_600, 'not-ready', 'new', 'b'), member(4_000, 'ready', 'new', 'b')],
    ];
    const endpoints = [
      { atMs: 0, uids: ['old'] },
      { atMs: 1_200, uids: [] },
      { atMs: 4_100, uids: ['new'] },
    ];
    const happened = { ...common, transitions, endpoints, recoveredMs: 4_200, affected: ['old'], replaced: true };
    expect(milestonesOf(happened)).toEqual({
      ...{ detectionMs: 200, evictionMs: 1_000, rescheduledMs: 1_600, readyMs: 3_000 },
      ...{ answeringMs: 3_200, recoveryMs: 3_200 },
    });
  });

  it('follows a member that comes back as the same pod', () => {
    const transitions = [
      ...[
        member(0, 'ready', 'same', 'a'),
        member(2_000, 'not-ready', 'same', 'a'),
        member(3_000, 'ready', 'same', 'a'),
      ],
    ];
    const endpoints = [
      { atMs: 0, uids: ['same'] },
      { atMs: 2_000, uids: [] },
      { atMs: 3_100, uids: ['same'] },
    ];
    const happened = { ...common, transitions, endpoints, recoveredMs: 4_000, affected: ['same'], replaced: false };
    expect(milestonesOf(happened)).toMatchObject({ rescheduledMs: null, readyMs: 2_000, answeringMs: 3_000 });
  });

  it('counts as recovered only when the replacement has answered', () => {
    const transitions = [
      ...[
        member(0, 'ready', 'same', 'a'),
        member(1_500, 'not-ready', 'same', 'a'),
        member(3_000, 'ready', 'same', 'a'),
      ],
    ];
    const endpoints = [
      { atMs: 2_000, uids: [] },
      { atMs: 3_500, uids: ['same'] },
    ];
    const happened = { ...common, transitions, endpoints, recoveredMs: 3_100, affected: ['same'], replaced: false };
    const { answeringMs, recoveryMs } = milestonesOf(happened);
    expect(answeringMs).toBeGreaterThan(2_100);
    expect(recoveryMs).toBe(answeringMs);
  });

  it('returns null, and not 0, for what was not observed', () => {
    const happened = {
      ...common,
      transitions: [],
      endpoints: [],
      recoveredMs: undefined,
      affected: [],
      replaced: true,
    };
    expect(new Set(Object.values(milestonesOf(happened)))).toEqual(new Set([null]));
  });
});

describe('lanesOf', () => {
  it('merges equal states, and ends the last state with the timeline', () => {
    const transitions = [member(0, 'ready', 'x', 'a'), member(500, 'ready', 'x', 'a'), member(900, 'ready', 'y', 'b')];
    const [lane] = lanesOf(transitions, 2_000, ['a']);
    expect(lane).toMatchObject({
      ...{ kind: 'member', target: false },
      states: [
        { state: 'ready', fromMs: 0, toMs: 900, uid: 'x', node: 'a' },
        { state: 'ready', fromMs: 900, toMs: 2_000, uid: 'y', node: 'b' },
      ],
    });
    expect(lanesOf([node(0, 'ready')], 1, ['a'])[0]?.target).toBe(true);
  });
});
