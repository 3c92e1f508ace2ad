import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/kubernetes/diagnose.js';
import { createFindingConfirmation } from '../../../src/kubernetes/finding-confirmation.js';

const finding = (key: string, sighting: string, persistMs = 3_000): Finding => ({
  code: 'image-pull',
  message: key,
  key,
  sighting,
  persistMs,
});

/** One that repetition does not prove. */
const lasting = (key: string, persistMs: number): Finding => ({ code: 'unschedulable', message: key, key, persistMs });

describe('double check', () => {
  it('does not believe what is seen for the first time, and says when to look again', () => {
    const check = createFindingConfirmation();
    expect(check.examine([finding('a', 'ErrImagePull 0'), finding('b', '1', 1_000)], 0)).toEqual({ recheckMs: 1_000 });
  });

  it('believes what happens once more', () => {
    const check = createFindingConfirmation();
    check.examine([finding('a', 'ErrImagePull 0')], 0);
    const second = finding('a', 'ImagePullBackOff 0');
    expect(check.examine([second], 10)).toEqual({ confirmed: second });
  });

  it('believes what lasts', () => {
    const check = createFindingConfirmation();
    const same = finding('a', '1');
    check.examine([same], 0);
    expect(check.examine([same], 2_000)).toEqual({ recheckMs: 1_000 });
    expect(check.examine([same], 3_000)).toEqual({ confirmed: same });
  });

  it('does not believe what only happens again where repetition proves nothing', () => {
    const check = createFindingConfirmation();
    const place = lasting('place', 10_000);
    check.examine([place], 0);
    expect(check.examine([place], 400)).toEqual({ recheckMs: 9_600 });
    // It had passed: what follows is another trouble.
    check.examine([], 5_000);
    expect(check.examine([place], 12_000)).toEqual({ recheckMs: 10_000 });
    expect(check.examine([place], 22_000)).toEqual({ confirmed: place });
  });

  it('believes events when their stamps are far enough apart, however long they are seen', () => {
    const check = createFindingConfirmation();
    const told = (lastedMs: number): Finding => ({ ...lasting('create', 8_000), lastedMs });
    check.examine([told(0)], 0);
    expect(check.examine([told(400)], 400)).toEqual({});
    expect(check.examine([told(400)], 60_000)).toEqual({});
    expect(check.examine([told(8_000)], 60_010)).toEqual({ confirmed: told(8_000) });
  });

  it('has nothing to look at again when all is well', () => {
    const check = createFindingConfirmation();
    check.examine([finding('a', '1')], 0);
    expect(check.examine([], 5_000)).toEqual({});
  });
});
