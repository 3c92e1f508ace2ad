import type { Behaviour } from './behaviour.js';
import { fieldOf, type Json, matchesLabels, resourceOf, type StoredObject, textOf } from './objects.js';
import { imageOf, isReady, podStatus } from './pod.js';
import { bindLonePods } from './probe-pod.js';
import { beginEnd, membersOf, type Revisions, syncStatefulSet } from './stateful-set.js';
import type { Store } from './store.js';

const kinds = {
  autoscaler: resourceOf('HorizontalPodAutoscaler'),
  budget: resourceOf('PodDisruptionBudget'),
  namespace: resourceOf('Namespace'),
  pod: resourceOf('Pod'),
  service: resourceOf('Service'),
  slice: resourceOf('EndpointSlice'),
  set: resourceOf('StatefulSet'),
};

/** The number of status updates of a failing pod, for code that requires a second observation. */
const looksAtFault = 3;

/** Runs the controllers, the scheduler, the kubelets and the cloud. Returns the function that ends them. */
export function startControllers(store: Store, behaviour: Behaviour): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const revisions: Revisions = new Map();
  const seen = new Set<string>();
  let due = false;
  let garbageDue = true;

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const sync = (): void => {
    due = false;
    bindLonePods(store);
    for (const set of store.list(kinds.set)) syncStatefulSet(store, set, revisions, behaviour);
    for (const service of store.list(kinds.service)) syncService(store, service, behaviour);
    for (const budget of store.list(kinds.budget)) syncBudget(store, budget);
    for (const autoscaler of store.list(kinds.autoscaler)) syncAutoscaler(store, autoscaler, behaviour);
    if (!garbageDue) return;
    garbageDue = false;
    collectGarbage(store);
  };
  const schedule = (): void => {
    if (due) return;
    due = true;
    later(0, sync);
  };
  const playKubelet = (pod: StoredObject): void => {
    const { uid, name, namespace } = pod.metadata;
    const ending = pod.metadata.deletionTimestamp !== undefined;
    const key = ending ? `${uid} ends` : uid;
    if (seen.has(key)) return;
    seen.add(key);
    if (ending)
      later(behaviour.podEndMs, () => {
        if (find(pod)) store.remove(kinds.pod, namespace, name);
      });
    else
      later(behaviour.podReadyMs, () => {
        runPod(pod, 0);
      });
  };
  /** Returns the pod as it is now, unless another one has its name. */
  const find = ({ metadata: { uid, name, namespace } }: StoredObject): StoredObject | undefined => {
    const now = store.get(kinds.pod, namespace, name);
    return now?.metadata.uid === uid ? now : undefined;
  };
  const runPod = (created: StoredObject, attempt: number): void => {
    const pod = find(created);
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
    const fault = behaviour.podFault({ name: pod.metadata.name, image: imageOf(pod) });
    store.put(kinds.pod, { ...pod, status: podStatus(pod, fault, attempt) });
    if (fault === undefined || attempt >= looksAtFault) return;
    later(behaviour.podReadyMs, () => {
      runPod(pod, attempt + 1);
    });
  };

  const stop = store.onChange(({ resource, object, type }) => {
    if (resource === kinds.pod && type !== 'DELETED') playKubelet(object);
    if (resource === kinds.namespace || type === 'DELETED') garbageDue = true;
    schedule();
  });
  schedule();
  return () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
  };
}

