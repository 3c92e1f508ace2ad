import { ActionError } from '../../errors/action-error.js';
import type { Clock, Log } from '../../runtime/ports.js';
import { retry } from '../../runtime/time.js';
import type { AzureSession } from '../cli/login.js';
import type { Effect } from '../effect.js';
import type { ArmAccessSource } from './access.js';
import { claimsError } from './call-errors.js';
import { pauseBeforeRetry } from './retries.js';
import { ArmError } from './send.js';

/** Runs `work` until it succeeds, or until an error is final; after `limitMs` milliseconds, each error is. */
export type Attempt = <T>(effect: Effect, work: () => Promise<T>, limitMs?: number) => Promise<T>;

export interface AttemptParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly session: AzureSession;
  readonly access: ArmAccessSource;
  /** Spreads the retries. */
  readonly random: () => number;
  /** The errors that an inner call has given up, such as that for the token of a request: no outer one tries again. */
  readonly givenUp: WeakSet<ActionError>;
}

/** Returns the retries of a client: a refused login is renewed once, and other errors wait as `pauseBeforeRetry` says. */
export function createAttempt(parts: AttemptParts, signal: AbortSignal): Attempt {
  const { clock, log, random, givenUp } = parts;
  return async (effect, work, limitMs = Infinity) => {
    const startedMs = clock.now();
    let renewed = false;
    const pauseBefore = async (error: unknown, tries: number): Promise<number | undefined> => {
      if (!(error instanceof ActionError) || givenUp.has(error)) return undefined;
      const pauseMs = await pauseAfter(error, tries);
      if (pauseMs === undefined) givenUp.add(error);
      return pauseMs;
    };
    const pauseAfter = async (error: ActionError, tries: number): Promise<number | undefined> => {
      if (!renewed && (await renewLogin(parts, error, signal))) {
        renewed = true;
        return 0;
      }
      const elapsedMs = clock.now() - startedMs;
      const requestedMs = error instanceof ArmError ? error.retryAfterMs : undefined;
      const pauseMs = pauseBeforeRetry({ error, effect, tries, elapsedMs, requestedMs, chance: random() });
      if (pauseMs === undefined || elapsedMs + pauseMs >= limitMs) return undefined;
      log.info(`${error.message} (${error.code}); retrying in ${Math.round(pauseMs / 1000)} s`);
      return pauseMs;
    };
    return retry(clock, signal, work, pauseBefore);
  };
}

/**
 * Returns whether another try has a login that this error does not concern.
 * @throws ActionError `azure-claims-challenge` when only the user can renew the login.
 */
async function renewLogin(
  { log, session, access }: AttemptParts,
  error: ActionError,
  signal: AbortSignal,
): Promise<boolean> {
  const refused = error instanceof ArmError && error.status === 401;
  const refusedAz = !(error instanceof ArmError) && error.code === 'azure-not-logged-in';
  if (!refused && !refusedAz && error.code !== 'azure-assertion-expired') return false;
  const claims = error instanceof ArmError ? error.claims : '';
  const renewed = await session.renew(signal);
  // Afterwards, because other requests may ask for a token while the login is renewed.
  access.forget();
  if (!renewed && claims !== '') throw claimsError(error, claims);
  if (renewed) log.info('Azure no longer accepted the login, so it was renewed.');
  // az itself renews the token of some logins of an earlier step.
  return renewed || refused;
}
