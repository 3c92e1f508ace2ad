import { completeObject, checkImmutable } from './admission.js';
import { FieldOwners } from './field-owners.js';
import {
  fieldOf,
  type Json,
  matchesFields,
  matchesLabels,
  resourceOf,
  resources,
  type StoredObject,
  type Target,
} from './objects.js';
import { mergePatch } from './patches.js';
import { StatusError, conflict, notFound } from './status.js';
import type { Draft, Store } from './store.js';

/** One request to the API server. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body?: Json;
}

/** The verbs of the API on stored objects. Every error is thrown as a StatusError. */
export class Verbs {
  readonly #store: Store;
  readonly #owners = new Map<string, FieldOwners>();

  constructor(store: Store) {
    this.#store = store;
    store.onChange(({ type, resource, object: { metadata } }) => {
      if (type === 'DELETED') this.#owners.delete(ownersKey(resource.plural, metadata.namespace, metadata.name));
    });
  }

  get(target: Target): StoredObject {
    const { resource, namespace, name = '' } = target;
    const object = this.#store.get(resource, namespace, name);
    if (!object) throw notFound(resource.plural, name);
    return object;
  }

  list({ resource, namespace }: Target, query: ApiCall['query']): Json {
    const all = this.#store.list(resource, namespace).filter(object => isSelected(object, query));
    const { apiVersion, kind } = resource;
    const from = Number(query['continue'] ?? 0);
    const to = from + Number(query['limit'] ?? all.length);
    const more = to < all.length ? { continue: String(to), remainingItemCount: all.length - to } : {};
    const metadata = { resourceVersion: String(this.#store.version), ...more };
    return { apiVersion, kind: `${kind}List`, metadata, items: all.slice(from, to) };
  }

  create(target: Target, { body = {}, query }: ApiCall): StoredObject {
    const { resource, namespace } = target;
    const draft = this.#draft(target, body);
    if (this.#store.get(resource, namespace, draft.metadata.name)) {
      const message = `${resource.plural} "${draft.metadata.name}" already exists`;
      throw new StatusError(409, 'AlreadyExists', message, { name: draft.metadata.name });
    }
    return this.#write(target, {}, completeObject(draft), query);
  }

  replace(target: Target, { body = {}, query }: ApiCall): StoredObject {
    const before = this.get(target);
    const draft = this.#draft(target, body);
    checkVersion(target, before, draft);
    return this.#write(
      target,
      before,
      completeObject({ ...draft, ...(before.status ? { status: before.status } : {}) }),
      query,
    );
  }

  /** Responds with 201 for an object that apply created. */
  patch(target: Target, call: ApiCall): { readonly status: number; readonly object: StoredObject } {
    const { resource, namespace, name = '' } = target;
    const before = this.#store.get(resource, namespace, name);
    if (call.contentType.startsWith('application/apply-patch')) {
      const object = this.#apply(target, before, call);
      return { status: before ? 200 : 201, object };
    }
    if (!before) throw notFound(resource.plural, name);
    const draft = this.#draft(target, mergePatch(before, call.body) as Json);
    checkVersion(target, before, draft);
    checkImmutable(before, draft);
    return { status: 200, object: this.#write(target, before, completeObject(draft), call.query) };
  }

  #apply(target: Target, before: StoredObject | undefined, { body = {}, query }: ApiCall): StoredObject {
    this.#draft(target, body);
    const manager = query['fieldManager'];
    if (!manager) throw new StatusError(400, 'BadRequest', 'fieldManager is required for apply patch');
    const dryRun = query['dryRun'] === 'All';
    const owners = dryRun ? this.#ownersOf(target).copy() : this.#ownersOf(target);
    const base = before ?? { apiVersion: body['apiVersion'], kind: body['kind'], metadata: body['metadata'] };
    const result = owners.apply(base, body, manager, query['force'] === 'true');
    if ('conflicts' in result) {
      const fields = result.conflicts.map(path => `.${path.replaceAll('\0', '.')}`).join(', ');
      throw new StatusError(409, 'Conflict', `Apply failed with ${result.conflicts.length} conflict(s): ${fields}`, {
        causes: result.conflicts.map(path => ({ reason: 'FieldManagerConflict', field: path.replaceAll('\0', '.') })),
      });
    }
    const draft = completeObject(this.#draft(target, result.object));
    if (before) checkImmutable(before, draft);
    return dryRun ? (draft as StoredObject) : this.#put(target, draft);
  }

  /** Sets a field of `spec` or `status` on behalf of the API or a controller. */
  set(target: Target, part: 'spec' | 'status', changes: Json, manager: string): StoredObject {
    const before = this.get(target);
    const after = { ...before, [part]: { ...(before[part] ?? {}), ...changes } };
    if (part === 'spec') this.#ownersOf(target).update(before, after, manager);
    return this.#put(target, after);
  }

  #write(target: Target, before: Json, draft: Draft, query: ApiCall['query']): StoredObject {
    if (query['dryRun'] === 'All') return draft as StoredObject;
    this.#ownersOf({ ...target, name: draft.metadata.name }).update(before, draft, query['fieldManager'] ?? 'unknown');
    return this.#put(target, draft);
  }

  #put({ resource }: Target, draft: Draft): StoredObject {
    return this.#store.put(resource, draft);
  }

