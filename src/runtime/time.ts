import type { Clock } from './ports.js';
import { toError } from './thrown.js';

/** Sleeps for a time; ends early without an error when `early` aborts, and throws the reason of `signal`. */
export async function sleepOrEndEarly(
  clock: Clock,
  ms: number,
  early: AbortSignal,
  signal: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(ms, AbortSignal.any([early, signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!early.aborted) throw error;
  }
}

/**
 * Runs `work` until it succeeds. After an error, `pauseBefore` returns the pause before the next try in milliseconds, or
 * undefined to throw the error; `tries` counts from 1. Throws the reason of `signal` when it aborts.
 */
export async function retry<T>(
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<T>,
  pauseBefore: (error: unknown, tries: number) => number | undefined | Promise<number | undefined>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const pauseMs = await pauseBefore(error, tries);
      if (pauseMs === undefined) throw error;
      if (pauseMs > 0) await clock.sleep(pauseMs, signal);
    }
  }
}

/** Calls `action` when the signal aborts, at once if it has aborted already. */
export function onAbort(signal: AbortSignal, action: () => void): void {
  if (signal.aborted) action();
  else signal.addEventListener('abort', action, { once: true });
}

/** Returns the reason of an aborted signal as an error, which it need not be. */
export function abortReason({ reason }: AbortSignal): Error {
  return toError(reason);
}

/**
 * Runs `body` with a signal that aborts after `ms` milliseconds with an error of this text, or with the reason of `outer`
 * when that aborts first.
 */
export async function withTimeLimit<T>(
  { clock, ms, outer, text }: TimeLimit,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [late, ended] = [new AbortController(), new AbortController()];
  void clock.sleep(Math.max(0, ms), ended.signal).then(
    () => {
      late.abort(new Error(text));
    },
    () => undefined,
  );
  try {
    return await body(AbortSignal.any([outer, late.signal]));
  } finally {
    ended.abort();
  }
}

export interface TimeLimit {
  readonly clock: Clock;
  readonly ms: number;
  readonly outer: AbortSignal;
  readonly text: string;
}

/** Returns the result of `work`, or throws the reason of the signal when it aborts earlier; `work` then continues. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    onAbort(signal, () => {
      reject(abortReason(signal));
    });
    work.then(resolve, reject);
  });
}
