/** The time limit of a phase. */
export interface PhaseLimit {
  readonly name: string;
  /** The time limit of the phase, in milliseconds; absent if it has none. */
  readonly limitMs?: number;
}

/**
 * Returns the sum of the limits of the phases of a step, in milliseconds. Deletion is not included: it has its own time
 * after the timeout of the step.
 */
export function budgetMs(phases: readonly PhaseLimit[]): number {
  return phases.reduce((sum, { limitMs = 0 }) => sum + limitMs, 0);
}
