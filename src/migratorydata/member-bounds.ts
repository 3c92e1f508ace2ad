import { ActionError } from '../errors/action-error.js';
import type { PodDisruptionBudget } from '../kubernetes/api/types.js';
import type { Deployment } from './spec.js';

/** The settings that limit the number of members. */
export type MemberBounds = Pick<Deployment, 'seedMembers' | 'minReplicas' | 'maxReplicas'>;

/**
 * Returns how many members may be evicted at the same time, as computed by the disruption controller of Kubernetes: the
 * healthy members minus those that must stay. A percentage is of the expected members, rounded up.
 * kubernetes.io/docs/tasks/run-application/configure-pdb, section "Rounding logic when specifying percentages"
 * @param healthy members that are Ready.
 * @param expected replicas of the StatefulSet; by default all healthy members.
 */
export function allowedDisruptions(
  { spec: { minAvailable, maxUnavailable } }: Pick<PodDisruptionBudget, 'spec'>,
  healthy: number,
  expected = healthy,
): number {
  const scaled = (bound: number | string): number =>
    typeof bound === 'number' ? bound : Math.ceil((Number.parseInt(bound, 10) * expected) / 100);
  const needed = maxUnavailable === undefined ? scaled(minAvailable ?? 0) : expected - scaled(maxUnavailable);
  return expected > 0 ? Math.max(0, healthy - Math.max(0, needed)) : 0;
}

/**
 * Returns whether one more member can be added: the member list has no entries beyond the maximum number of members.
 */
export function surgePossible({ maxReplicas }: Pick<MemberBounds, 'maxReplicas'>, replicas: number): boolean {
  return replicas < maxReplicas;
}

/**
 * Rejects numbers of members outside the bounds of the deployment, and reports all of them.
 * @throws ActionError `scale-out-of-bounds`.
 */
export function checkScaleSteps(bounds: MemberBounds, steps: readonly number[]): void {
  const refusals = steps.flatMap(step => explainBounds(bounds, step) ?? []);
  if (refusals.length > 0) throw new ActionError('scale-out-of-bounds', [...new Set(refusals)].join(' '));
}

/** Returns why a number of members is outside the bounds; undefined when it is inside. */
export function explainBounds(
  { seedMembers, minReplicas, maxReplicas }: MemberBounds,
  step: number,
): string | undefined {
  if (!Number.isInteger(step)) return `${step} is not a number of members.`;
  if (step > maxReplicas) {
    return (
      `${step} members are more than ${maxReplicas}, the maximum number of members (max-replicas): ` +
      'the member list of the servers has no more entries.'
    );
  }
  if (step < minReplicas) {
    return (
      `${step} members are fewer than ${minReplicas}, the minimum that the disruption budget keeps available ` +
      `(min-replicas), which covers the ${seedMembers} seed members.`
    );
  }
  return undefined;
}
