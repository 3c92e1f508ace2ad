import type { KubernetesApi } from '../../kubernetes/api.js';
import { seenWithin } from '../seen.js';

/**
 * Whether the kubelet of a node is seen to renew its Lease. The node says so late: it stays Ready for most of a minute
 * after its kubelet has stopped. A kubelet renews each quarter of the time that the Lease is good for, so half of it is
 * waited ("Node heartbeats" in the Kubernetes documentation; nodeLeaseRenewIntervalFraction in the source).
 */
export async function isKubeletAlive(api: KubernetesApi, node: string): Promise<boolean> {
  const key = { namespace: 'kube-node-lease', name: node };
  const { spec } = (await api.find('Lease', key, `see whether the kubelet of node ${node} gives a sign of life`)) ?? {};
  if (spec?.leaseDurationSeconds === undefined) return false;
  const lease = { kind: 'Lease', namespace: key.namespace, fields: `metadata.name=${node}` } as const;
  return seenWithin(
    api,
    [lease],
    view => view.find('Lease', node)?.spec?.renewTime !== spec.renewTime,
    spec.leaseDurationSeconds * 500,
  );
}