function syncService(store: Store, service: StoredObject, behaviour: Behaviour): void {
  const { name, namespace = '' } = service.metadata;
  if (fieldOf(service, 'spec.type') === 'LoadBalancer' && behaviour.address !== undefined) {
    const status = { loadBalancer: { ingress: [{ ip: behaviour.address }] } };
    store.put(kinds.service, { ...service, status });
  }
  const selector = labelText(fieldOf(service, 'spec.selector'));
  if (selector === '') return;
  const endpoints = store
    .list(kinds.pod, namespace)
    .filter(pod => matchesLabels(pod, selector))
    .map(pod => ({
      addresses: ['10.244.0.10'],
      conditions: { ready: isReady(pod), terminating: pod.metadata.deletionTimestamp !== undefined },
      nodeName: fieldOf(pod, 'spec.nodeName'),
      targetRef: { kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
    }));
  const { apiVersion, kind } = kinds.slice;
  const metadata = { name: `${name}-slice`, namespace, labels: { 'kubernetes.io/service-name': name } };
  store.put(kinds.slice, { apiVersion, kind, metadata, addressType: 'IPv4', endpoints });
}

/**
 * The arithmetic of "Specifying a Disruption Budget" in the Kubernetes documentation, for whole numbers. With
 * `minAvailable`, only the pods that exist are expected (getExpectedPodCount in its disruption controller).
 */
function syncBudget(store: Store, budget: StoredObject): void {
  const selector = labelText(fieldOf(budget, 'spec.selector.matchLabels'));
  const pods = store.list(kinds.pod, budget.metadata.namespace).filter(pod => matchesLabels(pod, selector));
  const replicas = store
    .list(kinds.set, budget.metadata.namespace)
    .filter(set => membersOf(store, set).some(pod => matchesLabels(pod, selector)))
    .reduce((sum, set) => sum + Number(fieldOf(set, 'spec.replicas')), 0);
  const minAvailable = fieldOf(budget, 'spec.minAvailable');
  const [expectedPods, desiredHealthy] =
    minAvailable === undefined
      ? [replicas, Math.max(0, replicas - Number(fieldOf(budget, 'spec.maxUnavailable')))]
      : [pods.length, Number(minAvailable)];
  const currentHealthy = pods.filter(isReady).length;
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
  const observedGeneration = budget.metadata.generation;
  const status = { observedGeneration, disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods };
  store.put(kinds.budget, { ...budget, status });
}

/** Keeps the StatefulSet within the bounds; the load is always that of an idle cluster. */
function syncAutoscaler(store: Store, autoscaler: StoredObject, behaviour: Behaviour): void {
  const name = textOf(autoscaler, 'spec.scaleTargetRef.name');
  const set = store.get(kinds.set, autoscaler.metadata.namespace, name);
  const current = Number(fieldOf(set, 'spec.replicas') ?? 0);
  const least = Number(fieldOf(autoscaler, 'spec.minReplicas') ?? 1);
  const most = Number(fieldOf(autoscaler, 'spec.maxReplicas'));
  const desired = Math.min(most, Math.max(least, current));
  if (set && desired !== current) store.put(kinds.set, { ...set, spec: { ...set.spec, replicas: desired } });
  const active = behaviour.podCpu !== undefined;
  const usage = {
    type: 'Resource',
    resource: { name: 'cpu', current: { averageUtilization: 2, averageValue: '12m' } },
  };
  const status = {
    observedGeneration: autoscaler.metadata.generation,
    currentReplicas: current,
    desiredReplicas: desired,
    conditions: [
      { type: 'AbleToScale', status: set ? 'True' : 'False' },
      active
        ? { type: 'ScalingActive', status: 'True' }
        : { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' },
    ],
    ...(active ? { currentMetrics: [usage] } : {}),
  };
  store.put(kinds.autoscaler, { ...autoscaler, status });
}

/** Deletes pods without their StatefulSet, and a terminating namespace when it is empty. */
function collectGarbage(store: Store): void {
  const owners = new Set(store.list(kinds.set).map(({ metadata }) => metadata.uid));
  for (const { metadata } of store.list(kinds.pod)) {
    const references = (metadata['ownerReferences'] ?? []) as readonly Json[];
    const orphan = references.length > 0 && !references.some(({ uid }) => owners.has(String(uid)));
    if (orphan) beginEnd(store, metadata.namespace, metadata.name);
  }
  for (const { metadata } of store.list(kinds.namespace)) {
    if (metadata.deletionTimestamp === undefined) continue;
    const left = Object.values(kinds)
      .filter(({ namespaced }) => namespaced)
      .flatMap(resource => store.list(resource, metadata.name).map(object => ({ resource, object })));
    if (left.length === 0) store.remove(kinds.namespace, undefined, metadata.name);
    for (const { resource, object } of left) {
      if (resource === kinds.pod) beginEnd(store, metadata.name, object.metadata.name);
      else store.remove(resource, metadata.name, object.metadata.name);
    }
  }
}

function labelText(labels: unknown): string {
  return Object.entries((labels ?? {}) as Readonly<Record<string, string>>)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
