import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { found, missing, observe } from '../../kubernetes/observer.js';
import type { Lease } from '../../kubernetes/types.js';
import { ownershipLabels } from '../../migratorydata/object-names.js';

/** The name of the Lease, in the namespace of the deployment. */
const leaseName = 'migratorydata-aks';

/** A holder that has not renewed the Lease for this time is dead, in milliseconds. */
const durationMs = 30_000;
const renewMs = 10_000;
/** After this time without a renewal, the holder is dead even if the clocks differ, in milliseconds. */
const longDeadMs = 10 * 60_000;

/** The lock on a deployment. It is valid as long as its holder renews it. */
export interface Lock {
  /** Aborts, with the ActionError `lock-lost` as its reason, when another holder has taken it. */
  readonly lost: AbortSignal;
  /** Releases the lock, unless another holder has taken it. */
  release(api?: KubernetesApi): Promise<void>;
  /** Stops the renewal without a release: the post phase or a later run that reverts the rest releases the lock. */
  leave(): void;
}

/**
 * Acquires the lock on a deployment and keeps renewing it. A Lease of the same holder is taken over immediately, and
 * one of another holder when no renewal is observed. As in leader election of client-go, the local clock measures the
 * time between observations, so the clocks do not have to agree.
 * @throws ActionError `locked`, with the holder, when another holder renews the Lease.
 */
export async function acquireLock(api: KubernetesApi, namespace: string, holder: string): Promise<Lock> {
  const lease = await acquire(api, namespace, holder);
  return startRenewal(api, lease, namespace);
}

/** Returns the namespaces of a cluster that have a Lease of this project, whether or not its holder is alive. */
export async function findLockedNamespaces(api: KubernetesApi): Promise<readonly string[]> {
  const selection = { fields: `metadata.name=${leaseName}` };
  const { items } = await api.list('Lease', selection, 'find the locks on the cluster');
  return items.map(({ metadata }) => metadata.namespace ?? '');
}

/** Releases the lock of a holder that ended without releasing it. */
export async function releaseLock(api: KubernetesApi, namespace: string, holder: string): Promise<void> {
  await removeLease(api, namespace, ({ spec }) => spec?.holderIdentity === holder);
}

/**
 * Removes the Lease unless another holder has taken it. `known`, the resource version if known, saves the first read;
 * it is stale when the response to the last renewal was lost.
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
      const lease = await api.find('Lease', key, 'check who holds the lock');
      if (lease === undefined || !isOurs(lease)) return;
      ({ resourceVersion } = lease.metadata);
    }
    try {
      await api.remove('Lease', key, 'release the lock', resourceVersion === undefined ? {} : { resourceVersion });
      return;
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      resourceVersion = undefined;
    }
  }
}

async function acquire(api: KubernetesApi, namespace: string, holder: string): Promise<Lease> {
  const key = { namespace, name: leaseName };
  for (;;) {
    try {
      return await api.create(newLease(api, namespace, holder), 'acquire the lock on the deployment');
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
    }
    const lease = await api.find('Lease', key, 'check who holds the lock');
    if (lease === undefined) continue;
    const mine = lease.spec?.holderIdentity === holder;
    if (!mine && (await isAlive(api, lease))) throw locked(lease, namespace);
    try {
      const { resourceVersion } = lease.metadata;
      const patch = { metadata: { resourceVersion }, spec: newLease(api, namespace, holder).spec };
      return await api.mergePatch('Lease', key, patch, 'take over the lock of a run that has ended');
    } catch (error) {
      // Another run was faster; read the Lease again.
      if (!hasStatus(error, 404, 409)) throw error;
    }
  }
}

/** Returns whether a renewal is observed within the duration of the Lease; false when the Lease is removed. */
async function isAlive(api: KubernetesApi, { metadata, spec }: Lease): Promise<boolean> {
  const validMs = (spec?.leaseDurationSeconds ?? durationMs / 1000) * 1000;
  const renewedMs = Date.parse(spec?.renewTime ?? '');
  // A very old Lease needs no watch: the clocks differ by less than this.
  if (!(api.clock.date().getTime() - renewedMs < longDeadMs)) return false;
  const deadlineMs = api.clock.now() + validMs;
  const selection = { namespace: metadata.namespace ?? '', fields: `metadata.name=${metadata.name}` };
  const observer = observe(api, [{ kind: 'Lease', ...selection }]);
  try {
    return await observer.until<boolean>(
      observation => {
        const now = observation.find('Lease', metadata.name);
        if (now === undefined) return found(false);
        if (now.spec?.renewTime !== spec?.renewTime) return found(true);
        const leftMs = deadlineMs - api.clock.now();
        return leftMs <= 0 ? found(false) : missing('a renewal by the other run', leftMs);
      },
      { timeoutMs: 2 * validMs, onTimeout: () => locked({ metadata, spec } as Lease, metadata.namespace ?? '') },
    );
  } finally {
    observer.close();
  }
}

function startRenewal(api: KubernetesApi, taken: Lease, namespace: string): Lock {
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
        const lease = await bound.mergePatch('Lease', key, { metadata: { resourceVersion }, spec }, 'renew the lock');
        ({ resourceVersion } = lease.metadata);
      } catch (error) {
        signal.throwIfAborted();
        if (hasStatus(error, 404, 409)) {
          // The response to a renewal may have been lost, or someone has changed a label.
          const now = await bound.find('Lease', key, 'check who holds the lock').catch(() => undefined);
          signal.throwIfAborted();
          if (now !== undefined && isSameHold(now, taken)) {
            ({ resourceVersion } = now.metadata);
            continue;
          }
          lost.abort(new ActionError('lock-lost', `Another run has taken the lock on namespace ${namespace}.`));
          return;
        }
        // The API server is unreachable. Another run cannot take the lock then either, or the next renewal detects it.
      }
    }
  };
  const renewing = renew().catch(() => undefined);
  return {
    lost: lost.signal,
    leave() {
      ended.abort(new Error('The lock is no longer renewed.'));
    },
    async release(other = api) {
      ended.abort(new Error('The lock is released.'));
      await renewing;
      await removeLease(other, namespace, lease => isSameHold(lease, taken), resourceVersion);
    },
  };
}

/** Returns whether nobody has taken the lock since: each acquisition changes the acquire time. */
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

/** Formats a time of a Lease, which has microseconds ("MicroTime" in the Kubernetes API reference). */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

function locked({ spec }: Lease, namespace: string): ActionError {
  const message = `Another run works on namespace ${namespace}: ${spec?.holderIdentity ?? 'unknown'}, since ${spec?.acquireTime ?? 'unknown'}.`;
  return new ActionError('locked', message);
}
