import type { Lease } from '../../../../src/kubernetes/api/types.js';
import type { LabCluster } from '../../lab.js';

/**
 * Makes the Leases of a lost run expire soon, so that a scenario does not wait for a minute and a half. Whoever takes a
 * Lease over waits for the duration that it states.
 */
export async function shortenLeases({ api }: Pick<LabCluster, 'api'>, namespace: string): Promise<void> {
  for (const path of [namespace, 'default'].map(name => `/apis/coordination.k8s.io/v1/namespaces/${name}/leases`)) {
    const { items } = await api.list<Lease>(path);
    for (const { metadata } of items)
      await api.patch(`${path}/${metadata.name}`, { spec: { leaseDurationSeconds: 3 } });
  }
}
