import { randomUUID } from 'node:crypto';
import type { Json, Resource, StoredObject } from './objects.js';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: StoredObject;
  readonly version: number;
}

/** An object before it is stored: what the server sets may be missing. */
export interface Draft {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<StoredObject['metadata']> & { readonly name: string };
  readonly spec?: Json;
  readonly status?: Json;
  readonly [field: string]: unknown;
}

/** Objects with resource versions and the history of their changes, as etcd keeps them behind an API server. */
export class Store {
  /** By resource, namespace and name, so that a list costs nothing for the rest. */
  readonly #objects = new Map<Resource, Map<string, Map<string, StoredObject>>>();
  readonly #history: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();
  #version = 1000;
  /** Changes up to this version are dropped: a watch from there gets 410. */
  #compacted = 0;

  get version(): number {
    return this.#version;
  }

  get(resource: Resource, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#of(resource, namespace).get(name);
  }

  list(resource: Resource, namespace?: string): StoredObject[] {
    if (namespace !== undefined) return [...this.#of(resource, namespace).values()];
    return [...(this.#objects.get(resource)?.values() ?? [])].flatMap(inside => [...inside.values()]);
  }

  /** Stores an object with a new resource version; an unchanged object keeps its version. */
  put(resource: Resource, draft: Draft): StoredObject {
    const { namespace, name } = draft.metadata;
    const objects = this.#of(resource, namespace);
    const before = objects.get(name);
    const version = this.#version + 1;
    const specChanged = before !== undefined && JSON.stringify(before.spec) !== JSON.stringify(draft.spec);
    const object: StoredObject = {
      ...(draft as StoredObject),
      metadata: {
        ...draft.metadata,
        uid: before?.metadata.uid ?? randomUUID(),
        creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+/, ''),
        generation: (before?.metadata.generation ?? 1) + (specChanged ? 1 : 0),
        resourceVersion: before?.metadata.resourceVersion ?? '',
      },
    };
    if (before && isSame(before, object)) return before;
    this.#version = version;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    objects.set(name, stored);
    this.#announce({ type: before ? 'MODIFIED' : 'ADDED', resource, object: stored, version });
    return stored;
  }

  remove(resource: Resource, namespace: string | undefined, name: string): StoredObject | undefined {
    const objects = this.#of(resource, namespace);
    const before = objects.get(name);
    if (!before) return undefined;
    objects.delete(name);
    const version = (this.#version += 1);
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };
    this.#announce({ type: 'DELETED', resource, object, version });
    return object;
  }

  /** Returns the changes after a version; undefined when they were dropped. */
  since(version: number): readonly Change[] | undefined {
    return version < this.#compacted ? undefined : this.#history.filter(change => change.version > version);
  }

  /** Drops the history, as etcd does every few minutes. */
  compact(): void {
    this.#compacted = this.#version;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #of(resource: Resource, namespace = ''): Map<string, StoredObject> {
    const inside = this.#objects.get(resource) ?? new Map<string, Map<string, StoredObject>>();
    this.#objects.set(resource, inside);
    const objects = inside.get(namespace) ?? new Map<string, StoredObject>();
    inside.set(namespace, objects);
    return objects;
  }

  #announce(change: Change): void {
    this.#history.push(change);
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** Returns whether two values are the same JSON: neither the order of keys nor a key without a value makes a difference. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every(key => isSame((one as Json)[key], (other as Json)[key]));
}

/** Returns the same value with keys in alphabetical order, so that equal values have equal texts. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
