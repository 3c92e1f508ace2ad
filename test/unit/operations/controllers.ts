import { randomUUID } from 'node:crypto';
import { cordon } from '../../../src/chaos/revert/cordon.js';
import { writeRecord } from '../../../src/chaos/revert/revert-record-store.js';
import type { RevertRecord } from '../../../src/chaos/revert/revert-record.js';
import type { StatefulSet } from '../../../src/kubernetes/types.js';
import { record } from '../chaos/revert/revert-bench.js';
import type { FakeCluster } from '../kubernetes/fake-cluster.js';
import { controller, podOf, pods, statefulSets } from '../kubernetes/samples.js';

const services = '/api/v1/namespaces/ns/services';
const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';

/** Plays the controllers once: members that are Ready at once, their status, a node port, and a metric of the autoscaler. */
export function playControllers(cluster: FakeCluster): void {
  const service = cluster.get(`${services}/migratorydata-cs`) as { readonly spec?: object } | undefined;
  const ports = [{ name: 'client-port', port: 80, nodePort: 30080 }];
  if (service) cluster.put(services, { ...service, spec: { ...service.spec, ports } });
  const hpa = cluster.get(`${autoscalers}/migratorydata-autoscale`);
  const currentMetrics = [{ resource: { name: 'cpu', current: { averageUtilization: 40 } } }];
  const conditions = [{ type: 'ScalingActive', status: 'True' }];
  if (hpa) cluster.put(autoscalers, { ...hpa, status: { conditions, currentMetrics } });

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
  if (set) cluster.put(statefulSets, { ...set, status });
}

/** Leaves the record of an experiment whose process has ended, which had cordoned node a, and more if `undo` says so. */
export async function leaveExperiment(cluster: FakeCluster, undo: Partial<RevertRecord['undo']> = {}): Promise<void> {
  await writeRecord(cluster.api(), { ...record, undo: { ...record.undo, ...undo }, held: [] });
  await cordon(cluster.api(), 'a', record.holder);
}
