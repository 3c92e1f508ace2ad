import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Clock, Fence } from '../../runtime/ports.js';
import { ApiError } from './api-error.js';
import { discoverPlace } from './discovery.js';
import { type Kind, type Kinds, places, type ResourcePlace } from './kinds.js';
import { equivalentCommand, evictionOf, fieldManager, type Mutation } from './kubectl-equivalents.js';
import { collectionPath, type Key, objectPath, type Selection, selectionQuery, withQuery } from './paths.js';
import { podStreamOver, portForwardProtocol } from './pod-stream.js';
import { type ApiPorts, type ApiRequest, createRequester } from './requester.js';
import type { HttpStream, Transport } from './transport.js';
import type { KubernetesObject, List } from './types.js';
import { type Unseen, warningOf } from './unseen.js';

/**
 * The Kubernetes API. `why` is an infinitive phrase for the journal and for error messages, such as `list the members`.
 *
 * Reads and idempotent writes (apply, patch, scale) are retried for up to 30 seconds while the API server is
 * unreachable. Other writes are sent once, unless the server rejected them because it was too busy. Every call is
 * recorded in the journal; every change is logged as the equivalent kubectl command.
 *
 * Methods throw `ApiError`, and the reason of the signal when it aborts.
 */
export interface KubernetesApi {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Returns the same API with another signal, such as for undo after a cancellation. */
  withSignal(signal: AbortSignal): KubernetesApi;
  /** Returns the same API with a fence before each change. */
  withFence(fence: Fence): KubernetesApi;

  get<K extends Kind>(kind: K, key: Key, why: string): Promise<Kinds[K]>;
  /** Like `get`, but returns undefined when the object or its kind does not exist. */
  find<K extends Kind>(kind: K, key: Key, why: string): Promise<Kinds[K] | undefined>;
  /** Returns where the API server serves the kind of an object. @throws ActionError `api-error` when it does not. */
  locate(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): Promise<ResourcePlace>;
  /** Like `find`, for an object of any kind. */
  findAt(place: ResourcePlace, key: Key, why: string): Promise<KubernetesObject | undefined>;
  /** Like `remove`, for an object of any kind. */
  removeAt(
    place: ResourcePlace,
    key: Key,
    why: string,
    options: { readonly uid?: string | undefined },
  ): Promise<boolean>;
  list<K extends Kind>(kind: K, selection: Selection, why: string): Promise<List<Kinds[K]>>;
  /**
   * Returns what `read` returns, for something that a step can do without. Without the permission for it, returns
   * undefined, and warns once of what is therefore not seen.
   */
  unlessForbidden<T>(read: Promise<T>, notSeen: Unseen): Promise<T | undefined>;
  /** Creates an object. Returns it with the fields that the server added. */
  create<T extends KubernetesObject>(object: T, why: string): Promise<T>;
  /**
   * Server-side apply with the field manager of the action. With `force`, which is the default, it takes over fields of
   * other managers; otherwise such a field is an `api-conflict`. With `dryRun`, the server does not store the result.
   */
  apply<T extends KubernetesObject>(
    object: T,
    why: string,
    options?: { readonly force?: boolean; readonly dryRun?: boolean },
  ): Promise<T>;
  /**
   * Sends a JSON merge patch: null removes a field. With `metadata.resourceVersion` in the patch, an outdated version
   * is an `api-conflict`.
   */
  mergePatch<K extends Kind>(kind: K, key: Key, patch: object, why: string): Promise<Kinds[K]>;
  /**
   * Deletes an object. Returns false when it does not exist. With `uid` or `resourceVersion`, it deletes only that
   * object, or that version of it; otherwise `api-conflict`.
   */
  remove(
    kind: Kind,
    key: Key,
    why: string,
    options?: {
      readonly uid?: string | undefined;
      readonly resourceVersion?: string;
      readonly gracePeriodSeconds?: number;
    },
  ): Promise<boolean>;
  /**
   * Evicts a pod. If a PodDisruptionBudget blocks it, the code is `disruption-blocked`; `budgetRefusal` returns the
   * message.
   */
  evict(
    pod: PodKey,
    why: string,
    options?: { readonly dryRun?: boolean; readonly uid?: string | undefined },
  ): Promise<void>;
  /**
   * Sets the number of replicas through the scale subresource. With `resourceVersion`, an object that has changed since is
   * an `api-conflict`.
   */
  scale(
    kind: 'StatefulSet',
    key: Key,
    replicas: number,
    why: string,
    options?: { readonly resourceVersion?: string | undefined },
  ): Promise<void>;
  /** Returns the log of a container. */
  logs(pod: PodKey, container: string, options: LogOptions, why: string): Promise<string>;
  /** Sends a request to any other path, such as `/version`, and returns the text. */
  raw(request: ApiRequest): Promise<string>;
  /** Opens a connection to a port of a pod, as `kubectl port-forward` does. @throws ApiError when that is refused. */
  connectToPod(pod: PodKey, port: number, why: string): Promise<Duplex>;
  /** Opens a stream, such as a watch. @throws ApiError when the response is not a success. */
  stream(path: string, why: string): Promise<HttpStream>;
}

export interface PodKey {
  readonly namespace: string;
  readonly name: string;
}

