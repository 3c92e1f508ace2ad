import { describe, expect, it } from '@jest/globals';
import { onAbort, retry } from '../../../src/runtime/time.js';
import { ManualClock } from '../fakes.js';

describe('retry', () => {
  it('pauses as it is told, until the work succeeds', async () => {
    const clock = new ManualClock();
    const startsMs: number[] = [];
    const work = (): Promise<string> => {
      startsMs.push(clock.now());
      return startsMs.length < 4 ? Promise.reject(new Error('busy')) : Promise.resolve('done');
    };
    const { signal } = new AbortController();
    expect(await retry(clock, signal, work, (_error, tries) => (tries === 2 ? 0 : tries * 100))).toBe('done');
    expect(startsMs).toEqual([0, 100, 100, 400]);
  });

  it('throws the error that is not retried', async () => {
    const work = (): Promise<never> => Promise.reject(new Error('refused'));
    const { signal } = new AbortController();
    await expect(retry(new ManualClock(), signal, work, () => undefined)).rejects.toThrow('refused');
  });

  it('throws the reason of the signal, and asks for no pause', async () => {
    const stop = new AbortController();
    const work = (): Promise<never> => {
      stop.abort(new Error('cancelled'));
      return Promise.reject(new Error('busy'));
    };
    const never = (): number => {
      throw new Error('asked for a pause');
    };
    await expect(retry(new ManualClock(), stop.signal, work, never)).rejects.toThrow('cancelled');
  });
});

describe('onAbort', () => {
  it.each(['before', 'after'])('acts once when the signal aborts %s the call', when => {
    const stop = new AbortController();
    let calls = 0;
    if (when === 'before') stop.abort();
    onAbort(stop.signal, () => {
      calls += 1;
    });
    stop.abort();
    expect(calls).toBe(1);
  });
});
