import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Observation } from '../kubernetes/informer/observer.js';
import { waitUntil } from '../kubernetes/informer/wait-until.js';
import type { WatchTarget } from '../kubernetes/informer/watch.js';
import { nodeNamed } from '../kubernetes/nodes.js';
import { conditionOf } from '../kubernetes/pods.js';

/**
 * The share of the Lease duration without a renewal after which a kubelet is silent. A kubelet renews its Lease after a
 * quarter of the duration (nodeLeaseRenewIntervalFraction in the source).
 */
const silentShare = 1 / 2;

/**
 * Returns whether the kubelet of a node renews its Lease. The Ready condition is too slow for that: a node stays Ready
 * for most of a minute after its kubelet stops ("Node heartbeats" in the Kubernetes documentation).
 */
export async function isKubeletAlive(api: KubernetesApi, node: string): Promise<boolean> {
  const lease = leaseOf(node);
  const { spec } =
    (await api.find('Lease', { ...lease, name: node }, `check whether the kubelet of node ${node} is alive`)) ?? {};
  if (spec?.leaseDurationSeconds === undefined) return false;
  return waitUntil(
    api,
    [lease],
    observation => renewalIn(observation, node) !== spec.renewTime,
    spec.leaseDurationSeconds * 1000 * silentShare,
  );
}

/**
 * Returns whether the kubelet of a node is silent within a time: the Ready condition is Unknown, which controllers set
 * when a node sends no heartbeats, and the Lease had not been renewed for some time before that.
 */
export function isSilent(
  api: KubernetesApi,
  { name, uid }: { readonly name: string; readonly uid: string },
  timeoutMs: number,
): Promise<boolean> {
  return waitUntil(
    api,
    [nodeNamed(name), leaseOf(name)],
    observation => {
      const node = observation.find('Node', name);
      const ready = node?.metadata.uid === uid ? conditionOf(node.status, 'Ready') : undefined;
      const { renewTime = '', leaseDurationSeconds = 0 } = observation.find('Lease', name)?.spec ?? {};
      const staleMs = Date.parse(ready?.lastTransitionTime ?? '') - Date.parse(renewTime);
      return ready?.status === 'Unknown' && staleMs >= leaseDurationSeconds * 1000 * silentShare;
    },
    timeoutMs,
  );
}

/** Returns the watch target for the Lease of a kubelet. */
export function leaseOf(node: string): WatchTarget & { readonly kind: 'Lease'; readonly namespace: string } {
  return { kind: 'Lease', namespace: 'kube-node-lease', fields: `metadata.name=${node}` };
}

/** Returns the last renewal in the observed Lease of a kubelet; undefined without a Lease. */
export function renewalIn(observation: Observation, node: string): string | undefined {
  return observation.find('Lease', node)?.spec?.renewTime;
}

/** Reads the last renewal of the Lease of a kubelet from the API; undefined without a Lease. */
export async function readRenewal(api: KubernetesApi, node: string): Promise<string | undefined> {
  const lease = await api.find(
    'Lease',
    { ...leaseOf(node), name: node },
    `check when the kubelet of node ${node} was alive`,
  );
  return lease?.spec?.renewTime;
}
