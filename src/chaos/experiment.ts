import type { RolloutLimits } from '../kubernetes/rollout.js';
import type { CommandStep } from '../runtime/command-line.js';
import type { ClusterState, ExperimentContext } from './experiment-context.js';
import type { MachineCommands } from './machines-port.js';
import type { OriginalState } from './revert/original-state.js';
import type { ChaosSettings } from './settings.js';
import type { TargetNode } from './target.js';

/**
 * One kind of experiment: all that the project knows of it. `preflight` reads and decides, and changes nothing;
 * everything that follows is in the fault that it returns.
 */
export interface ExperimentDefinition<Name extends string = string> {
  readonly name: Name;
  readonly hold: {
    /** How long the fault is held when `hold` is empty, in milliseconds; 0 where the injection is the whole fault. */
    readonly defaultMs: number;
    /** The longest `hold` that makes sense, in milliseconds; absent: an hour. */
    readonly longestMs?: number;
  };
  readonly needs: {
    /** Provider aks, since machines are changed. */
    readonly azure?: true;
    /** The consent to change machines in a way that Microsoft does not support on AKS. */
    readonly unsupported?: true;
    /** The REST interface, since only the messages of clients show the effect. */
    readonly rest?: true;
  };
  /** The node goes without warning, with all seeds on it at once. Seeds that share a node are spread before. */
  readonly nonGraceful?: true;
  /** Clients are meant to see nothing work: the limits of outage and availability do not apply. */
  readonly unavailable?: true;
  /** The kinds of state that it changes, and so the only ones that a revert record of it may hold. */
  readonly reverts: readonly (keyof OriginalState)[];
  /** The commands that it runs, in order, for a dry run. They come from the builders that the run uses. */
  commands(dryRun: ExperimentDryRun): readonly CommandStep[];
  /**
   * Throws ActionError `target-refused`, `disruption-blocked`, or `experiment-skipped` for what cannot be tried here.
   */
  preflight(context: ExperimentContext, state: ClusterState): Promise<Fault> | Fault;
}

/** Keeps the literal type of the name, from which the list of all names is derived. */
export function defineExperiment<const Name extends string>(
  definition: ExperimentDefinition<Name>,
): ExperimentDefinition<Name> {
  return definition;
}

/** What is known of an experiment before the cluster is read. */
export interface ExperimentDryRun {
  readonly namespace: string;
  /** The node that the inputs name, else an unknown name. */
  readonly node: string;
  readonly replicas: number;
  readonly maxReplicas: number;
  /** What the disruption budget allows with that many members, all Ready. */
  readonly allowedDisruptions: number;
  readonly seedMembers: number;
  readonly settings: ChaosSettings;
  readonly holdMs: number;
  readonly machines: MachineCommands;
}

/** What one experiment does to the cluster, in this order. `originalState` reverts it. */
export interface Fault {
  /** Resolved once; may be empty, as for the baseline. */
  readonly targets: readonly TargetNode[];
  /** Written into the revert record before `prepare`: a superset of what will have been changed. */
  readonly originalState: OriginalState;
  /** What the reader should know of the plan and its outcome. */
  facts(): Readonly<Record<string, string | number | boolean>>;
  /** The members that are affected, by UID: their replacements make the milestones. Empty for the baseline. */
  readonly affected: readonly string[];
  /** How the affected members come back. */
  recoveryMode(): RecoveryMode;
  /** Changes before the fault, such as one more member; the probe is not started yet. */
  prepare?(): Promise<void>;
  /** Causes the fault and resolves when it has taken effect. `limits` bound each wait by what is left of `max-recovery`. */
  inject(limits: RolloutLimits): Promise<void>;
  /** Proves that the fault took place. Called after `inject` and again at the end of the hold. */
  confirm(): Promise<Proof>;
  /** Holds the fault, and resolves when it may be reverted or `signal` aborts. Absent: held for the time of the context. */
  hold?(signal: AbortSignal): Promise<void>;
}

/**
 * Whether other pods replace the affected ones, or the same come back with new containers, or nothing happens to them.
 * Recovery is what this says, and not only that all are Ready: a pod counts as Ready for most of a minute after its node
 * was lost.
 */
export type RecoveryMode = 'replaced' | 'restarted' | 'untouched';

export interface Proof {
  readonly confirmed: boolean;
  /** What was observed, as a sentence. */
  readonly detail: string;
}
