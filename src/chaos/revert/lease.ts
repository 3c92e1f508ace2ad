import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { found, missing, observe } from '../../kubernetes/observer.js';
import type { Lease } from '../../kubernetes/types.js';
import { ownershipLabels } from '../../migratorydata/object-names.js';

/** The name of the Lease, in the namespace of the deployment. */
export const leaseName = 'migratorydata-aks';

/** A holder that has not renewed for so long is dead. */
const durationMs = 30_000;
const renewMs = 10_000;
/** Since a renewal so long ago no holder lives, whatever the clocks say. */
const longDeadMs = 10 * 60_000;

/** The lock on a deployment, as long as its holder lives. */
export interface Lock {
  /** Aborts, with the ActionError `lock-lost` as its reason, when another holder has taken it. */
  readonly lost: AbortSignal;
  /** Gives the lock back, unless it is another's by now. */
  release(api?: KubernetesApi): Promise<void>;
  /** Renews it no longer; whoever undoes what is left gives it back. */
  leave(): void;
}

/**
 * Takes the lock on a deployment and keeps renewing it. What the same holder left is taken over at once; what another
 * left, when that is seen not to renew it. As in leader election of client-go, this is judged by our own clock from what
 * we observe, so that clocks need not agree.
 * @throws ActionError `locked`, naming the holder.
 */
export async function acquireLock(api: KubernetesApi, namespace: string, holder: string): Promise<Lock> {
  const lease = await take(api, namespace, holder);
  return keep(api, lease, namespace);
}

/** Gives back the lock of a holder that has ended without doing so. */
export async function releaseLock(api: KubernetesApi, namespace: string, holder: string): Promise<void> {
  await removeLease(api, namespace, ({ spec }) => spec?.holderIdentity === holder);
}

/**
 * Removes the Lease as long as it is ours, and leaves it to another who has taken it. A state that we know saves the first
 * look; it is stale when the answer to the last renewal was lost.
 */
async function removeLease(
  api: KubernetesApi,
  namespace: string,
  isOurs: (lease: Lease) => boolean,
  known?: string,
): Promise<void> {
  const key = { namespace, name: leaseName };
  let resourceVersion = known;
  for (;;) {
    if (resourceVersion === undefined) {
      const lease = await api.find('Lease', key, 'see who holds the lock');
      if (lease === undefined || !isOurs(lease)) return;
      ({ resourceVersion } = lease.metadata);
    }
    try {
      await api.remove('Lease', key, 'give the lock back', resourceVersion === undefined ? {} : { resourceVersion });
      return;
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      resourceVersion = undefined;
    }
  }
}

async function take(api: KubernetesApi, namespace: string, holder: string): Promise<Lease> {
  const key = { namespace, name: leaseName };
  for (;;) {
    try {
      return await api.create(newLease(api, namespace, holder), 'take the lock on the deployment');
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
    }
    const lease = await api.find('Lease', key, 'see who holds the lock');
    if (lease === undefined) continue;
    const mine = lease.spec?.holderIdentity === holder;
    if (!mine && (await isAlive(api, lease))) throw locked(lease, namespace);
    try {
      const { resourceVersion } = lease.metadata;
      const patch = { metadata: { resourceVersion }, spec: newLease(api, namespace, holder).spec };
      return await api.mergePatch('Lease', key, patch, 'take over the lock of a run that has ended');
    } catch (error) {
      // Somebody else was faster; look again.
      if (!hasStatus(error, 404, 409)) throw error;
    }
  }
}

/** Whether a holder is seen to renew within the time that its Lease is good for; one that is given back is not. */
async function isAlive(api: KubernetesApi, { metadata, spec }: Lease): Promise<boolean> {
  const goodMs = (spec?.leaseDurationSeconds ?? durationMs / 1000) * 1000;
  const renewedMs = Date.parse(spec?.renewTime ?? '');
  // There is no sense in watching the lock of a run of yesterday; less than this clocks may be apart.
  if (!(api.clock.date().getTime() - renewedMs < longDeadMs)) return false;
  const deadlineMs = api.clock.now() + goodMs;
  const selection = { namespace: metadata.namespace ?? '', fields: `metadata.name=${metadata.name}` };
  const observer = observe(api, [{ kind: 'Lease', ...selection }]);
  try {
    return await observer.until<boolean>(
      observation => {
        const now = observation.find('Lease', metadata.name);
        if (now === undefined) return found(false);
        if (now.spec?.renewTime !== spec?.renewTime) return found(true);
        const leftMs = deadlineMs - api.clock.now();
        return leftMs <= 0 ? found(false) : missing('a sign of life of the other run', leftMs);
      },
      { timeoutMs: 2 * goodMs, onTimeout: () => locked({ metadata, spec } as Lease, metadata.namespace ?? '') },
    );
  } finally {
    observer.close();
  }
}

function keep(api: KubernetesApi, taken: Lease, namespace: string): Lock {
  const key = { namespace, name: leaseName };
  const lost = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([api.signal, ended.signal]);
  const bound = api.withSignal(signal);
  let { resourceVersion } = taken.metadata;

  const renew = async (): Promise<void> => {
    for (;;) {
      await api.clock.sleep(renewMs, signal);
      const spec = { renewTime: microTime(api.clock.date()) };
      try {
        const lease = await bound.mergePatch('Lease', key, { metadata: { resourceVersion }, spec }, 'keep the lock');
        ({ resourceVersion } = lease.metadata);
      } catch (error) {
        signal.throwIfAborted();
        if (hasStatus(error, 404, 409)) {
          // The answer to a renewal of ours may have been lost, or somebody has touched a label.
          const now = await bound.find('Lease', key, 'see who holds the lock').catch(() => undefined);
          signal.throwIfAborted();
          if (now !== undefined && isSameHold(now, taken)) {
            ({ resourceVersion } = now.metadata);
            continue;
          }
          lost.abort(new ActionError('lock-lost', `Another run has taken the lock on namespace ${namespace}.`));
          return;
        }
        // The API server cannot be reached: whoever waits for the lock cannot reach it either, or will be seen.
      }
    }
  };
  const renewing = renew().catch(() => undefined);
  return {
    lost: lost.signal,
    leave() {
      ended.abort(new Error('The lock is left to others.'));
    },
    async release(other = api) {
      ended.abort(new Error('The lock is given back.'));
      await renewing;
      await removeLease(other, namespace, lease => isSameHold(lease, taken), resourceVersion);
    },
  };
}

/** Whether nobody has taken the lock since: whoever takes it writes down when. */
function isSameHold({ spec }: Lease, { spec: taken }: Lease): boolean {
  return spec?.holderIdentity === taken?.holderIdentity && spec?.acquireTime === taken?.acquireTime;
}

function newLease({ clock }: KubernetesApi, namespace: string, holder: string): Lease {
  const now = microTime(clock.date());
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: leaseName, namespace, labels: ownershipLabels },
    spec: { holderIdentity: holder, leaseDurationSeconds: durationMs / 1000, acquireTime: now, renewTime: now },
  };
}

/** The times of a Lease have microseconds ("MicroTime" in the Kubernetes API reference). */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

function locked({ spec }: Lease, namespace: string): ActionError {
  const message = `Another run works on namespace ${namespace}: ${spec?.holderIdentity ?? 'unknown'}, since ${spec?.acquireTime ?? 'unknown'}.`;
  return new ActionError('locked', message);
}
