import type { KubernetesApi } from '../kubernetes/api.js';
import type { Observation } from '../kubernetes/observer.js';
import { conditionOf } from '../kubernetes/pods.js';
import { waitUntil } from '../kubernetes/wait-until.js';
import type { WatchTarget } from '../kubernetes/watch.js';

/** A kubelet renews its Lease each quarter of the time that it is good for (nodeLeaseRenewIntervalFraction in the source). */
const silentShare = 1 / 2;

/**
 * Whether the kubelet of a node is seen to renew its Lease. The node says so late: it stays Ready for most of a minute
 * after its kubelet has stopped ("Node heartbeats" in the Kubernetes documentation).
 */
export async function isKubeletAlive(api: KubernetesApi, node: string): Promise<boolean> {
  const lease = leaseOf(node);
  const { spec } =
    (await api.find(
      'Lease',
      { ...lease, name: node },
      `see whether the kubelet of node ${node} gives a sign of life`,
    )) ?? {};
  if (spec?.leaseDurationSeconds === undefined) return false;
  return waitUntil(
    api,
    [lease],
    observation => renewalIn(observation, node) !== spec.renewTime,
    spec.leaseDurationSeconds * 1000 * silentShare,
  );
}

/**
 * Whether the kubelet of a node is seen to be silent within a time: Ready is Unknown, which is how the controllers call a
 * node that they have not heard of, and the Lease had not been renewed for some time when it became so.
 */
export function isSilent(
  api: KubernetesApi,
  { name, uid }: { readonly name: string; readonly uid: string },
  timeoutMs: number,
): Promise<boolean> {
  return waitUntil(
    api,
    [{ kind: 'Node', fields: `metadata.name=${name}` }, leaseOf(name)],
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

/** What to watch for the Lease of a kubelet. */
export function leaseOf(node: string): WatchTarget & { readonly kind: 'Lease'; readonly namespace: string } {
  return { kind: 'Lease', namespace: 'kube-node-lease', fields: `metadata.name=${node}` };
}

/** When the kubelet of a node last renewed its Lease, as the Lease says; undefined without one. */
export function renewalIn(observation: Observation, node: string): string | undefined {
  return observation.find('Lease', node)?.spec?.renewTime;
}

/** The same, read once. */
export async function readRenewal(api: KubernetesApi, node: string): Promise<string | undefined> {
  const lease = await api.find(
    'Lease',
    { ...leaseOf(node), name: node },
    `see when the kubelet of node ${node} was alive`,
  );
  return lease?.spec?.renewTime;
}
