import { ActionError } from '../errors/action-error.js';
import type { Az } from './az.js';

const shortestPauseMs = 2_000;
const longestPauseMs = 30_000;

/**
 * The pause before the next look at a long operation: a sixth of the time that has passed, from 2 to 30 seconds. What
 * is fast is seen at once, what is slow at most a sixth late, and a creation of 6 minutes costs about 30 looks, far from
 * the limit of AKS of 60 reads and 1 a second ("Quotas, virtual machine size restrictions, and region availability in
 * AKS").
 */
export function pollPauseMs(elapsedMs: number): number {
  return Math.min(longestPauseMs, Math.max(shortestPauseMs, Math.round(elapsedMs / 6)));
}

export interface PollOptions<T> {
  /** Looks once; undefined: not yet. A transient error is as good as "not yet" until the deadline. */
  readonly look: () => Promise<T | undefined>;
  /** On the scale of the clock, in milliseconds. */
  readonly deadlineMs: number;
  /** What to throw at the deadline; `last` is the last transient error of a look, where there was one. */
  readonly onDeadline: (last: ActionError | undefined) => ActionError;
}

/** Looks until there is something, at the pace of `pollPauseMs`. @throws what `late` gives. */
export async function pollUntil<T>({ clock, signal }: Pick<Az, 'clock' | 'signal'>, wait: PollOptions<T>): Promise<T> {
  const startedMs = clock.now();
  let last: ActionError | undefined;
  for (;;) {
    try {
      const seen = await wait.look();
      if (seen !== undefined) return seen;
      last = undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ActionError) || !error.transient) throw error;
      last = error;
    }
    const leftMs = wait.deadlineMs - clock.now();
    if (leftMs <= 0) throw wait.onDeadline(last);
    await clock.sleep(Math.min(leftMs, pollPauseMs(clock.now() - startedMs)), signal);
  }
}

/** Waits until a resource is no longer found. @throws ActionError `azure-being-deleted` at the deadline. */
export async function waitUntilGone(
  az: Pick<Az, 'clock' | 'signal'>,
  name: string,
  limitMs: number,
  look: () => Promise<unknown>,
): Promise<void> {
  const minutes = Math.round(limitMs / 60_000);
  await pollUntil(az, {
    look: async () => ((await look()) === undefined ? true : undefined),
    deadlineMs: az.clock.now() + limitMs,
    onDeadline: last =>
      new ActionError('azure-being-deleted', `The ${name} is still being deleted after ${minutes} minutes.`, {
        evidence: last?.message ?? '',
      }),
  });
}
