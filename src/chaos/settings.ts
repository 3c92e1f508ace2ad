export const whenBlockedModes = ['surge', 'expect-blocked', 'bypass', 'fail'] as const;

export type WhenBlocked = (typeof whenBlockedModes)[number];

/** What clients may see at the most, or at the least, for an experiment to pass. */
export interface ChaosLimits {
  readonly maxOutageMs: number;
  readonly maxDegradedMs: number;
  readonly maxRecoveryMs: number;
  /** Percent of the attempts. */
  readonly minAvailability: number;
  /** Messages that were accepted and never read. */
  readonly maxLost: number;
}

/** How experiments are run. Durations are milliseconds. */
export interface ChaosSettings {
  readonly whenBlocked: WhenBlocked;
  /** Empty: chosen deterministically. */
  readonly targetNode: string;
  /** How long all attempts must succeed before the fault, and again after it. */
  readonly steadyMs: number;
  /** How long the fault is held; undefined: for the default of each experiment. */
  readonly holdMs: number | undefined;
  readonly probeIntervalMs: number;
  readonly limits: ChaosLimits;
  /** Whether machines may be changed in ways that Microsoft does not support on AKS. */
  readonly allowUnsupportedNodeOps: boolean;
}
