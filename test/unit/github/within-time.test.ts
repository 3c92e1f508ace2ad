import { describe, expect, it } from '@jest/globals';
import { withinTime } from '../../../src/github/within-time.js';

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

describe('a call with a time limit', () => {
  it('rejects with a timeout error when the time is over', async () => {
    const limit = withinTime(10, new AbortController().signal, untilAborted);
    await expect(limit).rejects.toThrow('GitHub did not respond within 0 s');
  });

  it('rejects with the reason of the outer signal', async () => {
    const outer = new AbortController();
    const ended = withinTime(60_000, outer.signal, untilAborted);
    outer.abort(new Error('cancelled'));
    await expect(ended).rejects.toThrow('cancelled');
  });

  it('resolves with the result', async () => {
    expect(await withinTime(60_000, new AbortController().signal, () => Promise.resolve(7))).toBe(7);
  });
});
