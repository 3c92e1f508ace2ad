import type { PodDisruptionBudget } from '../../kubernetes/api/types.js';
import { deploymentNames, memberLabels, metadataOf } from '../object-names.js';
import type { Deployment } from '../spec.js';
import type { LabelSelector } from './shapes.js';

export interface DisruptionBudgetManifest extends PodDisruptionBudget {
  readonly spec: PodDisruptionBudget['spec'] & {
    readonly unhealthyPodEvictionPolicy: 'AlwaysAllow';
    readonly selector: LabelSelector;
  };
}

/**
 * Renders the PodDisruptionBudget. A member that is not Ready may always be evicted: it serves no clients, and would
 * otherwise block every drain (KEP-3017).
 */
export function renderDisruptionBudget({
  namespace,
  name,
  disruptionBudget,
  minReplicas,
}: Pick<Deployment, 'namespace' | 'name' | 'disruptionBudget' | 'minReplicas'>): DisruptionBudgetManifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(deploymentNames(name).disruptionBudget, { namespace, name }),
    spec: {
      ...(disruptionBudget === 'min-available' ? { minAvailable: minReplicas } : { maxUnavailable: 1 }),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: memberLabels(name) },
    },
  };
}
