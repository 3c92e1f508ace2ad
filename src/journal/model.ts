/** The record of one step, as plain data: `report.json` is this, and the summary and JUnit are drawn from it. */

import type { ExperimentRecord } from './experiment-record.js';

/** The version of `schema/report.schema.json`; raised when a reader of the former version would misread a report. */
export const schemaVersion = 2;

/** How the step ended. */
export type Outcome = 'success' | 'failure' | 'cancelled' | 'timed-out' | 'dry-run';

/** One phase of the operation, in the order of their beginnings. */
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

/** One process. */
export interface CommandRecord {
  readonly tool: string;
  /** Masked. */
  readonly argv: readonly string[];
  readonly why: string;
  readonly startedMs: number;
  readonly ms: number;
  /** The exit code; -1 when the program did not end by itself, or could not be started. */
  readonly code: number;
}

/** One request to the Kubernetes API. */
export interface CallRecord {
  readonly method: string;
  readonly path: string;
  readonly why: string;
  readonly startedMs: number;
  readonly ms: number;
  readonly status: number;
}

/** One member as it was last seen. */
export interface MemberRecord {
  readonly name: string;
  readonly node: string;
  readonly ready: boolean;
  readonly seed: boolean;
  readonly restarts: number;
  readonly image: string;
  /** As `kubectl top pods` shows it, such as `12m`; absent when it was not measured. */
  readonly cpu?: string;
}

/** A failure, in the words of the annotation. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly transient: boolean;
  /** Events, last log lines, raw output; may be empty. */
  readonly evidence: string;
  /** The name of the phase that failed with it; absent when it struck outside of every phase. */
  readonly phase?: string;
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
