import { ActionError } from '../../errors/action-error.js';
import { formatDuration } from '../../runtime/duration.js';
import type { Clock } from '../../runtime/ports.js';

const shortestPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Returns the pause before the next poll of a long operation: a sixth of the elapsed time, from half a second to 30
 * seconds. Fast operations are noticed immediately, slow ones at most a sixth late. A creation of 6 minutes takes about
 * 40 polls, far below the AKS limit of 60 reads and 1 per second ("Quotas, virtual machine size restrictions, and region
 * availability in AKS").
 */
export function pollPauseMs(elapsedMs: number): number {
  return Math.min(longestPauseMs, Math.max(shortestPauseMs, Math.round(elapsedMs / 6)));
}

/** What every wait needs: the client of Azure has both. */
interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface PollOptions<T> {
  /** Polls once; undefined means not yet. A transient error also means not yet, until the deadline. */
  readonly look: () => Promise<T | undefined>;
  /** Returns the pause after `elapsedMs`; `pollPauseMs` by default. */
  readonly pauseMs?: (elapsedMs: number) => number;
  /** In milliseconds of the clock. */
  readonly deadlineMs: number;
  /** Returns the error to throw at the deadline; `last` is the transient error of the last poll, if any. */
  readonly onDeadline: (last: ActionError | undefined) => ActionError;
}

/** Polls until `look` returns a result, with pauses of `pollPauseMs`. @throws the error of `onDeadline`. */
export async function pollUntil<T>({ clock, signal }: Waiting, wait: PollOptions<T>): Promise<T> {
  const startedMs = clock.now();
  let last: ActionError | undefined;
  for (;;) {
    try {
      const result = await wait.look();
      if (result !== undefined) return result;
      last = undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ActionError) || !error.transient) throw error;
      last = error;
    }
    const leftMs = wait.deadlineMs - clock.now();
    if (leftMs <= 0) throw wait.onDeadline(last);
    const pauseMs = (wait.pauseMs ?? pollPauseMs)(clock.now() - startedMs);
    await clock.sleep(Math.min(leftMs, pauseMs), signal);
  }
}

/** How long Azure may fail to find a resource that exists, in milliseconds. */
const absenceCheckPauseMs = 1_000;

/**
 * Returns what `find` returns, and undefined only if it finds nothing twice: Azure may not find a resource for a moment,
 * and what follows from its absence cannot be undone.
 */
export async function findTwice<T>(
  { clock, signal }: Waiting,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await find();
  if (found !== undefined) return found;
  await clock.sleep(absenceCheckPauseMs, signal);
  return find();
}

/** Waits until a resource no longer exists. @throws ActionError `azure-being-deleted` at the deadline. */
export async function waitUntilGone(
  azure: Waiting,
  name: string,
  limitMs: number,
  look: () => Promise<unknown>,
): Promise<void> {
  await pollUntil(azure, {
    look: async () => ((await look()) === undefined ? true : undefined),
    deadlineMs: azure.clock.now() + limitMs,
    onDeadline: last => stillDeleting(name, limitMs, last?.message ?? ''),
  });
}

/** Returns the error of a deletion that has not ended within `limitMs` milliseconds. */
export function stillDeleting(name: string, limitMs: number, evidence: string): ActionError {
  const message = `The ${name} is still being deleted after ${formatDuration(limitMs)}.`;
  return new ActionError('azure-being-deleted', message, { evidence });
}
