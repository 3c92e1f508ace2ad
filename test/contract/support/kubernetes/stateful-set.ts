import { createHash } from 'node:crypto';
import type { Behaviour } from './behaviour.js';
import { fieldOf, type Json, resourceOf, type StoredObject, textOf } from './objects.js';
import { isReady, newPod } from './pod.js';
import { sorted, type Store } from './store.js';

const pods = resourceOf('Pod');
const sets = resourceOf('StatefulSet');

/** Templates by revision: a member below the partition is recreated in its former version. */
export type Revisions = Map<string, Json>;

/** Runs one step of the StatefulSet controller: at most one pod is created or deleted when the order matters. */
export function syncStatefulSet(store: Store, set: StoredObject, revisions: Revisions, behaviour: Behaviour): void {
  const { name, namespace } = set.metadata;
  const template = fieldOf(set, 'spec.template') as Json;
  const updateRevision = revisionOf(name, template);
  revisions.set(updateRevision, template);
  const currentRevision = textOf(set, 'status.currentRevision') || updateRevision;
  const replicas = Number(fieldOf(set, 'spec.replicas'));
  const partition = Number(fieldOf(set, 'spec.updateStrategy.rollingUpdate.partition') ?? 0);
  const members = membersOf(store, set);

  const plan = planStep({
    members: members.map(pod => ({ ordinal: ordinalOf(pod), ready: isReady(pod), revision: podRevision(pod) })),
    replicas,
    partition,
    updateRevision,
    parallel: fieldOf(set, 'spec.podManagementPolicy') === 'Parallel',
  });
  for (const ordinal of plan.create) {
    const revision = ordinal < partition ? currentRevision : updateRevision;
    const chosen = revisions.get(revision) ?? template;
    const unschedulable = behaviour.podFault({ name: `${name}-${ordinal}`, image: '' }) === 'unschedulable';
    const nodeName = unschedulable ? undefined : chooseNode(store);
    store.put(pods, newPod({ set, ordinal, revision, template: chosen, nodeName }));
  }
  for (const ordinal of plan.remove) beginEnd(store, namespace, `${name}-${ordinal}`);

  const present = membersOf(store, set).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const updated = present.filter(pod => podRevision(pod) === updateRevision);
  const ready = present.filter(isReady);
  const complete = updated.length === replicas && ready.length === replicas && present.length === replicas;
  const status = {
    observedGeneration: set.metadata.generation,
    replicas: present.length,
    readyReplicas: ready.length,
    availableReplicas: ready.length,
    updatedReplicas: updated.length,
    currentRevision: complete ? updateRevision : currentRevision,
    updateRevision,
  };
  const latest = store.get(sets, namespace, name);
  if (latest) store.put(sets, { ...latest, status });
}

interface Member {
  readonly ordinal: number;
  readonly ready: boolean;
  readonly revision: string;
}

interface Situation {
  readonly members: readonly Member[];
  readonly replicas: number;
  readonly partition: number;
  readonly updateRevision: string;
  readonly parallel: boolean;
}

/** Returns the next step, by the rules of "Deployment and Scaling Guarantees" in the Kubernetes documentation. */
function planStep(situation: Situation): { readonly create: readonly number[]; readonly remove: readonly number[] } {
  const { members, replicas, partition, updateRevision, parallel } = situation;
  const wanted = Array.from({ length: replicas }, (_, ordinal) => ordinal);
  const missing = wanted.filter(ordinal => !members.some(member => member.ordinal === ordinal));
  const create = parallel
    ? missing
    : missing.slice(0, 1).filter(first => members.every(member => member.ordinal > first || member.ready));
  if (missing.length > 0) return { create, remove: [] };
  const surplus = members.map(({ ordinal }) => ordinal).filter(ordinal => ordinal >= replicas);
  if (surplus.length > 0) return { create: [], remove: parallel ? surplus : [Math.max(...surplus)] };
  if (!members.every(({ ready }) => ready)) return { create: [], remove: [] };
  const outdated = members.filter(({ ordinal, revision }) => ordinal >= partition && revision !== updateRevision);
  const ordinals = outdated.map(({ ordinal }) => ordinal);
  return { create: [], remove: ordinals.length === 0 ? [] : [Math.max(...ordinals)] };
}

/** Returns the pods of a StatefulSet, lowest ordinal first, terminating ones included. */
export function membersOf(store: Store, { metadata }: StoredObject): StoredObject[] {
  return store
    .list(pods, metadata.namespace)
    .filter(pod => ((pod.metadata['ownerReferences'] ?? []) as readonly Json[]).some(({ uid }) => uid === metadata.uid))
    .sort((a, b) => ordinalOf(a) - ordinalOf(b));
}

/** Marks a pod as terminating; the fake kubelet deletes it. */
export function beginEnd(store: Store, namespace: string | undefined, name: string): void {
  const pod = store.get(pods, namespace, name);
  if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
  store.put(pods, { ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date().toISOString() } });
}

/** Returns the schedulable node with the fewest pods, the first by name among equals. */
function chooseNode(store: Store): string | undefined {
  const counts = new Map<unknown, number>();
  for (const pod of store.list(pods)) {
    const node = fieldOf(pod, 'spec.nodeName');
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const load = (node: StoredObject): number => counts.get(node.metadata.name) ?? 0;
  const [best] = store
    .list(resourceOf('Node'))
    .filter(node => fieldOf(node, 'spec.unschedulable') !== true)
    .sort((a, b) => load(a) - load(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
  return best?.metadata.name;
}

function revisionOf(name: string, template: Json): string {
  const text = JSON.stringify(sorted(template));
  return `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 10)}`;
}

function podRevision(pod: StoredObject): string {
  return pod.metadata.labels?.['controller-revision-hash'] ?? '';
}

function ordinalOf({ metadata }: StoredObject): number {
  return Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1);
}
