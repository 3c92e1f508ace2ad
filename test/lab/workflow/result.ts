import type { Report } from '../../../src/journal/model.js';
import type { Annotation } from '../../support/commands.js';
import type { Value } from '../../support/expressions.js';
import type { Permissions } from './permissions.js';
import type { Texts } from './tokens.js';

/** How a step, a job or a called workflow came out ("Contexts reference"). */
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
  /** As a person sees it: without commands, secrets as `***`. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** What the step's report.json holds, when the step has an output that names one. */
  readonly report?: Report;
}

/** One run of a job: the only one, or one of its matrix. */
export interface Leg {
  readonly name: string;
  readonly result: Outcome;
  readonly outputs: Texts;
  /** In the order in which they ran, post phases last. None when the job was not started, or calls a workflow. */
  readonly steps: readonly StepResult[];
  /** The jobs of the called workflow. */
  readonly jobs: Jobs;
  readonly matrix: Value;
  readonly permissions: Permissions;
  /** As evaluated; empty when the job was not started. */
  readonly runsOn: Value;
  readonly environment: string;
  readonly timeoutMinutes: number | undefined;
  /** Why the job failed without a step that says so. */
  readonly errors: readonly string[];
}

/** A job. What it has of a {@link Leg} is of its only one, or of all legs of its matrix together. */
export interface JobResult extends Leg {
  readonly id: string;
  readonly legs: readonly Leg[];
}

export type Jobs = Readonly<Record<string, JobResult>>;

/** How a run came out. */
export interface RunResult {
  /** `startup_failure`: GitHub would not have started a job; the reasons are in `problems`. */
  readonly conclusion: Outcome | 'startup_failure';
  readonly problems: readonly string[];
  readonly jobs: Jobs;
  /** What `on.workflow_call.outputs` makes of the jobs. */
  readonly outputs: Texts;
  /** Folders with the contents, by name. */
  readonly artifacts: Texts;
  /** The concurrency groups that the run takes, those of called workflows included. */
  readonly concurrency: readonly string[];
  /** All that was printed, by all jobs. */
  readonly log: string;
}

/** The worst of several; skipped only when all are. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('failure')) return 'failure';
  if (outcomes.includes('cancelled')) return 'cancelled';
  return outcomes.length > 0 && outcomes.every(outcome => outcome === 'skipped') ? 'skipped' : 'success';
}
