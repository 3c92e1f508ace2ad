/** What the inputs must know about each experiment before it runs. Durations are milliseconds. */
export interface ExperimentFacts {
  /** How long the fault lasts when `hold` is empty; 0 for a fault that is over when it has struck. */
  readonly holdMs: number;
  /** The longest `hold` that makes sense; absent: an hour. */
  readonly longestHoldMs?: number;
  /** It changes machines through Azure in a way that Microsoft does not support on AKS. */
  readonly unsupported?: true;
  /** It needs provider aks, since it changes machines. */
  readonly onAzure?: true;
  /** It can only be seen through the messages of clients. */
  readonly needsRest?: true;
}

/**
 * The experiments. A machine that is off is replaced by Azure's controller within 10 minutes (cloud-provider-azure
 * pull request 4522), so power-off and zone hold for up to 12; automatic repair of a lost node begins after 5 ("Node
 * auto-repair" in the AKS documentation), so kubelet-stop stays below.
 */
export const experiments = {
  baseline: { holdMs: 30_000 },
  drain: { holdMs: 60_000 },
  'pod-kill': { holdMs: 0 },
  'power-off': { holdMs: 12 * 60_000, unsupported: true, onAzure: true },
  reboot: { holdMs: 0, unsupported: true, onAzure: true },
  'node-delete': { holdMs: 0, onAzure: true },
  'kubelet-stop': { holdMs: 120_000, longestHoldMs: 240_000, unsupported: true, onAzure: true },
  rolling: { holdMs: 0 },
  zone: { holdMs: 12 * 60_000, unsupported: true, onAzure: true },
  'quorum-loss': { holdMs: 30_000, needsRest: true },
} as const satisfies Readonly<Record<string, ExperimentFacts>>;

export type ExperimentName = keyof typeof experiments;

export const experimentNames = Object.keys(experiments) as readonly ExperimentName[];

/** How long the fault of an experiment is held: as the user wants it, else as long as it is worth. */
export function holdOf(name: ExperimentName, wantedMs: number | undefined): number {
  return wantedMs ?? experiments[name].holdMs;
}

export const whenBlockedModes = ['surge', 'expect-blocked', 'bypass', 'fail'] as const;

export type WhenBlocked = (typeof whenBlockedModes)[number];

export interface Chaos {
  readonly experiments: readonly ExperimentName[];
  readonly whenBlocked: WhenBlocked;
  /** Empty: chosen deterministically. */
  readonly targetNode: string;
  /** How long the probe must be clean before the fault and after it. */
  readonly steadyMs: number;
  /** How long the fault lasts; undefined: as long as each experiment is worth (see `holdOf`). */
  readonly holdMs: number | undefined;
  readonly probeIntervalMs: number;
  readonly limits: Limits;
  /** Whether machines may be changed in ways that Microsoft does not support on AKS. */
  readonly allowUnsupportedNodeOps: boolean;
}

/** What clients may see at the most, or at the least, for an experiment to pass. */
export interface Limits {
  readonly maxOutageMs: number;
  readonly maxDegradedMs: number;
  readonly maxRecoveryMs: number;
  /** Percent of the attempts. */
  readonly minAvailability: number;
  /** Messages that were accepted and never read. */
  readonly maxLost: number;
}
