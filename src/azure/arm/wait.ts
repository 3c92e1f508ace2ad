import type { Clock, HttpsResponse } from '../../runtime/ports.js';
import { unfinishedError } from './call-errors.js';
import { type OperationState, readOperation } from './operation.js';
import { pollPauseMs, pollUntil } from './polling.js';
import { ArmError, retryAfterMs } from './send.js';

/** An operation that Azure has accepted, with the URL that tells its state. */
export interface Accepted {
  readonly response: HttpsResponse;
  /** The purpose of the request. */
  readonly why: string;
  /** Requests the state, for at most `leftMs` milliseconds. */
  readonly look: (leftMs: number) => Promise<OperationState>;
}

/**
 * Waits until an operation has ended, with the pauses that Azure requests, else tight at first.
 * @throws ActionError with the reason of Azure when it failed, `command-timeout` when it has not ended after `limitMs`.
 */
export async function waitForOperation(
  waiting: { readonly clock: Clock; readonly signal: AbortSignal },
  { response, why, look }: Accepted,
  limitMs: number,
): Promise<void> {
  const { clock, signal } = waiting;
  const deadlineMs = clock.now() + limitMs;
  let requestedMs = retryAfterMs(response);
  await clock.sleep(Math.min(limitMs, requestedMs ?? pollPauseMs(0)), signal);
  const end = await pollUntil(waiting, {
    look: async () => {
      const state = await look(deadlineMs - clock.now());
      if (state.state !== 'running') return state;
      requestedMs = state.pauseMs;
      return undefined;
    },
    pauseMs: elapsedMs => requestedMs ?? pollPauseMs(elapsedMs),
    deadlineMs,
    onDeadline: last => unfinishedError(why, limitMs, last),
  });
  if (end.state === 'failed') throw end.error;
}

/** Returns the state of an operation. `request` requests its URL. */
export async function stateOf(request: () => Promise<HttpsResponse>, why: string): Promise<OperationState> {
  try {
    return readOperation(await request(), why);
  } catch (error) {
    // A Location responds with the error of the operation; the poll itself cannot have a conflict.
    if (error instanceof ArmError && error.status === 409) return { state: 'failed', error };
    throw error;
  }
}
