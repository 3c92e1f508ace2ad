import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/kubernetes/diagnose.js';
import { createDoubleCheck } from '../../../src/kubernetes/double-check.js';

const finding = (key: string, sighting: string, persistMs = 3_000): Finding => ({
  code: 'image-pull',
  message: key,
  key,
  sighting,
  persistMs,
});

describe('double check', () => {
  it('does not believe what is seen for the first time, and says when to look again', () => {
    const check = createDoubleCheck();
    expect(check.examine([finding('a', 'ErrImagePull 0'), finding('b', '1', 1_000)], 0)).toEqual({ recheckMs: 1_000 });
  });

  it('believes what happens once more', () => {
    const check = createDoubleCheck();
    check.examine([finding('a', 'ErrImagePull 0')], 0);
    const second = finding('a', 'ImagePullBackOff 0');
    expect(check.examine([second], 10)).toEqual({ confirmed: second });
  });

  it('believes what lasts', () => {
    const check = createDoubleCheck();
    const lasting = finding('a', '1');
    check.examine([lasting], 0);
    expect(check.examine([lasting], 2_000)).toEqual({ recheckMs: 1_000 });
    expect(check.examine([lasting], 3_000)).toEqual({ confirmed: lasting });
  });

  it('has nothing to look at again when all is well', () => {
    const check = createDoubleCheck();
    check.examine([finding('a', '1')], 0);
    expect(check.examine([], 5_000)).toEqual({});
  });
});
