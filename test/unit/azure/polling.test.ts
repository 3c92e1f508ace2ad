import { describe, expect, it } from '@jest/globals';
import { pollPauseMs, pollUntil, waitUntilGone } from '../../../src/azure/polling.js';
import { ActionError } from '../../../src/errors/action-error.js';
import { ManualClock } from '../fakes.js';
import { rejection } from './fixtures.js';

const { signal } = new AbortController();

describe('the pace of looking', () => {
  it.each([
    [0, 2_000],
    [12_000, 2_000],
    [60_000, 10_000],
    [180_000, 30_000],
    [1_200_000, 30_000],
  ])('after %i ms waits %i ms', (elapsedMs, pauseMs) => {
    expect(pollPauseMs(elapsedMs)).toBe(pauseMs);
  });

  it('costs about thirty looks for a creation of six minutes', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const look = (): Promise<true | undefined> => {
      looks += 1;
      return Promise.resolve(clock.now() >= 6 * 60_000 ? true : undefined);
    };
    await pollUntil(
      { clock, signal },
      { look, deadlineMs: 1e9, onDeadline: () => new ActionError('timed-out', 'late') },
    );
    expect(looks).toBeGreaterThan(20);
    expect(looks).toBeLessThan(35);
  });
});

describe('pollUntil', () => {
  const late = (last?: ActionError): ActionError => new ActionError('timed-out', `late ${last?.message ?? ''}`.trim());

  it('looks once more at the deadline, and then gives up with the last transient error', async () => {
    const clock = new ManualClock();
    const look = (): Promise<undefined> => Promise.reject(new ActionError('azure-unavailable', 'no answer'));
    const error = await rejection(pollUntil({ clock, signal }, { look, deadlineMs: 5_000, onDeadline: late }));
    expect(error).toMatchObject({ message: 'late no answer' });
    expect(clock.now()).toBe(5_000);
  });

  it('does not wait through an error that will not pass', async () => {
    const clock = new ManualClock();
    const look = (): Promise<undefined> => Promise.reject(new ActionError('azure-forbidden', 'no'));
    expect(await rejection(pollUntil({ clock, signal }, { look, deadlineMs: 5_000, onDeadline: late }))).toMatchObject({
      message: 'no',
    });
    expect(clock.now()).toBe(0);
  });

  it('ends a wait for a deletion when nothing is found any more', async () => {
    const clock = new ManualClock();
    const seen = ['there', 'there', undefined];
    await waitUntilGone({ clock, signal }, 'group', 60_000, () => Promise.resolve(seen.shift()));
    expect(clock.now()).toBe(4_000);
  });
});
