import type { RolloutLimits } from '../kubernetes/rollout.js';
import type { ClusterState, ExperimentContext } from './experiment-context.js';
import type { OriginalState } from './revert/revert-record.js';
import type { ExperimentName } from './spec.js';
import type { TargetNode } from './target.js';

/**
 * One kind of experiment. `preflight` looks and decides, and changes nothing; all that follows is in the fault it gives.
 * @throws ActionError `target-refused`, `disruption-blocked`, or `experiment-skipped` for what cannot be tried here.
 */
export interface Experiment {
  readonly name: ExperimentName;
  /** Its node goes without warning, and with it all seeds on it at once: seeds that share one are moved apart before. */
  readonly nonGraceful?: true;
  preflight(context: ExperimentContext, found: ClusterState): Promise<Fault> | Fault;
}

/** What one experiment does to the cluster. The steps come in this order; what undoes them is `undo`, in the mark. */
export interface Fault {
  /** Resolved once; may be empty, as for the baseline. */
  readonly targets: readonly TargetNode[];
  /** All that may have to be undone, written into the mark before `prepare`: a superset of what comes to be done. */
  readonly originalState: OriginalState;
  /** What the reader should know of the plan. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** The members that are affected, by UID: their replacements make the milestones. Empty for the baseline. */
  readonly affected: readonly string[];
  /** How the affected members come back. */
  readonly recoveryMode: RecoveryMode;
  /** Clients are meant to see nothing work: the limits of outage and availability do not apply. */
  readonly unavailable?: true;
  /** Changes before the fault, such as a member more; the probe is not started yet. */
  prepare?(): Promise<void>;
  /** Causes the fault and resolves when it has struck; `limits` are for waits, within what is left of `max-recovery`. */
  inject(limits: RolloutLimits): Promise<void>;
  /** Proves that the fault took place; asked after `inject` and again at the end of the hold. */
  confirm(): Promise<Proof>;
  /** Holds the fault: resolves when it may be reverted. Ends early, without an error, when `signal` aborts. */
  hold(signal: AbortSignal): Promise<void>;
}

/**
 * Whether other pods take the places of the affected ones, or the same come back with new containers, or nothing at all
 * happens to them. Recovery is what this says, and not only that all are Ready: a pod counts as Ready for most of a
 * minute after its node was lost.
 */
export type RecoveryMode = 'replaced' | 'restarted' | 'untouched';

export interface Proof {
  readonly confirmed: boolean;
  /** What was seen, as a sentence. */
  readonly detail: string;
}
