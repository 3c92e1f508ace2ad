import { fieldManager } from '../kubernetes/api/kubectl-equivalents.js';
import type { KubernetesObject, ObjectMeta } from '../kubernetes/api/types.js';
import type { MemberSet } from '../kubernetes/pods.js';

/** What identifies a deployment in a cluster. */
export interface DeploymentKey {
  readonly namespace: string;
  /** The input `name`. */
  readonly name: string;
}

/** The names of the objects of a deployment. */
interface DeploymentNames {
  readonly statefulSet: string;
  readonly clientService: string;
  readonly headlessService: string;
  readonly disruptionBudget: string;
  readonly autoscaler: string;
  /** The Secrets, each followed by a hyphen and its generation. */
  readonly secrets: string;
  readonly clusterPassword: string;
  readonly registry: string;
  /** The list of the further objects. */
  readonly inventory: string;
}

/** Returns the names of the objects of a deployment; by default they are those of the vendor's tutorial. */
export function deploymentNames(name: string): DeploymentNames {
  return {
    statefulSet: name,
    clientService: `${name}-cs`,
    headlessService: `${name}-hs`,
    disruptionBudget: `${name}-pdb`,
    autoscaler: `${name}-autoscale`,
    secrets: `${name}-secrets`,
    clusterPassword: `${name}-cluster-password`,
    registry: `${name}-registry`,
    inventory: `migratorydata-aks-resources-${name}`,
  };
}

/** The container of the server, of any deployment. */
export const containerName = 'migratorydata';

type Labels = Readonly<Record<string, string>>;

/** The label of all deployments. */
export const productLabels = { 'app.kubernetes.io/name': 'migratorydata' } as const;

/**
 * Returns the labels by which everything selects the members of a deployment, and no pods of another one. Membership
 * itself is determined by the StatefulSet: see `membersAmong`.
 * kubernetes.io/docs/concepts/overview/working-with-objects/common-labels
 */
export function memberLabels(name: string): Labels {
  return { ...productLabels, 'app.kubernetes.io/instance': name };
}

/** Returns the labels of the members and of all objects of a deployment; `app` is that of the tutorial. */
export function deploymentLabels(name: string): Labels {
  return { app: name, ...memberLabels(name) };
}

/** Returns the members of a deployment for requests to the Kubernetes API. */
export function membersOf({ namespace, name }: DeploymentKey): MemberSet {
  return { namespace, name: deploymentNames(name).statefulSet, labels: selectorOf(memberLabels(name)) };
}

/** Returns labels as a selector for the API and kubectl. */
export function selectorOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
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

/** The name of the probe pod of an experiment. A namespace has one at most, because its lock allows one experiment. */
export const probePodName = 'migratorydata-probe';

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

/** Returns the metadata of an object of a deployment. */
export function metadataOf(
  objectName: string,
  { namespace, name }: DeploymentKey,
): ObjectMeta & { readonly namespace: string } {
  return { name: objectName, namespace, labels: { ...deploymentLabels(name), ...ownershipLabels } };
}
