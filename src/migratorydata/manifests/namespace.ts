import type { KubernetesObject } from '../../kubernetes/api/types.js';
import { ownershipLabels } from '../object-names.js';

/** Renders the namespace; its label allows teardown to delete it. */
export function renderNamespace(namespace: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: ownershipLabels } };
}
