import type { KubernetesObject, Node } from '../../../src/kubernetes/api/types.js';
import type { LabApi } from '../api.js';
import { type EndpointSlice, type ExposedService, keyOf, type MemberPod } from './objects.js';

/** The state of the cluster that kubelets, proxies and the load balancer know, updated by watches. */
export interface ClusterView {
  /** Returns the pods labelled `app.kubernetes.io/name=migratorydata`, of all namespaces. */
  pods(): readonly MemberPod[];
  services(): readonly ExposedService[];
  /** Returns the endpoint slices of one Service. */
  slicesOf(service: ExposedService): readonly EndpointSlice[];
  nodes(): readonly Node[];
  /** Calls the listener after each change. */
  onChange(listener: () => void): void;
}

/** Resolves when all existing objects were read. The watches end with the signal. */
export async function watchCluster(api: LabApi, signal: AbortSignal): Promise<ClusterView> {
  const listeners = new Set<() => void>();
  const follow = async <T extends KubernetesObject>(path: string): Promise<ReadonlyMap<string, T>> => {
    const objects = new Map<string, T>();
    const apply = ({ type, object }: { type: string; object: T }): void => {
      if (type !== 'DELETED') objects.set(keyOf(object), object);
      else if (objects.get(keyOf(object))?.metadata.uid === object.metadata.uid) objects.delete(keyOf(object));
      for (const listener of listeners) listener();
    };
    await api.watch<T>(path, apply, signal);
    return objects;
  };
  const [pods, services, slices, nodes] = await Promise.all([
    follow<MemberPod>('/api/v1/pods?labelSelector=app.kubernetes.io%2Fname%3Dmigratorydata'),
    follow<ExposedService>('/api/v1/services'),
    follow<EndpointSlice>('/apis/discovery.k8s.io/v1/endpointslices'),
    follow<Node>('/api/v1/nodes'),
  ]);
  return {
    pods: () => [...pods.values()],
    services: () => [...services.values()],
    slicesOf: ({ metadata }) =>
      [...slices.values()].filter(
        slice =>
          slice.metadata.namespace === metadata.namespace &&
          slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
      ),
    nodes: () => [...nodes.values()],
    onChange: listener => listeners.add(listener),
  };
}
