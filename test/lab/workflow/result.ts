import type { Report } from '../../../src/journal/model.js';
import type { Annotation } from '../../support/commands.js';
import type { Value } from '../../support/expressions.js';
import type { Permissions } from './permissions.js';
import type { Texts } from './tokens.js';

/** The result of a step, a job or a called workflow ("Contexts reference"). */
export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped';

/** A step, or the post phase of one. */
export interface StepResult {
  readonly id: string;
  readonly name: string;
  readonly phase: 'main' | 'post';
  /** Before `continue-on-error`. */
  readonly outcome: Outcome;
  /** After `continue-on-error`. */
  readonly conclusion: Outcome;
  readonly outputs: Texts;
  readonly summary: string;
  /** As users see it: without commands, secrets as `***`. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** The report.json of the step, when an output of the step names one. */
  readonly report?: Report;
}

/** One run of a job: the only one, or one of its matrix. */
export interface Leg {
  readonly name: string;
  readonly result: Outcome;
  readonly outputs: Texts;
  /** In the order in which they ran, post phases last. Empty when the job was not started, or calls a workflow. */
  readonly steps: readonly StepResult[];
  /** The jobs of the called workflow. */
  readonly jobs: Jobs;
  readonly matrix: Value;
  readonly permissions: Permissions;
  /** As evaluated; empty when the job was not started. */
  readonly runsOn: Value;
  readonly environment: string;
  readonly timeoutMinutes: number | undefined;
  /** Reasons for the failure of the job that no step reports. */
  readonly errors: readonly string[];
}

/** A job. Its properties of a {@link Leg} are those of its only one, or of all legs of its matrix together. */
export interface JobResult extends Leg {
  readonly id: string;
  readonly legs: readonly Leg[];
}

export type Jobs = Readonly<Record<string, JobResult>>;

/** The result of a run. */
export interface RunResult {
  /** `startup_failure`: GitHub would not have started a job; the reasons are in `problems`. */
  readonly conclusion: Outcome | 'startup_failure';
  readonly problems: readonly string[];
  readonly jobs: Jobs;
  /** The outputs that `on.workflow_call.outputs` derives from the jobs. */
  readonly outputs: Texts;
  /** Folders with the contents, by name. */
  readonly artifacts: Texts;
  /** The concurrency groups that the run enters, including those of called workflows. */
  readonly concurrency: readonly string[];
  /** Everything that all jobs printed. */
  readonly log: string;
}

/** Returns the worst of several outcomes; skipped only when all are. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('failure')) return 'failure';
  if (outcomes.includes('cancelled')) return 'cancelled';
  return outcomes.length > 0 && outcomes.every(outcome => outcome === 'skipped') ? 'skipped' : 'success';
}
