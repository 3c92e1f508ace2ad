import type { Clock } from './ports.js';

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
