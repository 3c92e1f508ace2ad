import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../../src/kubernetes/rollout/diagnose.js';
import { createFindingConfirmation } from '../../../../src/kubernetes/rollout/finding-confirmation.js';

const finding = (key: string, sighting: string, persistMs = 3_000): Finding => ({
  code: 'image-pull',
  message: key,
  key,
  sighting,
  persistMs,
});

/** A finding that a repetition does not confirm. */
const lasting = (key: string, persistMs: number): Finding => ({ code: 'unschedulable', message: key, key, persistMs });

describe('createFindingConfirmation', () => {
  it('does not confirm a first occurrence, and returns when to check again', () => {
    const check = createFindingConfirmation();
    expect(check.examine([finding('a', 'ErrImagePull 0'), finding('b', '1', 1_000)], 0)).toEqual({ recheckMs: 1_000 });
  });

  it('confirms what occurs again', () => {
    const check = createFindingConfirmation();
    check.examine([finding('a', 'ErrImagePull 0')], 0);
    const second = finding('a', 'ImagePullBackOff 0');
    expect(check.examine([second], 10)).toEqual({ confirmed: second });
  });

  it('waits for nothing but the repetition of what only that confirms', () => {
    const check = createFindingConfirmation();
    expect(check.examine([finding('probe', '1', Infinity)], 0)).toEqual({});
    expect(check.examine([finding('probe', '1', Infinity)], 100_000)).toEqual({});
    const second = finding('probe', '2', Infinity);
    expect(check.examine([second], 100_010)).toEqual({ confirmed: second });
  });

  it('confirms what lasts', () => {
    const check = createFindingConfirmation();
    const same = finding('a', '1');
    check.examine([same], 0);
    expect(check.examine([same], 2_000)).toEqual({ recheckMs: 1_000 });
    expect(check.examine([same], 3_000)).toEqual({ confirmed: same });
  });

  it('does not confirm a repetition of a finding that must last', () => {
    const check = createFindingConfirmation();
    const place = lasting('place', 10_000);
    check.examine([place], 0);
    expect(check.examine([place], 400)).toEqual({ recheckMs: 9_600 });
    // The first problem was resolved: this is another one.
    check.examine([], 5_000);
    expect(check.examine([place], 12_000)).toEqual({ recheckMs: 10_000 });
    expect(check.examine([place], 22_000)).toEqual({ confirmed: place });
  });

  it('confirms events by their timestamps, regardless of the observation time', () => {
    const check = createFindingConfirmation();
    const fromEvents = (lastedMs: number): Finding => ({ ...lasting('create', 8_000), lastedMs });
    check.examine([fromEvents(0)], 0);
    expect(check.examine([fromEvents(400)], 400)).toEqual({});
    expect(check.examine([fromEvents(400)], 60_000)).toEqual({});
    expect(check.examine([fromEvents(8_000)], 60_010)).toEqual({ confirmed: fromEvents(8_000) });
  });

  it('requests no further check without findings', () => {
    const check = createFindingConfirmation();
    check.examine([finding('a', '1')], 0);
    expect(check.examine([], 5_000)).toEqual({});
  });
});
