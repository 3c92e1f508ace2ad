import { describe, expect, it } from '@jest/globals';
import { shareWork } from '../../../src/runtime/shared-work.js';
import { onAbort } from '../../../src/runtime/time.js';

/** Work that ends when the test calls `end` or `fail`, or when it is cancelled. */
function openWork(): {
  readonly run: (signal: AbortSignal) => Promise<string>;
  readonly started: { end(text: string): void; fail(error: Error): void }[];
} {
  const started: { end(text: string): void; fail(error: Error): void }[] = [];
  const work = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      started.push({ end: resolve, fail: reject });
      onAbort(signal, () => {
        reject(signal.reason as Error);
      });
    });
  return { run: shareWork(work), started };
}

describe('shareWork', () => {
  const { signal } = new AbortController();

  it('runs once for all callers, and again when it has ended', async () => {
    const { run, started } = openWork();
    const both = [run(signal), run(signal)];
    started[0]?.end('first');
    expect(await Promise.all(both)).toEqual(['first', 'first']);
    const third = run(signal);
    started[1]?.end('second');
    expect(await third).toBe('second');
  });

  it('fails all callers with the same error', async () => {
    const { run, started } = openWork();
    const both = Promise.allSettled([run(signal), run(signal)]);
    const error = new Error('refused');
    started[0]?.fail(error);
    expect(await both).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    expect(started).toHaveLength(1);
  });

  it('runs once more for the others when the caller that started it cancels', async () => {
    const { run, started } = openWork();
    const cancel = new AbortController();
    const all = Promise.allSettled([run(cancel.signal), run(signal), run(signal)]);
    cancel.abort(new Error('cancelled'));
    await new Promise(setImmediate);
    expect(started).toHaveLength(2);
    started[1]?.end('again');
    expect(await all).toEqual([
      { status: 'rejected', reason: new Error('cancelled') },
      { status: 'fulfilled', value: 'again' },
      { status: 'fulfilled', value: 'again' },
    ]);
  });
});
