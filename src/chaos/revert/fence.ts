import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { Fence } from '../../runtime/ports.js';
import { withTimeLimit } from '../../runtime/time.js';
import { findStoredRecord, type StoredRecord, touchRecord } from './revert-record-store.js';

/**
 * How long the confirmation may take, in milliseconds. The change follows it at once, so this bounds the time for which
 * a change relies on the record.
 */
const confirmMs = 5_000;

/**
 * Returns the fence for the harmful changes of the run that owns a revert record. It writes the record again, on the
 * condition that nobody has changed it since: a run that has taken the lock claims the record before anything else, and
 * from then on this run changes nothing. Azure has no such condition, so a request that was sent just before remains
 * possible (docs/chaos.md).
 * @throws ActionError `lock-lost` when the record is no longer the one that this run wrote.
 */
export function createFence(api: KubernetesApi, stored: StoredRecord): Fence {
  let { resourceVersion } = stored;
  let passes = 0;
  let last: Promise<void> = Promise.resolve();

  const confirmWith = async (bound: KubernetesApi): Promise<void> => {
    for (;;) {
      try {
        resourceVersion = await touchRecord(bound, { ...stored, resourceVersion }, passes);
        return;
      } catch (error) {
        if (!hasStatus(error, 404, 409)) throw error;
      }
      // The response to an earlier write may have been lost, or someone has changed a label.
      const now = await findStoredRecord(bound, stored.record);
      if (now === undefined || now.claimedBy !== stored.claimedBy) throw lost(stored);
      ({ resourceVersion } = now);
    }
  };
  const confirm = (): Promise<void> => {
    passes += 1;
    const text = 'The API server did not confirm the revert record in time.';
    const limit = { clock: api.clock, ms: confirmMs, outer: api.signal, text };
    return withTimeLimit(limit, signal => confirmWith(api.withSignal(signal)));
  };
  return () => {
    last = last.then(confirm, confirm);
    return last;
  };
}

function lost({ record: { namespace, experiment } }: StoredRecord): ActionError {
  const message = `Another run has claimed the revert record of experiment ${experiment} in namespace ${namespace}, so this run changes nothing more.`;
  return new ActionError('lock-lost', message);
}
