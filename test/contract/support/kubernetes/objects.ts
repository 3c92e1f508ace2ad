export type Json = Readonly<Record<string, unknown>>;

/** An object as the API server stores it. */
export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec?: Json;
  readonly status?: Json;
  readonly [field: string]: unknown;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A kind as paths name it. */
export interface Resource {
  readonly apiVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const rows = [
  ['v1', 'configmaps', 'ConfigMap', true],
  ['v1', 'events', 'Event', true],
  ['v1', 'namespaces', 'Namespace', false],
  ['v1', 'nodes', 'Node', false],
  ['v1', 'pods', 'Pod', true],
  ['v1', 'secrets', 'Secret', true],
  ['v1', 'serviceaccounts', 'ServiceAccount', true],
  ['v1', 'services', 'Service', true],
  ['apps/v1', 'controllerrevisions', 'ControllerRevision', true],
  ['apps/v1', 'statefulsets', 'StatefulSet', true],
  ['authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', false],
  ['autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', true],
  ['coordination.k8s.io/v1', 'leases', 'Lease', true],
  ['discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true],
  ['metrics.k8s.io/v1beta1', 'pods', 'PodMetrics', true],
  ['policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', true],
] as const;

/** The kinds that are served. */
export const resources: readonly Resource[] = rows.map(([apiVersion, plural, kind, namespaced]) => ({
  apiVersion,
  plural,
  kind,
  namespaced,
}));

/** The meaning of the path of a request. */
export interface Target {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Reads a path such as `/apis/apps/v1/namespaces/NS/statefulsets/NAME/scale`; undefined when it is not served. */
export function parseTarget(path: string): Target | undefined {
  const match = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)\/(.+)$/.exec(path);
  if (!match) return undefined;
  const [, group, version = '', rest = ''] = match;
  const apiVersion = group === undefined ? version : `${group}/${version}`;
  const parts = rest.split('/').map(decodeURIComponent);
  const inside = parts[0] === 'namespaces' && parts.length > 2 ? parts[1] : undefined;
  const [plural, name, subresource] = inside === undefined ? parts : parts.slice(2);
  const resource = resources.find(known => known.apiVersion === apiVersion && known.plural === plural);
  if (!resource) return undefined;
  return {
    resource,
    ...(inside === undefined ? {} : { namespace: inside }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** Returns the resource of a kind. */
export function resourceOf(kind: string): Resource {
  const resource = resources.find(known => known.kind === kind);
  if (!resource) throw new Error(`kind ${kind} is not served`);
  return resource;
}

/** Returns the value under a path of fields, such as `status.phase`. */
export function fieldOf(object: unknown, path: string): unknown {
  return path.split('.').reduce((value, key) => (value as Json | null | undefined)?.[key], object);
}

/** Returns the same as text; empty when there is none. */
export function textOf(object: unknown, path: string): string {
  const value = fieldOf(object, path);
  return typeof value === 'string' ? value : '';
}

/** Returns whether an object matches a label selector (`a=b,c!=d,e in (f,g),h,!i`). */
export function matchesLabels({ metadata }: StoredObject, selector: string): boolean {
  const labels = metadata.labels ?? {};
  return selector.split(/,(?![^(]*\))/).every(term => {
    const set = /^(\S+) (in|notin) \(([^)]*)\)$/.exec(term.trim());
    if (set) {
      const listed = (set[3] ?? '').split(',').some(value => value.trim() === labels[set[1] ?? '']);
      return listed === (set[2] === 'in');
    }
    const [, key = '', operator, value] = /^([^=!]+|![^=]+)(?:(==|=|!=)(.*))?$/.exec(term.trim()) ?? [];
    if (operator !== undefined) return (labels[key] === value) === (operator !== '!=');
    return key.startsWith('!') ? !(key.slice(1) in labels) : key in labels;
  });
}

/** Returns whether an object matches a field selector (`metadata.name=a,status.phase!=b`). */
export function matchesFields(object: StoredObject, selector: string): boolean {
  return selector.split(',').every(term => {
    const [, path = '', operator, value] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
    const found = fieldOf(object, path);
    // Like the API server, which knows every node as schedulable or not.
    const text = path === 'spec.unschedulable' ? JSON.stringify(found ?? false) : (found ?? '');
    return (text === value) === (operator !== '!=');
  });
}
