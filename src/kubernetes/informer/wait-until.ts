import type { KubernetesApi } from '../api/api.js';
import { found, missing, observe, type Observation } from './observer.js';
import type { WatchTarget } from './watch.js';

/**
 * Waits until a condition is true. Returns false at the timeout or when `early` aborts: the caller decides what that
 * means.
 */
export async function waitUntil(
  api: KubernetesApi,
  targets: readonly WatchTarget[],
  isTrue: (observation: Observation) => boolean,
  timeoutMs: number,
  early: AbortSignal = api.signal,
): Promise<boolean> {
  const bound = api.withSignal(AbortSignal.any([api.signal, early]));
  const deadlineMs = api.clock.now() + timeoutMs;
  const observer = observe(bound, targets);
  try {
    return await observer.until<boolean>(
      observation => {
        if (isTrue(observation)) return found(true);
        const leftMs = deadlineMs - api.clock.now();
        return leftMs <= 0 ? found(false) : missing('the effect of the fault', leftMs);
      },
      // The check ends the wait before; this timeout is for a first list that never arrives.
      { timeoutMs: timeoutMs + 60_000, onTimeout: last => Promise.reject(new Error(`no observation: ${last}`)) },
    );
  } catch (error) {
    api.signal.throwIfAborted();
    if (early.aborted) return false;
    throw error;
  } finally {
    observer.close();
  }
}
