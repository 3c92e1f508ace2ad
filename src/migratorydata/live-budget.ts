import type { PodDisruptionBudget } from '../kubernetes/api/types.js';
import type { Deployment } from './spec.js';

/** Returns how many members the disruption budget keeps, and so the least number; nothing for another kind of budget. */
export function liveMinReplicasOf(
  budget: PodDisruptionBudget | undefined,
): Partial<Pick<Deployment, 'minReplicas' | 'disruptionBudget'>> {
  const { minAvailable, maxUnavailable } = budget?.spec ?? {};
  if (typeof minAvailable === 'number') return { minReplicas: minAvailable, disruptionBudget: 'min-available' };
  return maxUnavailable === undefined ? {} : { disruptionBudget: 'max-unavailable' };
}
