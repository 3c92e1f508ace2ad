import { describe, expect, it } from '@jest/globals';
import { retry } from '../../../src/runtime/time.js';

describe('retry', () => {
  const pauses: number[] = [];
  const clock = {
    now: () => 0,
    date: () => new Date(0),
    sleep: (ms: number, signal: AbortSignal): Promise<void> => {
      pauses.push(ms);
      return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
    },
  };

  it('pauses as it is told, until the work succeeds', async () => {
    pauses.length = 0;
    let calls = 0;
    const work = (): Promise<string> => (++calls < 4 ? Promise.reject(new Error('busy')) : Promise.resolve('done'));
    const { signal } = new AbortController();
    expect(await retry(clock, signal, work, (_error, tries) => (tries === 2 ? 0 : tries * 100))).toBe('done');
    expect(pauses).toEqual([100, 300]);
  });

  it('throws the error that is not retried', async () => {
    const work = (): Promise<never> => Promise.reject(new Error('refused'));
    const { signal } = new AbortController();
    await expect(retry(clock, signal, work, () => undefined)).rejects.toThrow('refused');
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
    await expect(retry(clock, stop.signal, work, never)).rejects.toThrow('cancelled');
  });
});