export interface LogOptions {
  readonly tailLines?: number;
  /** Whether to read the log of the container before the last restart. */
  readonly previous?: boolean;
}

/** Creates a client of the Kubernetes API on a transport, usually kubectl proxy. */
export function createApi(transport: Transport, ports: ApiPorts, signal: AbortSignal, fence?: Fence): KubernetesApi {
  // Every call in progress listens for the abort; a diagnostics bundle has dozens of calls.
  setMaxListeners(0, signal);
  const requester = createRequester(transport, ports, signal, fence);
  const sendJson = async <T>(request: ApiRequest): Promise<T> => JSON.parse(await requester.send(request)) as T;
  const announce = (mutation: Mutation): void => {
    ports.log.info(`same as: ${equivalentCommand(mutation)}`);
  };

  const findAny = async (kind: Kind | ResourcePlace, key: Key, why: string): Promise<KubernetesObject | undefined> => {
    const text = await requester.sendUnlessAbsent({ method: 'GET', path: objectPath(kind, key), why });
    return text === undefined ? undefined : (JSON.parse(text) as KubernetesObject);
  };
  const removeAny = async (
    kind: Kind | ResourcePlace,
    key: Key,
    why: string,
    { uid, resourceVersion, gracePeriodSeconds }: NonNullable<Parameters<KubernetesApi['remove']>[3]>,
  ): Promise<boolean> => {
    announce({ verb: 'delete', kind: typeof kind === 'string' ? kind : kind.plural, key });
    const preconditions = (uid ?? resourceVersion) === undefined ? undefined : { uid, resourceVersion };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, gracePeriodSeconds };
    const request = { method: 'DELETE', path: objectPath(kind, key), body, why } as const;
    return (await requester.sendUnlessAbsent(request)) !== undefined;
  };

  const api: KubernetesApi = {
    signal,
    clock: ports.clock,
    withSignal: other => createApi(transport, ports, other, fence),
    withFence: other => createApi(transport, ports, signal, other),

    get: (kind, key, why) => sendJson({ method: 'GET', path: objectPath(kind, key), why }),
    find: async (kind, key, why) => (await findAny(kind, key, why)) as Kinds[typeof kind] | undefined,
    locate: object => discoverPlace(requester, object),
    findAt: findAny,
    list: (kind, selection, why) => {
      const path = withQuery(collectionPath(kind, selection.namespace), selectionQuery(selection));
      return sendJson({ method: 'GET', path, why });
    },
    unlessForbidden: async (read, notSeen) => {
      try {
        return await read;
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'api-forbidden') throw error;
        ports.journal.warnOnce(warningOf(notSeen, error));
        return undefined;
      }
    },

    create: async (object, why) => {
      const place = await discoverPlace(requester, object);
      // An access review is not stored, so it is not a change.
      if (place !== places.SelfSubjectAccessReview) announce({ verb: 'create', object });
      const path = withQuery(collectionPath(place, object.metadata.namespace), { fieldManager });
      return sendJson({ method: 'POST', path, body: object, why });
    },
    apply: async (object, why, { force = true, dryRun = false } = {}) => {
      const place = await discoverPlace(requester, object);
      if (!dryRun) announce({ verb: 'apply', object, force });
      const query = { fieldManager, force: force || undefined, dryRun: dryRun ? 'All' : undefined };
      const path = withQuery(objectPath(place, object.metadata), query);
      const contentType = 'application/apply-patch+yaml';
      return sendJson({ method: 'PATCH', path, contentType, body: object, why, repeat: true });
    },
    mergePatch: (kind, key, patch, why) => {
      announce({ verb: 'patch', kind, key, patch });
      const path = withQuery(objectPath(kind, key), { fieldManager });
      const contentType = 'application/merge-patch+json';
      return sendJson({ method: 'PATCH', path, contentType, body: patch, why, repeat: true });
    },
    remove: (kind, key, why, options = {}) => removeAny(kind, key, why, options),
    removeAt: removeAny,
    evict: async (pod, why, { dryRun = false, uid } = {}) => {
      const mutation = evictionOf(pod, { dryRun, uid });
      if (!dryRun) announce(mutation);
      await requester.send({ method: 'POST', path: mutation.path, body: mutation.eviction, why });
    },
    scale: async (kind, key, replicas, why, { resourceVersion } = {}) => {
      announce({ verb: 'scale', kind, key, replicas });
      const path = withQuery(objectPath(kind, key, 'scale'), { fieldManager });
      const body = { ...(resourceVersion !== undefined && { metadata: { resourceVersion } }), spec: { replicas } };
      await requester.send({
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body,
        why,
        repeat: true,
      });
    },

    logs: (pod, container, { tailLines, previous }, why) => {
      const query = { container, tailLines, previous: previous === true ? true : undefined };
      return requester.send({ method: 'GET', path: withQuery(objectPath('Pod', pod, 'log'), query), why });
    },
    connectToPod: async (pod, port, why) => {
      const path = withQuery(objectPath('Pod', pod, 'portforward'), { ports: port });
      return podStreamOver(await requester.upgrade(path, portForwardProtocol, why));
    },
    raw: request => requester.send(request),
    stream: (path, why) => requester.stream(path, why),
  };
  return api;
}
