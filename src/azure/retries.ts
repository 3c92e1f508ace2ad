import type { ActionError } from '../errors/action-error.js';
import type { Effect } from './commands.js';
import { requestedPauseMs } from './errors.js';

/** A command that has failed, and what was tried before. */
export interface CommandFailure {
  readonly error: ActionError;
  readonly effect: Effect;
  /** How often it has run by now, at least 1. */
  readonly tries: number;
  /** Milliseconds since it was first run. */
  readonly elapsedMs: number;
  /** From 0 to 1; spreads parallel jobs that were throttled together. */
  readonly chance: number;
}

const throttledTries = 6;
const busyIntervalMs = 30_000;
const busyLimitMs = 20 * 60_000;
const unavailableTries = 3;
/** A role assignment takes up to some minutes to reach every region; a lasting lack of rights should show soon. */
const forbiddenPausesMs: readonly number[] = [15_000, 30_000];

/**
 * How long to wait before a command runs again, in milliseconds; undefined: its failure is final. What needs another
 * request, such as quota, capacity or policy, is never repeated.
 */
export function pauseBeforeRetry({ error, effect, tries, elapsedMs, chance }: CommandFailure): number | undefined {
  switch (error.code) {
    case 'azure-throttled': {
      if (tries >= throttledTries) return undefined;
      const pauseMs = requestedPauseMs(error.evidence) ?? Math.min(60_000, 5_000 * 2 ** (tries - 1));
      return Math.round(pauseMs * (1 + 0.2 * chance));
    }
    case 'azure-busy':
      return effect !== 'guarded' && elapsedMs < busyLimitMs ? busyIntervalMs : undefined;
    case 'azure-unavailable':
    case 'command-timeout':
      return effect !== 'guarded' && tries < unavailableTries ? 5_000 * tries : undefined;
    case 'azure-forbidden':
      return effect === 'guarded' ? forbiddenPausesMs[tries - 1] : undefined;
    default:
      return undefined;
  }
}
