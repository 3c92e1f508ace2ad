import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { cordon } from '../../../src/chaos/revert/cordon.js';
import { writeRecord } from '../../../src/chaos/revert/revert-record-store.js';
import type { RevertRecord } from '../../../src/chaos/revert/revert-record.js';
import type { KubernetesObject, Pod, Service, StatefulSet } from '../../../src/kubernetes/api/types.js';
import { record } from '../chaos/revert/revert-bench.js';
import type { FakeCluster } from '../kubernetes/fake-cluster.js';
import { controller, podOf, pods, statefulSets } from '../kubernetes/samples.js';

const services = '/api/v1/namespaces/ns/services';
const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';

/** Plays the controllers once: members that are Ready at once, their status, node ports, and metrics of the autoscalers. */
export function playControllers(cluster: FakeCluster): void {
  for (const service of cluster.list(services) as readonly Partial<Service>[]) {
    const { metadata, spec } = service;
    if (metadata?.name.endsWith('-cs') !== true) continue;
    const ports = spec?.ports?.map((port, index) => ({ nodePort: 30080 + index, ...port }));
    const withPorts = { ...service, metadata, spec: { ...spec, ports } };
    putChanged(cluster, services, withPorts);
  }
  const currentMetrics = [{ resource: { name: 'cpu', current: { averageUtilization: 40 } } }];
  const conditions = [{ type: 'ScalingActive', status: 'True' }];
  for (const hpa of cluster.list(autoscalers)) {
    if (!hpa.metadata.name.endsWith('-autoscale')) continue;
    const withMetrics = { ...hpa, status: { conditions, currentMetrics } };
    putChanged(cluster, autoscalers, withMetrics);
  }
  const sets = cluster.list(statefulSets) as unknown as readonly StatefulSet[];
  for (const set of sets) playStatefulSet(cluster, set);
  for (const { metadata } of cluster.list(pods) as unknown as readonly Pod[]) {
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'StatefulSet')?.name;
    if (owner !== undefined && !sets.some(set => set.metadata.name === owner))
      cluster.delete(`${pods}/${metadata.name}`);
  }
}

function playStatefulSet(cluster: FakeCluster, set: StatefulSet): void {
  const { name, uid = '' } = set.metadata;
  const wanted = set.spec.replicas ?? 0;
  const free = cluster.list('/api/v1/nodes').filter(node => !JSON.stringify(node).includes('"unschedulable":true'));
  const ownerReferences = [{ ...controller, name, uid }];
  for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
    const node = free[ordinal % free.length]?.metadata.name ?? '';
    const { metadata, ...pod } = podOf(ordinal, { node, uid: randomUUID() });
    const podName = `${name}-${ordinal}`;
    if (cluster.get(`${pods}/${podName}`) !== undefined) continue;
    const labels = { ...metadata.labels, ...set.spec.template.metadata?.labels };
    cluster.put(pods, { ...pod, metadata: { ...metadata, name: podName, labels, ownerReferences } });
  }
  for (let ordinal = wanted; cluster.get(`${pods}/${name}-${ordinal}`) !== undefined; ordinal += 1)
    cluster.delete(`${pods}/${name}-${ordinal}`);
  const status = { observedGeneration: 1, currentRevision: 'r1', updateRevision: 'r1', availableReplicas: wanted };
  const withStatus = { ...set, status };
  putChanged(cluster, statefulSets, withStatus);
}

/** Puts an object only if that changes it: a new version of the same would refuse each write that has a condition. */
function putChanged(cluster: FakeCluster, collection: string, object: Pick<KubernetesObject, 'metadata'>): void {
  const former = cluster.get(`${collection}/${object.metadata.name}`);
  if (!isDeepStrictEqual(former, object)) cluster.put(collection, object);
}

/** Leaves the record of an experiment whose process has ended, which had cordoned node a, and more if `undo` says so. */
export async function leaveExperiment(cluster: FakeCluster, undo: Partial<RevertRecord['undo']> = {}): Promise<void> {
  await writeRecord(cluster.api(), { ...record, undo: { ...record.undo, ...undo }, held: [] });
  await cordon(cluster.api(), 'a', record.holder);
}
