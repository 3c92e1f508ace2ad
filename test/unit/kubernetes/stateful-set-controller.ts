import type { Pod, StatefulSet } from '../../../src/kubernetes/api/types.js';
import { membersAmong } from '../../../src/kubernetes/pods.js';
import type { FakeCluster } from './fake-cluster.js';
import { podOf, pods, setOf, statefulSets } from './samples.js';

const path = `${statefulSets}/migratorydata`;

/**
 * Simulates the StatefulSet controller: it keeps the pods at the requested replicas, Ready at once or `later`, and those
 * from the partition on at the revision of the template, unless it is one of the `broken` images. With `OnDelete` it
 * updates only pods that are deleted. Like the real controller with ordered pod management, it does nothing else while a
 * pod is not Ready.
 */
export function playController(
  cluster: FakeCluster,
  replicas: number,
  broken: readonly string[] = [],
  later?: (ready: () => void) => void,
): void {
  let uids = 0;
  let current = 'r1';
  const make = (ordinal: number, revision: string): void => {
    const containers = broken.includes(revision) ? [{ state: { waiting: { reason: 'InvalidImageName' } } }] : [];
    const ready = !broken.includes(revision);
    const options = { revision, containers, uid: `made-${++uids}`, node: 'n2' };
    cluster.put(pods, podOf(ordinal, { ...options, ready: ready && later === undefined }));
    if (!ready) return;
    later?.(() => {
      if (find(ordinal)?.metadata.uid !== options.uid) return;
      cluster.put(pods, podOf(ordinal, { ...options, ready }));
      cluster.react({ method: 'PATCH', path: `${pods}/migratorydata-${ordinal}`, body: undefined });
    });
  };
  const find = (ordinal: number): Pod | undefined => cluster.get(`${pods}/migratorydata-${ordinal}`) as Pod | undefined;
  const areAllReady = (): boolean =>
    membersAmong(cluster.list(pods) as unknown as Pod[], setOf(replicas)).every(
      ({ status }) => status.phase === 'Running',
    );

  cluster.put(statefulSets, setOf(replicas));
  for (let ordinal = 0; ordinal < replicas; ordinal++) cluster.put(pods, podOf(ordinal));

  cluster.react = () => {
    const set = cluster.get(path) as StatefulSet | undefined;
    if (set === undefined) return;
    const wanted = set.spec.replicas ?? 1;
    const revision = String(set.spec.template.spec['image']);
    const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
    const partition = rollingUpdate?.partition ?? 0;
    const revisionFor = (ordinal: number): string => (ordinal >= partition ? revision : current);
    for (let ordinal = 0; ordinal < wanted; ordinal++)
      if (find(ordinal) === undefined) make(ordinal, revisionFor(ordinal));
    for (let ordinal = wanted; find(ordinal) !== undefined; ordinal++)
      cluster.delete(`${pods}/migratorydata-${ordinal}`);
    for (let ordinal = wanted - 1; type !== 'OnDelete' && ordinal >= partition; ordinal--) {
      if (!areAllReady() || find(ordinal)?.metadata.labels?.['controller-revision-hash'] === revision) continue;
      cluster.delete(`${pods}/migratorydata-${ordinal}`);
      make(ordinal, revision);
    }
    if (type !== 'OnDelete' && partition === 0 && areAllReady()) current = revision;
    const generation = set.metadata.generation ?? 1;
    const status = { observedGeneration: generation, currentRevision: current, updateRevision: revision };
    cluster.put(statefulSets, { ...set, status });
  };
}
