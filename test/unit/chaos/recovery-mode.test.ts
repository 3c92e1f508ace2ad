import { describe, expect, it } from '@jest/globals';
import type { RecoveryMode, Fault } from '../../../src/chaos/experiment.js';
import { recoveryGoal, interference } from '../../../src/chaos/recovery-mode.js';
import type { Pod } from '../../../src/kubernetes/api/types.js';
import { podOf } from '../kubernetes/samples.js';

const faultWith = (mode: RecoveryMode): Fault => ({ recoveryMode: () => mode }) as Fault;
const withContainer = (containerID: string, uid?: string): Pod =>
  podOf(1, { containers: [{ containerID }], ...(uid === undefined ? {} : { uid }) });

describe('the recovery mode', () => {
  it('requires other pods, other containers, or only Ready members', () => {
    const before = [withContainer('old')];
    expect(recoveryGoal(faultWith('replaced'), before)).toEqual({ gone: ['uid-1'] });
    expect(recoveryGoal(faultWith('restarted'), before)).toEqual({ restarted: before });
    expect(recoveryGoal(faultWith('untouched'), before)).toEqual({});
  });

  it.each([
    ['has other containers', withContainer('new')],
    ['is another pod', withContainer('other', 'uid-new')],
  ])('untouched reports a member that %s', (_, now) => {
    const proof = interference(faultWith('untouched'), [withContainer('old')], [podOf(0), now]);
    expect(proof).toEqual({ confirmed: false, detail: expect.stringMatching(/^migratorydata-1 was restarted/) });
  });

  it('reports nothing for an unchanged member, or when members must change', () => {
    const before = [withContainer('old')];
    expect(interference(faultWith('untouched'), before, [podOf(0), withContainer('old')])).toBeUndefined();
    expect(interference(faultWith('replaced'), before, [withContainer('new')])).toBeUndefined();
  });
});
