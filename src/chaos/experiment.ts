import type { AccessRule } from '../kubernetes/api/access-rule.js';
import type { MemberSet } from '../kubernetes/pods.js';
import type { CommandStep } from '../runtime/command-line.js';
import type { ClusterState, ExperimentContext, FaultPorts } from './experiment-context.js';
import type { InjectionLimits } from './injection-guard.js';
import type { MachineCommands } from './machines-port.js';
import type { OriginalState } from './revert/original-state.js';
import type { ChaosSettings } from './settings.js';
import type { TargetNode } from './target.js';

/**
 * Everything that defines an experiment. `preflight` only reads the cluster and changes nothing; the fault that it
 * returns makes all changes.
 */
export interface ExperimentDefinition<Name extends string = string> {
  readonly name: Name;
  readonly hold: {
    /**
     * How long the fault is held if `hold` is empty, in milliseconds; 0 if the fault consists only of its injection.
     */
    readonly defaultMs: number;
    /** The maximum of `hold`, in milliseconds; an hour if absent. */
    readonly longestMs?: number;
    /** The members always recover by the revert, so `max-recovery` does not include the hold. */
    readonly endsByRevert?: true;
  };
  readonly needs: {
    /** Provider aks, because machines are changed. */
    readonly azure?: true;
    /** The consent to change machines in a way that Microsoft does not support on AKS. */
    readonly unsupported?: true;
    /** The REST interface, because only the messages of clients show the effect. */
    readonly rest?: true;
  };
  /**
   * The node fails without a drain, with all seeds on it at the same time. Seeds that share a node are separated
   * before.
   */
  readonly nonGraceful?: true;
  /** The cluster is unavailable to clients on purpose: the limits of outage and availability do not apply. */
  readonly unavailable?: true;
  /** The kinds of state that the experiment changes; its revert records may only contain these. */
  readonly reverts: readonly (keyof OriginalState)[];
  /** What it needs of the API server in addition to what every experiment needs (`experimentAccess`). */
  readonly access: readonly AccessRule[];
  /**
   * Returns the commands that the experiment runs, in order, for a dry run. They come from the builders that the run
   * uses.
   */
  commands(dryRun: ExperimentDryRun): readonly CommandStep[];
  /**
   * Throws ActionError `target-refused`, `disruption-blocked`, or `experiment-skipped` if the experiment is not
   * possible here.
   */
  preflight(context: ExperimentContext, state: ClusterState): Promise<Fault> | Fault;
}

/** Keeps the literal type of the name, from which the list of all names is derived. */
export function defineExperiment<const Name extends string>(
  definition: ExperimentDefinition<Name>,
): ExperimentDefinition<Name> {
  return definition;
}

/** The data of an experiment before the cluster is read. */
export interface ExperimentDryRun {
  readonly members: MemberSet;
  /** The node in the inputs, or an unknown name. */
  readonly node: string;
  readonly replicas: number;
  readonly maxReplicas: number;
  /** The disruptions that the budget allows if all of these members are Ready. */
  readonly allowedDisruptions: number;
  readonly seedMembers: number;
  readonly settings: ChaosSettings;
  readonly holdMs: number;
  readonly machines: MachineCommands;
}

/** The changes of an experiment, in this order. `originalState` reverts them. */
export interface Fault {
  /** Resolved once; may be empty, as for the baseline. */
  readonly targets: readonly TargetNode[];
  /** Written to the revert record before `prepare`: a superset of the changed state. */
  readonly originalState: OriginalState;
  /** Returns facts about the plan and its outcome, for the report. */
  facts(): Readonly<Record<string, string | number | boolean>>;
  /** The UIDs of the affected members: the milestones refer to their replacements. Empty for the baseline. */
  readonly affected: readonly string[];
  /** Returns how the affected members recover. */
  recoveryMode(): RecoveryMode;
  /** Returns whether the affected members cannot recover before the revert; false if absent. */
  needsRevert?(): boolean;
  /** Changes before the fault, such as one more member; the probe is not started yet. */
  prepare?(ports: FaultPorts): Promise<void>;
  /**
   * Injects the fault and resolves when it has taken effect. `limits` bound each wait by the rest of `max-recovery`, are
   * asked before each further step, and told of the removal of a member.
   */
  inject(ports: FaultPorts, limits: InjectionLimits): Promise<void>;
  /** Checks that the fault took place. Called after `inject` and again at the end of the hold. */
  confirm(): Promise<Proof>;
  /**
   * Holds the fault, and resolves when it may be reverted or `signal` aborts. If absent, the fault is held for the time
   * of the context.
   */
  hold?(signal: AbortSignal): Promise<void>;
}

/**
 * Whether other pods replace the affected ones, or the same pods restart with new containers, or nothing happens to
 * them. Recovery requires this state and not only that all members are Ready, because a pod counts as Ready for most of
 * a minute after its node was lost.
 */
export type RecoveryMode = 'replaced' | 'restarted' | 'untouched';

export interface Proof {
  readonly confirmed: boolean;
  /** What was observed, as a sentence. */
  readonly detail: string;
}
