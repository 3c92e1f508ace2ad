import { ActionError } from '../errors/action-error.js';
import type { Deployment } from './spec.js';

/** What decides how many members there may be. */
export type MemberBounds = Pick<Deployment, 'seedMembers' | 'minReplicas' | 'maxReplicas'>;

/**
 * How many members may be evicted at the same moment, as the disruption controller of Kubernetes computes it: the
 * healthy ones above those that must stay.
 * @param healthy members that are Ready.
 * @param expected members that the StatefulSet asks for; without it, all that are healthy.
 */
export function allowedDisruptions(
  { disruptionBudget, minReplicas }: Pick<Deployment, 'disruptionBudget' | 'minReplicas'>,
  healthy: number,
  expected = healthy,
): number {
  const needed = disruptionBudget === 'min-available' ? minReplicas : expected - 1;
  return expected > 0 ? Math.max(0, healthy - needed) : 0;
}

/** Whether one more member can be added: beyond the maximum number of members there is no entry in the member list. */
export function surgePossible({ maxReplicas }: Pick<MemberBounds, 'maxReplicas'>, replicas: number): boolean {
  return replicas < maxReplicas;
}

/**
 * Refuses numbers of members that the deployment does not allow; all of them at once.
 * @throws ActionError `scale-out-of-bounds`.
 */
export function checkScaleSteps(bounds: MemberBounds, steps: readonly number[]): void {
  const refusals = steps.flatMap(step => explainBounds(bounds, step) ?? []);
  if (refusals.length > 0) throw new ActionError('scale-out-of-bounds', [...new Set(refusals)].join(' '));
}

/** Why the deployment cannot have a number of members; undefined when it can. */
function explainBounds({ seedMembers, minReplicas, maxReplicas }: MemberBounds, step: number): string | undefined {
  if (!Number.isInteger(step)) return `${step} is not a number of members.`;
  if (step > maxReplicas) {
    return (
      `${step} members are more than ${maxReplicas}, the maximum number of members (max-replicas): ` +
      'the member list that every server was started with has no entry for more.'
    );
  }
  if (step < minReplicas) {
    return (
      `${step} members are fewer than ${minReplicas}, the least that the disruption budget keeps available ` +
      `(min-replicas), which covers the ${seedMembers} seed members.`
    );
  }
  return undefined;
}
