import type {
  ConfigMap,
  EndpointSlice,
  Event,
  HorizontalPodAutoscaler,
  KubernetesObject,
  Lease,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  PodMetrics,
  Secret,
  SelfSubjectAccessReview,
  Service,
  StatefulSet,
} from './types.js';

/** The kinds that this project uses, each with the type of its objects. */
export interface Kinds {
  readonly ConfigMap: ConfigMap;
  readonly ControllerRevision: KubernetesObject;
  readonly EndpointSlice: EndpointSlice;
  readonly Event: Event;
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  readonly Lease: Lease;
  readonly Namespace: Namespace;
  readonly Node: Node;
  readonly Pod: Pod;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly PodMetrics: PodMetrics;
  readonly Secret: Secret;
  readonly SelfSubjectAccessReview: SelfSubjectAccessReview;
  readonly Service: Service;
  readonly ServiceAccount: KubernetesObject;
  readonly StatefulSet: StatefulSet;
}
export type Kind = keyof Kinds;

/** Where the API server serves a kind. */
export interface ResourcePlace {
  readonly apiVersion: string;
  /** The lowercase plural of the kind, as in paths and in kubectl. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/**
 * Where the API server serves the kinds above. All except the metrics have been stable since Kubernetes 1.23 or
 * earlier.
 */
export const places: Readonly<Record<Kind, ResourcePlace>> = {
  ConfigMap: { apiVersion: 'v1', plural: 'configmaps', namespaced: true },
  ControllerRevision: { apiVersion: 'apps/v1', plural: 'controllerrevisions', namespaced: true },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
  Event: { apiVersion: 'v1', plural: 'events', namespaced: true },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers', namespaced: true },
  Lease: { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', namespaced: true },
  Namespace: { apiVersion: 'v1', plural: 'namespaces', namespaced: false },
  Node: { apiVersion: 'v1', plural: 'nodes', namespaced: false },
  Pod: { apiVersion: 'v1', plural: 'pods', namespaced: true },
  PodDisruptionBudget: { apiVersion: 'policy/v1', plural: 'poddisruptionbudgets', namespaced: true },
  PodMetrics: { apiVersion: 'metrics.k8s.io/v1beta1', plural: 'pods', namespaced: true },
  Secret: { apiVersion: 'v1', plural: 'secrets', namespaced: true },
  SelfSubjectAccessReview: {
    apiVersion: 'authorization.k8s.io/v1',
    plural: 'selfsubjectaccessreviews',
    namespaced: false,
  },
  Service: { apiVersion: 'v1', plural: 'services', namespaced: true },
  ServiceAccount: { apiVersion: 'v1', plural: 'serviceaccounts', namespaced: true },
  StatefulSet: { apiVersion: 'apps/v1', plural: 'statefulsets', namespaced: true },
};

/** Returns the place of the kind of an object; undefined if the API server must be asked (see `discoverPlace`). */
export function knownPlace(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): ResourcePlace | undefined {
  const place = (places as Readonly<Partial<Record<string, ResourcePlace>>>)[object.kind];
  return place?.apiVersion === object.apiVersion ? place : undefined;
}

/** Returns the group in an `apiVersion`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
