import { ActionError } from '../errors/action-error.js';
import { surgePossible } from '../migratorydata/member-bounds.js';
import type { WhenBlocked } from './settings.js';

/** The state that decides how a drain deals with the disruption budget. */
export interface BudgetState {
  readonly mode: WhenBlocked;
  /** `status.disruptionsAllowed` of the budget; undefined without a budget. */
  readonly allowedDisruptions: number | undefined;
  readonly replicas: number;
  /** The length of the member list, which is the maximum number of members. */
  readonly maxReplicas: number;
}

export type DrainPlan =
  /** Evict: the budget allows it, or there is no budget. */
  | { readonly kind: 'evict' }
  /** Add one member first, so that the budget allows an eviction. */
  | { readonly kind: 'surge'; readonly replicas: number }
  /** Try one eviction, which the budget must refuse. */
  | { readonly kind: 'expect-blocked' }
  /** Delete the members, which ignores the budget. */
  | { readonly kind: 'bypass' };

/**
 * Decides how to drain with the current disruption budget.
 * @throws ActionError `disruption-blocked` when the budget allows no eviction and the mode is `fail`, or is `surge` and
 * no member can be added.
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
    hint: 'There are three options: scale to one more member, deploy with `disruption-budget: max-unavailable`, or set `when-blocked` to bypass or expect-blocked.',
  });
}