  /** Returns the body of a request as an object of the target's kind and place. */
  #draft({ resource, namespace, name }: Target, body: Json): Draft {
    const metadata = (body['metadata'] ?? {}) as Partial<StoredObject['metadata']>;
    const given = { apiVersion: body['apiVersion'] ?? resource.apiVersion, kind: body['kind'] ?? resource.kind };
    if (given.apiVersion !== resource.apiVersion || given.kind !== resource.kind) {
      throw new StatusError(400, 'BadRequest', `the object is not a ${resource.kind} of ${resource.apiVersion}`);
    }
    if (namespace !== undefined) this.#requireNamespace(namespace, resource.plural);
    const place = namespace === undefined ? {} : { namespace };
    return {
      ...body,
      ...resourceKind(resource),
      metadata: { ...metadata, name: name ?? metadata.name ?? '', ...place },
    };
  }

  #requireNamespace(name: string, plural: string): void {
    const namespace = this.#store.get(resourceOf('Namespace'), undefined, name);
    if (!namespace) throw notFound('namespaces', name);
    if (namespace.metadata.deletionTimestamp === undefined) return;
    const message = `${plural} is forbidden: unable to create new content in namespace ${name} because it is being terminated`;
    throw new StatusError(403, 'Forbidden', message, { causes: [{ reason: 'NamespaceTerminating' }] });
  }

  #ownersOf({ resource, namespace, name = '' }: Target): FieldOwners {
    const key = ownersKey(resource.plural, namespace, name);
    const owners = this.#owners.get(key) ?? new FieldOwners();
    this.#owners.set(key, owners);
    return owners;
  }
}

function ownersKey(plural: string, namespace: string | undefined, name: string): string {
  return `${plural}/${namespace ?? ''}/${name}`;
}

/** Returns whether a list or a watch with this query includes the object. */
export function isSelected(object: StoredObject, query: ApiCall['query']): boolean {
  const { labelSelector, fieldSelector } = query;
  return (
    (!labelSelector || matchesLabels(object, labelSelector)) && (!fieldSelector || matchesFields(object, fieldSelector))
  );
}

/** Returns the discovery response for a group. */
export function listResources(apiVersion: string): Json | undefined {
  const served = resources.filter(resource => resource.apiVersion === apiVersion);
  if (served.length === 0) return undefined;
  const entries = served.map(({ plural, kind, namespaced }) => ({ name: plural, kind, namespaced, verbs: ['get'] }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: entries };
}

function resourceKind({ apiVersion, kind }: Target['resource']): {
  readonly apiVersion: string;
  readonly kind: string;
} {
  return { apiVersion, kind };
}

function checkVersion({ resource }: Target, before: StoredObject, draft: Draft): void {
  const wanted = fieldOf(draft, 'metadata.resourceVersion');
  if (wanted === undefined || wanted === before.metadata.resourceVersion) return;
  throw conflict(resource.plural, before.metadata.name, 'the object has been modified; please apply your changes');
}
