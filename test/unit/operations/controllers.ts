import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { cordon } from '../../../src/chaos/revert/cordon.js';
import { writeRecord } from '../../../src/chaos/revert/revert-record-store.js';
import type { RevertRecord } from '../../../src/chaos/revert/revert-record.js';
import type { KubernetesObject, StatefulSet } from '../../../src/kubernetes/types.js';
import { record } from '../chaos/revert/revert-bench.js';
import type { FakeCluster } from '../kubernetes/fake-cluster.js';
import { controller, podOf, pods, statefulSets } from '../kubernetes/samples.js';

const services = '/api/v1/namespaces/ns/services';
const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';

/** Plays the controllers once: members that are Ready at once, their status, a node port, and a metric of the autoscaler. */
export function playControllers(cluster: FakeCluster): void {
  const service = cluster.get(`${services}/migratorydata-cs`) as
    | ({ readonly spec?: { readonly ports?: readonly object[] } } & NonNullable<ReturnType<FakeCluster['get']>>)
    | undefined;
  const ports = service?.spec?.ports?.map((port, index) => ({ nodePort: 30080 + index, ...port }));
  const withPorts = service && { ...service, spec: { ...service.spec, ports } };
  if (withPorts) putChanged(cluster, services, withPorts);
  const hpa = cluster.get(`${autoscalers}/migratorydata-autoscale`);
  const currentMetrics = [{ resource: { name: 'cpu', current: { averageUtilization: 40 } } }];
  const conditions = [{ type: 'ScalingActive', status: 'True' }];
  const withMetrics = hpa && { ...hpa, status: { conditions, currentMetrics } };
  if (withMetrics) putChanged(cluster, autoscalers, withMetrics);

  const set = cluster.get(`${statefulSets}/migratorydata`) as StatefulSet | undefined;
  const wanted = set?.spec.replicas ?? 0;
  const free = cluster.list('/api/v1/nodes').filter(node => !JSON.stringify(node).includes('"unschedulable":true'));
  const ownerReferences = [{ ...controller, uid: set?.metadata.uid ?? '' }];
  for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
    const node = free[ordinal % free.length]?.metadata.name ?? '';
    const { metadata, ...pod } = podOf(ordinal, { node, uid: randomUUID() });
    if (cluster.get(`${pods}/${metadata.name}`) === undefined)
      cluster.put(pods, { ...pod, metadata: { ...metadata, ownerReferences } });
  }
  for (let ordinal = wanted; cluster.get(`${pods}/migratorydata-${ordinal}`) !== undefined; ordinal += 1)
    cluster.delete(`${pods}/migratorydata-${ordinal}`);
  const status = { observedGeneration: 1, currentRevision: 'r1', updateRevision: 'r1', availableReplicas: wanted };
  const withStatus = set && { ...set, status };
  if (withStatus) putChanged(cluster, statefulSets, withStatus);
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
