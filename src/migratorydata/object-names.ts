import { fieldManager } from '../kubernetes/kubectl-equivalents.js';
import type { MemberSet } from '../kubernetes/pods.js';
import type { KubernetesObject, ObjectMeta } from '../kubernetes/types.js';

/** The object names of a deployment; the same as in the vendor's tutorial. */
export const names = {
  statefulSet: 'migratorydata',
  container: 'migratorydata',
  clientService: 'migratorydata-cs',
  headlessService: 'migratorydata-hs',
  disruptionBudget: 'migratorydata-pdb',
  autoscaler: 'migratorydata-autoscale',
  probe: 'migratorydata-probe',
} as const;

/**
 * The label with which the Services and the PodDisruptionBudget select the members. Membership itself is determined by
 * the StatefulSet: see `membersAmong`.
 */
export const memberLabels = { app: 'migratorydata' } as const;

/**
 * The labels by which tools show what belongs together; the pods have them, too. Nothing selects by them.
 * kubernetes.io/docs/concepts/overview/working-with-objects/common-labels
 */
export const commonLabels = {
  'app.kubernetes.io/name': 'migratorydata',
  'app.kubernetes.io/instance': names.statefulSet,
} as const;

/** The label as a selector for the API and kubectl. */
export const memberSelector = `app=${memberLabels.app}`;

/** Returns the members of a deployment for requests to the Kubernetes API. */
export function membersOf({ namespace }: { readonly namespace: string }): MemberSet {
  return { namespace, name: names.statefulSet, labels: memberSelector };
}

/** The name of the client port, of the container and of the client Service. Other ports may stand before it. */
export const clientPortName = 'client-port';

/** The client port inside the cluster: the default of the server for `Listen`. */
export const clientPort = 8800;

/** The client port with TLS inside the cluster. Above 1024, like the other. */
export const tlsPort = 8443;

/** The name of the port for clients that use TLS, in the container. */
export const tlsPortName = 'tls-port';

/**
 * The ports between members. The first one is in the member list; the server also uses the next three.
 * https://migratorydata.com/docs/server/deployment/azure/aks/
 */
export const clusterPorts = [8801, 8802, 8803, 8804] as const;

/** Returns the name of a port between members, counted from 1 as in the tutorial. */
export function clusterPortName(index: number): string {
  return `inter-cluster${index + 1}`;
}

/**
 * The label of objects that this project created; only these are changed or deleted. The key is one of the recommended
 * labels of Kubernetes (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels).
 */
export const ownershipLabels = { 'app.kubernetes.io/managed-by': fieldManager } as const;

/** Returns whether an object has the label of this project. */
export function isOurs({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean {
  return Object.entries(ownershipLabels).every(([key, value]) => metadata.labels?.[key] === value);
}

/** The labels of the probe pod of an experiment: no Service, budget or StatefulSet of a deployment selects it. */
export const probeLabels = { 'app.kubernetes.io/name': 'migratorydata-probe', ...ownershipLabels } as const;

/** Returns whether a pod is the probe of an experiment. */
export function hasProbeLabels({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean {
  return Object.entries(probeLabels).every(([key, value]) => metadata.labels?.[key] === value);
}

/** Returns the key of an annotation of this project. */
export function annotationKey(name: string): string {
  return `${fieldManager}/${name}`;
}

/** The annotation of the StatefulSet with the repository that deploys it. */
export const repositoryKey = annotationKey('repository');

/** Returns the metadata of an object in the namespace of a deployment. */
export function metadataOf(name: string, namespace: string): ObjectMeta & { readonly namespace: string } {
  return { name, namespace, labels: { ...memberLabels, ...commonLabels, ...ownershipLabels } };
}
