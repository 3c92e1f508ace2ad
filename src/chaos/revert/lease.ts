import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { Lease } from '../../kubernetes/api/types.js';
import { found, missing, observe } from '../../kubernetes/informer/observer.js';
import { ownershipLabels } from '../../migratorydata/object-names.js';

/** A lock: a Lease that its holder renews. */
export interface LockKey {
  readonly namespace: string;
  readonly name: string;
  /** The lock in messages, such as `the lock on namespace shop`. */
  readonly description: string;
}

/** The name of the Lease in the namespace of each deployment. */
const leaseName = 'migratorydata-aks';

/** Returns the lock on the deployment in a namespace. */
export function deploymentLock(namespace: string): LockKey {
  return { namespace, name: leaseName, description: `the lock on namespace ${namespace}` };
}

/**
 * The lock on the nodes of a cluster, for all its deployments. Its namespace exists in every cluster. A run that needs
 * both locks acquires this one last.
 */
export const nodesLock: LockKey = {
  namespace: 'default',
  name: 'migratorydata-aks-nodes',
  description: 'the lock on the nodes of this cluster',
};

/** A holder that has not renewed the Lease for this time is dead, in milliseconds. */
const durationMs = 90_000;
/** A longer duration in a Lease of others is not believed: anyone with access to Leases could stop all runs. */
const longestMs = 10 * 60_000;

/** A Lease of this run. */
export interface AcquiredLease {
  readonly lease: Lease;
  /** When the request that acquired it was sent, by the monotonic clock. */
  readonly sentMs: number;
}

/**
 * Acquires a lock and returns its Lease, which the caller renews, and when the request for it was sent. A Lease of the same holder is taken
 * over immediately, and one of another holder when no renewal is observed for its duration. As in leader election of
 * client-go, the local clock measures the time between observations, and clocks are never compared.
 * @throws ActionError `locked`, with the holder, when another holder renews the Lease.
 */
export async function acquireLease(api: KubernetesApi, lock: LockKey, holder: string): Promise<AcquiredLease> {
  for (;;) {
    const createdMs = api.clock.now();
    try {
      const lease = await api.create(newLease(api, lock, holder), `acquire ${lock.description}`);
      return { lease, sentMs: createdMs };
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
    }
    const lease = await api.find('Lease', lock, `check who holds ${lock.description}`);
    if (lease === undefined) continue;
    const mine = lease.spec?.holderIdentity === holder;
    if (!mine && (await isAlive(api, lock, lease))) throw locked(lease, lock);
    const sentMs = api.clock.now();
    try {
      const { resourceVersion } = lease.metadata;
      const patch = { metadata: { resourceVersion }, spec: newLease(api, lock, holder).spec };
      const why = `take over ${lock.description} of a run that has ended`;
      return { lease: await api.mergePatch('Lease', lock, patch, why), sentMs };
    } catch (error) {
      // Another run was faster, or the holder renews it after all; read the Lease again.
      if (!hasStatus(error, 404, 409)) throw error;
    }
  }
}

/** Returns the namespaces of a cluster that have a Lease of this project, whether or not its holder is alive. */
export async function findLockedNamespaces(api: KubernetesApi): Promise<readonly string[]> {
  const selection = { fields: `metadata.name=${leaseName}` };
  const { items } = await api.list('Lease', selection, 'find the locks on the cluster');
  return items.map(({ metadata }) => metadata.namespace ?? '');
}

/** Releases the lock of a holder that ended without releasing it. */
export async function releaseLock(api: KubernetesApi, lock: LockKey, holder: string): Promise<void> {
  await removeLease(api, lock, ({ spec }) => spec?.holderIdentity === holder);
}

/**
 * Removes the Lease unless another holder has taken it. `known`, the resource version if known, saves the first read;
 * it is stale when the response to the last renewal was lost.
 */
export async function removeLease(
  api: KubernetesApi,
  lock: LockKey,
  isOurs: (lease: Lease) => boolean,
  known?: string,
): Promise<void> {
  let resourceVersion = known;
  for (;;) {
    if (resourceVersion === undefined) {
      const lease = await api.find('Lease', lock, `check who holds ${lock.description}`);
      if (lease === undefined || !isOurs(lease)) return;
      ({ resourceVersion } = lease.metadata);
    }
    try {
      await api.remove(
        'Lease',
        lock,
        `release ${lock.description}`,
        resourceVersion === undefined ? {} : { resourceVersion },
      );
      return;
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      resourceVersion = undefined;
    }
  }
}

/** Returns whether a renewal is observed within the duration of the Lease; false when the Lease is removed. */
async function isAlive(api: KubernetesApi, lock: LockKey, { metadata, spec }: Lease): Promise<boolean> {
  const validMs = Math.min((spec?.leaseDurationSeconds ?? durationMs / 1000) * 1000, longestMs);
  const deadlineMs = api.clock.now() + validMs;
  const { namespace, name } = lock;
  const observer = observe(api, [{ kind: 'Lease', namespace, fields: `metadata.name=${name}` }]);
  try {
    return await observer.until<boolean>(
      observation => {
        const now = observation.find('Lease', name);
        if (now === undefined) return found(false);
        if (now.spec?.renewTime !== spec?.renewTime) return found(true);
        const leftMs = deadlineMs - api.clock.now();
        return leftMs <= 0 ? found(false) : missing('a renewal by the other run', leftMs);
      },
      { timeoutMs: 2 * validMs, onTimeout: () => locked({ metadata, spec } as Lease, lock) },
    );
  } finally {
    observer.close();
  }
}

function newLease({ clock }: KubernetesApi, { name, namespace }: LockKey, holder: string): Lease {
  const now = microTime(clock.date());
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, labels: ownershipLabels },
    spec: { holderIdentity: holder, leaseDurationSeconds: durationMs / 1000, acquireTime: now, renewTime: now },
  };
}

/** Formats a time of a Lease, which has microseconds ("MicroTime" in the Kubernetes API reference). */
export function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

function locked({ spec }: Lease, { description }: LockKey): ActionError {
  const message = `Another run holds ${description}: ${spec?.holderIdentity ?? 'unknown'}, since ${spec?.acquireTime ?? 'unknown'}.`;
  return new ActionError('locked', message);
}
