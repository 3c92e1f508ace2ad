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

const common = {
  ...{ attempts: [attempt(500), attempt(4_000), attempt(4_200)], targets: ['a'] },
  ...{ injectedMs: 1_000, faultMs: 1_000, revertedMs: 3_000, needsRevert: false },
};

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
      ...{ answeringMs: 3_200, recoveryMs: 3_200, recoveryFrom: 'fault' },
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

  it('counts the recovery from the revert if only that brings the members back, and from the fault if it came before', () => {
    const happened = { ...common, transitions: [], endpoints: [], affected: [], replaced: false, needsRevert: true };
    expect(milestonesOf({ ...happened, recoveredMs: 4_200 })).toMatchObject({
      recoveryMs: 1_200,
      recoveryFrom: 'revert',
    });
    expect(milestonesOf({ ...happened, recoveredMs: 2_500 })).toMatchObject({
      recoveryMs: 1_500,
      recoveryFrom: 'fault',
    });
  });

  it('counts from when the fault took effect, and sees what changed since the injection began', () => {
    const transitions = [member(0, 'ready', 'old', 'a'), member(1_400, 'terminating', 'old', 'a')];
    const happened = { ...common, transitions, endpoints: [], recoveredMs: 2_000, affected: ['old'], replaced: true };
    expect(milestonesOf({ ...happened, faultMs: 1_500 })).toMatchObject({ evictionMs: 0, recoveryMs: 500 });
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
