import { fieldManager } from '../kubernetes/kubectl-equivalents.js';
import type { MemberSet } from '../kubernetes/pods.js';
import type { KubernetesObject, ObjectMeta } from '../kubernetes/types.js';

/** The names of everything that one deployment consists of; the same as in the vendor's tutorial. */
export const names = {
  statefulSet: 'migratorydata',
  container: 'migratorydata',
  clientService: 'migratorydata-cs',
  headlessService: 'migratorydata-hs',
  disruptionBudget: 'migratorydata-pdb',
  autoscaler: 'migratorydata-autoscale',
} as const;

/** The label by which Services and budget select the members. Who is a member, the StatefulSet decides: `membersAmong`. */
export const memberLabels = { app: 'migratorydata' } as const;

/** The same as a label selector in the query language of the API and of kubectl. */
export const memberSelector = `app=${memberLabels.app}`;

/** The members of a deployment, for whoever asks the Kubernetes API about them. */
export function membersOf({ namespace }: { readonly namespace: string }): MemberSet {
  return { namespace, name: names.statefulSet, labels: memberSelector };
}

/** The port that clients connect to inside the cluster: the server's own default for `Listen`. */
export const clientPort = 8800;

/**
 * The ports between members. The first stands in the member list; the server takes the next three as well.
 * https://migratorydata.com/docs/server/deployment/azure/aks/
 */
export const clusterPorts = [8801, 8802, 8803, 8804] as const;

/** The name of a port between members, counted from 1 as in the tutorial. */
export function clusterPortName(index: number): string {
  return `inter-cluster${index + 1}`;
}

/**
 * Marks what this project made; only that is ever changed or deleted. The key is one of the recommended labels of
 * Kubernetes (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels).
 */
export const ownershipLabels = { 'app.kubernetes.io/managed-by': fieldManager } as const;

/** Whether an object carries the label of this project. */
export function isOurs({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean {
  return Object.entries(ownershipLabels).every(([key, value]) => metadata.labels?.[key] === value);
}

/** The key of an annotation of ours. */
export function annotationKey(name: string): string {
  return `${fieldManager}/${name}`;
}

/** What every object in the namespace of a deployment is labelled with. */
export function metadataOf(name: string, namespace: string): ObjectMeta & { readonly namespace: string } {
  return { name, namespace, labels: { ...memberLabels, ...ownershipLabels } };
}
