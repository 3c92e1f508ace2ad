/** The record of one step, as plain data: `report.json` is this, and the summary and JUnit are drawn from it. */

export const schemaVersion = 1;

export type Outcome = 'success' | 'failure' | 'cancelled' | 'timed-out' | 'dry-run';

export interface PhaseRecord {
  readonly name: string;
  readonly title: string;
  readonly startedAt: string;
  /** Milliseconds from the start of the step. */
  readonly startedMs: number;
  ms?: number;
  status: 'running' | 'passed' | 'failed' | 'skipped';
  /** What a reader should know about the phase, in order. */
  readonly notes: string[];
}

export interface CommandRecord {
  readonly tool: string;
  /** Masked. */
  readonly argv: readonly string[];
  readonly why: string;
  readonly startedMs: number;
  readonly ms: number;
  readonly code: number;
}

export interface CallRecord {
  readonly method: string;
  readonly path: string;
  readonly why: string;
  readonly startedMs: number;
  readonly ms: number;
  readonly status: number;
}

export interface MemberRecord {
  readonly name: string;
  readonly node: string;
  readonly ready: boolean;
  readonly seed: boolean;
  readonly restarts: number;
  readonly image: string;
  readonly cpu?: string;
}

export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly transient: boolean;
  readonly evidence: string;
}

export interface ExperimentRecord {
  readonly name: string;
  readonly verdict: 'pass' | 'fail' | 'aborted' | 'inconclusive' | 'skipped';
  /** One sentence with the numbers. */
  readonly reason: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface Report {
  readonly schemaVersion: number;
  readonly operation: string;
  readonly instance: string;
  readonly repository: string;
  readonly runId: string;
  readonly attempt: string;
  readonly startedAt: string;
  ms: number;
  /** Undefined while the step runs. */
  outcome?: Outcome;
  /** Ordered name and value pairs about the cluster, for the reader. */
  readonly facts: Record<string, string>;
  readonly phases: PhaseRecord[];
  members: readonly MemberRecord[];
  readonly experiments: ExperimentRecord[];
  readonly warnings: string[];
  readonly errors: ErrorRecord[];
  /** What is left to be undone or deleted, in words; empty when nothing is. */
  pending: readonly string[];
  readonly commands: CommandRecord[];
  readonly calls: CallRecord[];
}
