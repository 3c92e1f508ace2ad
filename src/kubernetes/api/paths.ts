import { identifier } from '../../runtime/identifiers.js';
import { type Kind, type ResourcePlace, places } from './kinds.js';

/** Identifies one object by its namespace, if the kind is namespaced, and its name. */
export interface Key {
  readonly namespace?: string;
  readonly name: string;
}

/** Selects objects of a kind; without a namespace, from all namespaces. */
export interface Selection {
  readonly namespace?: string;
  /** A label selector, such as `app=migratorydata`. */
  readonly labels?: string;
  /** A field selector, such as `spec.nodeName=aks-1`. */
  readonly fields?: string;
  /** The size of a page; without it, all objects are returned. */
  readonly limit?: number;
  /** The position after the last page, from its metadata. */
  readonly continueFrom?: string | undefined;
  /**
   * Whether a state from the cache of the API server is sufficient, which may be seconds old: an index replaces a read
   * of all objects.
   */
  readonly cached?: true;
}

/** Query parameters; undefined and empty ones are omitted. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Returns the path of an object or of one of its subresources (`status`, `scale`, `eviction`, `log`). */
export function objectPath(kind: Kind | ResourcePlace, { namespace, name }: Key, subresource?: string): string {
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(identifier('object name', name))}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** Returns the path of all objects of a kind, in one namespace or in all. */
export function collectionPath(kind: Kind | ResourcePlace, namespace?: string): string {
  const { apiVersion, plural, namespaced } = typeof kind === 'string' ? places[kind] : kind;
  const inside =
    namespaced && namespace !== undefined
      ? `/namespaces/${encodeURIComponent(identifier('object name', namespace))}`
      : '';
  return `${groupPath(apiVersion)}${inside}/${plural}`;
}

/** Returns the path of an API version; the core group has a separate root. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Returns the query parameters of a selection; see "API concepts" in the Kubernetes documentation. */
export function selectionQuery({ labels, fields, limit, continueFrom, cached }: Selection): Query {
  return {
    labelSelector: labels,
    fieldSelector: fields,
    limit,
    continue: continueFrom,
    resourceVersion: cached === true ? '0' : undefined,
  };
}

/** Returns a path with query parameters in the given order. */
export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return path;
  // encodeURIComponent throws for half a surrogate pair.
  const encode = (value: unknown): string => encodeURIComponent(String(value).replace(/\p{Cs}/gu, '\ufffd'));
  return `${path}?${given.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`;
}
