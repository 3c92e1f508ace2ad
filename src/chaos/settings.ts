export const whenBlockedModes = ['surge', 'expect-blocked', 'bypass', 'fail'] as const;

export type WhenBlocked = (typeof whenBlockedModes)[number];

/** Which pods a drain evicts from its node: `all` includes those that are not members. */
export const drainScopes = ['members', 'all'] as const;

/** The limits that an experiment must meet to pass. */
export interface ChaosLimits {
  readonly maxOutageMs: number;
  readonly maxDegradedMs: number;
  /** From the fault, or from the revert where the members come back only by it. */
  readonly maxRecoveryMs: number;
  /** In percent of the attempts in the worst 2 minutes; with 0, the measurement does not last longer for it. */
  readonly minAvailability: number;
  /** The number of accepted messages that are lost. */
  readonly maxLost: number;
}

/** The settings of experiments. Durations are in milliseconds. */
export interface ChaosSettings {
  readonly whenBlocked: WhenBlocked;
  /** With `all`, a node with pods of others may also fail without a drain. */
  readonly drainScope: (typeof drainScopes)[number];
  /** If empty, the target is chosen deterministically. */
  readonly targetNode: string;
  /** How long all attempts must succeed before the fault, and again after it. */
  readonly steadyMs: number;
  /** How long the fault is held; if undefined, for the default of each experiment. */
  readonly holdMs: number | undefined;
  readonly probeIntervalMs: number;
  readonly limits: ChaosLimits;
  /** Whether machines may be changed in ways that Microsoft does not support on AKS. */
  readonly allowUnsupportedNodeOps: boolean;
}
