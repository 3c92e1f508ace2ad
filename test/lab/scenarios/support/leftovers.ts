import type { ConfigMap, Lease, Node, Pod } from '../../../../src/kubernetes/api/types.js';
import { hasProbeLabels } from '../../../../src/migratorydata/object-names.js';
import type { LabCluster } from '../../lab.js';
import { namesOf } from './objects.js';

/**
 * Returns the names of what an experiment may leave: annotations, labels and taints of nodes, the revert record, the
 * probe pod and the Leases.
 */
export async function leftoversOf({ api }: Pick<LabCluster, 'api'>, namespace: string): Promise<readonly string[]> {
  const leasesIn = (name: string) => api.list<Lease>(`/apis/coordination.k8s.io/v1/namespaces/${name}/leases`);
  const [nodes, marks, pods, ...leases] = await Promise.all([
    api.list<Node>('/api/v1/nodes'),
    api.list<ConfigMap>(`/api/v1/namespaces/${namespace}/configmaps`),
    api.list<Pod>(`/api/v1/namespaces/${namespace}/pods`),
    leasesIn(namespace),
    leasesIn('default'),
  ]);
  return [
    ...nodes.items.flatMap(({ metadata, spec }) => [
      ...Object.keys({ ...metadata.annotations, ...metadata.labels }).filter(key =>
        /migratorydata|scale-down-disabled|do-not-disrupt/.test(key),
      ),
      ...(spec.taints ?? []).map(({ key }) => key),
    ]),
    ...namesOf(marks.items).filter(name => name.startsWith('migratorydata-aks')),
    ...namesOf(pods.items.filter(hasProbeLabels)),
    ...leases.flatMap(({ items }) => namesOf(items)),
  ];
}
