import type { ActionError } from '../../errors/action-error.js';
import type { Effect } from '../effect.js';
import { requestedPauseMs } from '../errors/errors.js';

/** A failed call and its previous tries. */
export interface CallFailure {
  readonly error: ActionError;
  readonly effect: Effect;
  /** How often it has run, at least 1. */
  readonly tries: number;
  /** Milliseconds since the first run. */
  readonly elapsedMs: number;
  /** The pause that Azure requests in a header, in milliseconds. */
  readonly requestedMs?: number | undefined;
  /** A random number from 0 to 1 that spreads the retries of parallel jobs that were throttled together. */
  readonly chance: number;
}

const throttledTries = 6;
/** Short at first: a cancelled step has seconds to start a machine that is still being stopped. */
const busyPausesMs: readonly number[] = [1_000, 2_000, 5_000];
const busyIntervalMs = 10_000;
const busyLimitMs = 20 * 60_000;
const unavailablePausesMs: readonly number[] = [1_000, 5_000, 15_000];
/** A role assignment can take some minutes to reach every region, but a missing permission should be reported soon. */
const forbiddenPausesMs: readonly number[] = [15_000, 30_000];

/**
 * Returns how long to wait before a call is retried, in milliseconds; undefined if the failure is final. Failures
 * that require a different request, such as quota, capacity or policy, are never retried.
 */
export function pauseBeforeRetry({
  error,
  effect,
  tries,
  elapsedMs,
  requestedMs,
  chance,
}: CallFailure): number | undefined {
  switch (error.code) {
    case 'azure-throttled': {
      if (tries >= throttledTries) return undefined;
      const pauseMs = requestedMs ?? requestedPauseMs(error.evidence) ?? Math.min(60_000, 5_000 * 2 ** (tries - 1));
      return Math.round(pauseMs * (1 + 0.2 * chance));
    }
    case 'azure-busy':
      return effect !== 'guarded' && elapsedMs < busyLimitMs
        ? (requestedMs ?? busyPausesMs[tries - 1] ?? busyIntervalMs)
        : undefined;
    case 'azure-unavailable':
    case 'command-timeout':
      return effect === 'guarded' ? undefined : unavailablePausesMs[tries - 1];
    case 'azure-forbidden':
      return effect === 'guarded' ? forbiddenPausesMs[tries - 1] : undefined;
    default:
      return undefined;
  }
}
