import { describe, expect, it } from '@jest/globals';
import { pollPauseMs, pollUntil, waitUntilGone } from '../../../../src/azure/arm/polling.js';
import { ActionError } from '../../../../src/errors/action-error.js';
import { ManualClock } from '../../fakes.js';
import { rejection } from '../fixtures.js';

const { signal } = new AbortController();

describe('pollPauseMs', () => {
  it.each([
    [0, 500],
    [3_000, 500],
    [12_000, 2_000],
    [60_000, 10_000],
    [180_000, 30_000],
    [1_200_000, 30_000],
  ])('after %i ms returns %i ms', (elapsedMs, pauseMs) => {
    expect(pollPauseMs(elapsedMs)).toBe(pauseMs);
  });

  it('results in about forty polls for a creation of six minutes', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const look = (): Promise<true | undefined> => {
      looks += 1;
      return Promise.resolve(clock.now() >= 6 * 60_000 ? true : undefined);
    };
    await pollUntil(
      { clock, signal },
      { look, deadlineMs: 1e9, onDeadline: () => new ActionError('timed-out', 'timedOut') },
    );
    expect(looks).toBeGreaterThan(30);
    expect(looks).toBeLessThan(45);
  });
});

describe('pollUntil', () => {
  const timedOut = (last?: ActionError): ActionError =>
    new ActionError('timed-out', `timedOut ${last?.message ?? ''}`.trim());

  it('polls once more at the deadline, and then throws with the last transient error', async () => {
    const clock = new ManualClock();
    const look = (): Promise<undefined> => Promise.reject(new ActionError('azure-unavailable', 'no answer'));
    const error = await rejection(pollUntil({ clock, signal }, { look, deadlineMs: 5_000, onDeadline: timedOut }));
    expect(error).toMatchObject({ message: 'timedOut no answer' });
    expect(clock.now()).toBe(5_000);
  });

  it('throws an error that is not transient', async () => {
    const clock = new ManualClock();
    const look = (): Promise<undefined> => Promise.reject(new ActionError('azure-forbidden', 'no'));
    expect(
      await rejection(pollUntil({ clock, signal }, { look, deadlineMs: 5_000, onDeadline: timedOut })),
    ).toMatchObject({
      message: 'no',
    });
    expect(clock.now()).toBe(0);
  });

  it('ends a wait for a deletion when the resource no longer exists', async () => {
    const clock = new ManualClock();
    const seen = ['there', 'there', undefined];
    await waitUntilGone({ clock, signal }, 'group', 60_000, () => Promise.resolve(seen.shift()));
    expect(clock.now()).toBe(1_000);
  });
});
