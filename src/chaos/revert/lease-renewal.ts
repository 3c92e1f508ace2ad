import { ActionError, toActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { Lease } from '../../kubernetes/api/types.js';
import { withTimeLimit } from '../../runtime/time.js';
import { type AcquiredLease, acquireLease, type LockKey, microTime, removeLease } from './lease.js';

/**
 * How often the holder renews its Lease, in milliseconds. With the deadline below and the duration of the Lease, these
 * are the proportions of leader election in client-go (its LeaderElectionConfig requires duration > deadline > period).
 */
const renewMs = 10_000;
/** The pause after a renewal that failed, in milliseconds. */
const retryMs = 2_000;
/** How long one renewal may take, in milliseconds: a connection that no longer responds must not use up the deadline. */
const responseMs = 5_000;
/** A holder that could not renew for this time stops, in milliseconds; before that, nobody can take its Lease. */
const renewDeadlineMs = 60_000;

/** A lock that this process holds. It is valid as long as it is renewed. */
export interface Lock {
  /**
   * Aborts when the lock is no longer certain. Its reason is an ActionError: `lock-lost` when another holder has taken
   * it, `lock-expiring` when it could not be renewed, and nobody can have taken it yet.
   */
  readonly lost: AbortSignal;
  /** Releases the lock, unless another holder has taken it. */
  release(api?: KubernetesApi): Promise<void>;
  /** Stops the renewal without a release: the post phase or a later run that reverts the rest releases the lock. */
  leave(): void;
}

/**
 * Acquires a lock as `acquireLease` does, and keeps renewing it.
 * @throws ActionError `locked`, with the holder, when another holder renews the Lease.
 */
export async function acquireLock(api: KubernetesApi, key: LockKey, holder: string): Promise<Lock> {
  return startRenewal(api, key, await acquireLease(api, key, holder));
}

function startRenewal(api: KubernetesApi, key: LockKey, { lease: taken, sentMs }: AcquiredLease): Lock {
  const { clock } = api;
  const lost = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([api.signal, ended.signal]);
  let { resourceVersion } = taken.metadata;
  let renewedMs = sentMs;
  /** Why the last renewal failed, as a sentence. */
  let trouble = '';

  /** Sends one request that must be answered soon. */
  const soon = <T>(body: (bound: KubernetesApi) => Promise<T>): Promise<T> => {
    const ms = Math.min(responseMs, renewedMs + renewDeadlineMs - clock.now());
    const text = 'The API server did not answer the renewal of the lock.';
    return withTimeLimit({ clock, ms, outer: signal, text }, limited => body(api.withSignal(limited)));
  };
  const later = (error: unknown): number => {
    trouble = toActionError(error).message;
    return retryMs;
  };
  /** Renews once, and returns the pause before the next time; undefined when the lock is lost. */
  const renew = async (): Promise<number | undefined> => {
    const startedMs = clock.now();
    const patch = { metadata: { resourceVersion }, spec: { renewTime: microTime(clock.date()) } };
    try {
      const lease = await soon(bound => bound.mergePatch('Lease', key, patch, `renew ${key.description}`));
      ({ resourceVersion } = lease.metadata);
      renewedMs = startedMs;
      return renewMs;
    } catch (error) {
      if (!hasStatus(error, 404, 409)) return later(error);
    }
    // The response to a renewal may have been lost, or someone has changed a label.
    try {
      const now = await soon(bound => bound.find('Lease', key, `check who holds ${key.description}`));
      if (now === undefined || !isSameHold(now, taken)) return undefined;
      ({ resourceVersion } = now.metadata);
      return 0;
    } catch (error) {
      return later(error);
    }
  };
  const keepRenewing = async (): Promise<void> => {
    let pauseMs: number | undefined = renewMs;
    while (pauseMs !== undefined) {
      const leftMs = renewedMs + renewDeadlineMs - clock.now();
      if (leftMs <= 0) {
        lost.abort(expiring(key, trouble));
        return;
      }
      await clock.sleep(Math.min(pauseMs, leftMs), signal);
      pauseMs = await renew();
      signal.throwIfAborted();
    }
    lost.abort(new ActionError('lock-lost', `Another run has taken ${key.description}.`));
  };
  const renewing = keepRenewing().catch(() => undefined);
  return {
    lost: lost.signal,
    leave() {
      ended.abort(new Error('The lock is no longer renewed.'));
    },
    async release(other = api) {
      ended.abort(new Error('The lock is released.'));
      await renewing;
      await removeLease(other, key, lease => isSameHold(lease, taken), resourceVersion);
    },
  };
}

function expiring({ description }: LockKey, trouble: string): ActionError {
  const seconds = renewDeadlineMs / 1000;
  const message = `This run could not renew ${description} for ${seconds} s, and stops before another run can take the lock. ${trouble}`;
  return new ActionError('lock-expiring', message);
}

/** Returns whether nobody has taken the lock since: each acquisition changes the acquire time. */
function isSameHold({ spec }: Lease, { spec: taken }: Lease): boolean {
  return spec?.holderIdentity === taken?.holderIdentity && spec?.acquireTime === taken?.acquireTime;
}
