import { ActionError } from '../errors/action-error.js';
import { surgePossible } from '../migratorydata/member-bounds.js';
import type { WhenBlocked } from './settings.js';

export interface BudgetState {
  readonly mode: WhenBlocked;
  /** `status.disruptionsAllowed` of the budget; undefined when there is no budget. */
  readonly allowedDisruptions: number | undefined;
  readonly replicas: number;
  /** The length of the member list; no member beyond it can join. */
  readonly maxReplicas: number;
}

export type DrainPlan =
  /** Evict; the budget allows it, or there is none. */
  | { readonly kind: 'evict' }
  /** Add one member first, so that the budget allows an eviction. */
  | { readonly kind: 'surge'; readonly replicas: number }
  /** Try one eviction and expect the budget to refuse it. */
  | { readonly kind: 'expect-blocked' }
  /** Delete the members without asking the budget. */
  | { readonly kind: 'bypass' };

/**
 * Decides how to drain in the face of the disruption budget.
 * @throws ActionError `disruption-blocked` when the mode is `fail`, or when `surge` has no member left to add.
 */
export function planDrain({ mode, allowedDisruptions, replicas, maxReplicas }: BudgetState): DrainPlan {
  if (mode === 'expect-blocked') return { kind: 'expect-blocked' };
  if (mode === 'bypass') return { kind: 'bypass' };
  if (allowedDisruptions === undefined || allowedDisruptions > 0) return { kind: 'evict' };
  if (mode === 'surge' && surgePossible({ maxReplicas }, replicas)) return { kind: 'surge', replicas: replicas + 1 };
  const sentence = `The disruption budget allows 0 disruptions with ${replicas} members, so no eviction can succeed`;
  const reason =
    mode === 'fail'
      ? `${sentence}, and when-blocked is fail.`
      : `${sentence}, and no member can be added: ${maxReplicas} is the maximum number of members.`;
  throw new ActionError('disruption-blocked', reason, {
    hint: 'Three ways out: scale to one member more, deploy with `disruption-budget: max-unavailable`, or set `when-blocked` to bypass or expect-blocked.',
  });
}
