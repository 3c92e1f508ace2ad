/** A phase of an operation. */
export interface PhaseLimit {
  readonly name: string;
  /** The longest that it may take by its own limit, in milliseconds; absent: it has none. */
  readonly limitMs?: number;
}

/**
 * How long the forward work of a step may take by the limits of its phases together, in milliseconds. Deletion is not
 * among them: it has its own time after the step's timeout.
 */
export function budgetMs(phases: readonly PhaseLimit[]): number {
  return phases.reduce((sum, { limitMs = 0 }) => sum + limitMs, 0);
}
