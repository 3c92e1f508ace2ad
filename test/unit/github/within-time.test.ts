import { describe, expect, it } from '@jest/globals';
import { withinTime } from '../../../src/github/within-time.js';

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

describe('a call with a time limit', () => {
  it('ends when the time is over, and says so', async () => {
    const limit = withinTime(10, new AbortController().signal, untilAborted);
    await expect(limit).rejects.toThrow('GitHub did not answer within 0 s');
  });

  it('ends with the reason of what is around it', async () => {
    const outer = new AbortController();
    const ended = withinTime(60_000, outer.signal, untilAborted);
    outer.abort(new Error('cancelled'));
    await expect(ended).rejects.toThrow('cancelled');
  });

  it('gives what it was asked for', async () => {
    expect(await withinTime(60_000, new AbortController().signal, () => Promise.resolve(7))).toBe(7);
  });
});
