import type { Behaviour } from './behaviour.js';
import {
  fieldOf,
  type Json,
  matchesLabels,
  parseTarget,
  resourceOf,
  type StoredObject,
  type Target,
} from './objects.js';
import { isReady } from './pod.js';
import { beginEnd } from './stateful-set.js';
import { StatusError, conflict } from './status.js';
import type { Store } from './store.js';
import { type ApiCall, listResources, Verbs } from './verbs.js';

export interface Answer {
  readonly status: number;
  /** An object is sent as JSON. */
  readonly body: Json | string;
}

const success: Json = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
const version = { major: '1', minor: '36', gitVersion: 'v1.36.3' };

/** Returns a function that responds to every call except watches. @throws StatusError. */
export function createApi(store: Store, behaviour: Behaviour): (call: ApiCall) => Answer {
  const verbs = new Verbs(store);

  const onObject = (target: Target, call: ApiCall): Answer => {
    switch (call.method) {
      case 'GET':
        return { status: 200, body: verbs.get(target) };
      case 'PATCH': {
        const { status, object } = verbs.patch(target, call);
        return { status, body: object };
      }
      case 'PUT':
        return { status: 200, body: verbs.replace(target, call) };
      case 'DELETE':
        remove(store, verbs.get(target), target, call);
        return { status: 200, body: success };
      default:
        throw notAllowed(call.method);
    }
  };
  const onCollection = (target: Target, call: ApiCall): Answer => {
    const { kind } = target.resource;
    if (kind === 'SelfSubjectAccessReview') {
      const attributes = (fieldOf(call.body, 'spec.resourceAttributes') ?? {}) as Json;
      return { status: 201, body: { ...call.body, status: { allowed: behaviour.allows(attributes) } } };
    }
    if (kind === 'PodMetrics') return { status: 200, body: metrics(store, target, behaviour) };
    if (call.method === 'GET') return { status: 200, body: verbs.list(target, call.query) };
    if (call.method === 'POST') return { status: 201, body: verbs.create(target, call) };
    throw notAllowed(call.method);
  };
  /** Members answer whenever their pods exist. */
  const onPodProxy = (target: Target): Answer => {
    const [, name = ''] = (target.name ?? '').split(':');
    verbs.get({ ...target, name });
    return { status: 200, body: '<title>MigratoryData</title>' };
  };
  const onSubresource = (target: Target, call: ApiCall): Answer => {
    if (target.subresource === 'proxy') return onPodProxy(target);
    const object = verbs.get(target);
    switch (target.subresource) {
      case 'scale':
        if (call.method !== 'GET') {
          verbs.set(
            target,
            'spec',
            { replicas: fieldOf(call.body, 'spec.replicas') },
            call.query['fieldManager'] ?? '',
          );
        }
        return { status: 200, body: scaleOf(verbs.get(target)) };
      case 'status':
        return { status: 200, body: verbs.set(target, 'status', (call.body?.['status'] ?? {}) as Json, '') };
      case 'log':
        return { status: 200, body: behaviour.log(object) };
      case 'eviction':
        evict(store, object, call.body ?? {});
        return { status: 201, body: success };
      default:
        throw notAllowed(call.method);
    }
  };

  return call => {
    if (call.path === '/version') return { status: 200, body: version };
    if (/^\/(livez|readyz|healthz)$/.test(call.path)) return { status: 200, body: 'ok' };
    const discovered = listResources(call.path.replace(/^\/apis?\//, ''));
    if (discovered) return { status: 200, body: discovered };
    const target = parseTarget(call.path);
    if (!target) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
    if (target.name === undefined) return onCollection(target, call);
    return target.subresource === undefined ? onObject(target, call) : onSubresource(target, call);
  };
}

function remove(store: Store, object: StoredObject, { resource }: Target, { body }: ApiCall): void {
  const { name, namespace, uid } = object.metadata;
  const wanted = fieldOf(body, 'preconditions.uid');
  if (wanted !== undefined && wanted !== uid)
    throw conflict(resource.plural, name, 'the UID in the precondition differs');
  if (resource.kind === 'Pod' && fieldOf(body, 'gracePeriodSeconds') !== 0) {
    beginEnd(store, namespace, name);
  } else if (resource.kind === 'Namespace') {
    const metadata = { ...object.metadata, deletionTimestamp: new Date().toISOString() };
    store.put(resource, { ...object, metadata, status: { phase: 'Terminating' } });
  } else {
    store.remove(resource, namespace, name);
  }
}

/** Responds as "API-initiated Eviction" of the Kubernetes documentation says. */
function evict(store: Store, pod: StoredObject, eviction: Json): void {
  const { name, namespace, uid } = pod.metadata;
  const wanted = fieldOf(eviction, 'deleteOptions.preconditions.uid');
  if (wanted !== undefined && wanted !== uid) throw conflict('pods', name, 'the UID in the precondition differs');
  const blocking = store
    .list(resourceOf('PodDisruptionBudget'), namespace)
    .filter(budget => matchesLabels(pod, labelSelector(budget)))
    .find(budget => Number(fieldOf(budget, 'status.disruptionsAllowed') ?? 0) === 0);
  if (blocking && isReady(pod)) {
    const { desiredHealthy, currentHealthy } = (blocking.status ?? {}) as Readonly<Record<string, number>>;
    const message = `The disruption budget ${blocking.metadata.name} needs ${desiredHealthy ?? 0} healthy pods and has ${currentHealthy ?? 0} currently`;
    const text = "Cannot evict pod as it would violate the pod's disruption budget.";
    throw new StatusError(429, 'TooManyRequests', text, { causes: [{ reason: 'DisruptionBudget', message }] });
  }
  const dryRun = (fieldOf(eviction, 'deleteOptions.dryRun') ?? []) as readonly string[];
  if (!dryRun.includes('All')) beginEnd(store, namespace, name);
}

function labelSelector(budget: StoredObject): string {
  const labels = (fieldOf(budget, 'spec.selector.matchLabels') ?? {}) as Readonly<Record<string, string>>;
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function scaleOf({ metadata, spec, status }: StoredObject): Json {
  const { name, namespace, resourceVersion, uid } = metadata;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, resourceVersion, uid },
    spec: { replicas: spec?.['replicas'] },
    status: { replicas: status?.['replicas'] ?? 0 },
  };
}

function metrics(store: Store, { namespace }: Target, { podCpu }: Behaviour): Json {
  if (podCpu === undefined) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
  const { apiVersion } = resourceOf('PodMetrics');
  const items = store
    .list(resourceOf('Pod'), namespace)
    .filter(isReady)
    .map(({ metadata: { name, namespace: place }, spec }) => ({
      metadata: { name, namespace: place },
      timestamp: new Date().toISOString(),
      containers: ((spec?.['containers'] ?? []) as readonly Json[]).map(container => ({
        name: container['name'],
        usage: { cpu: podCpu, memory: '180Mi' },
      })),
    }));
  return { kind: 'PodMetricsList', apiVersion, metadata: {}, items };
}

function notAllowed(method: string): StatusError {
  return new StatusError(405, 'MethodNotAllowed', `the server does not allow the method ${method} on this resource`);
}
