/** The record of one step, as plain data: the contents of `report.json`, and the source of the summary and JUnit. */

import type { ExperimentRecord } from './experiment-record.js';
import type { RepetitionRecord } from './repetition-record.js';

/**
 * The version of `schema/report.schema.json`. It changes when a reader of the former version would misread a report.
 */
export const schemaVersion = 3;

/** How the step ended. */
export type Outcome = 'success' | 'failure' | 'cancelled' | 'timed-out' | 'dry-run';

/** One phase of the operation. */
export interface PhaseRecord {
  readonly name: string;
  readonly title: string;
  readonly startedAt: string;
  /** Milliseconds from the start of the step. */
  readonly startedMs: number;
  ms?: number;
  status: 'running' | 'passed' | 'failed' | 'skipped';
  /** Notes for the reader, in order of time. */
  readonly notes: string[];
}

/** One process. */
export interface CommandRecord {
  readonly tool: string;
  /** With secrets redacted. */
  readonly argv: readonly string[];
  readonly why: string;
  readonly startedMs: number;
  readonly ms: number;
  /** The exit code; -1 when the program did not exit by itself, or could not be started. */
  readonly code: number;
}

/** One request to the Kubernetes API or to Azure. */
export interface CallRecord {
  readonly api: 'kubernetes' | 'azure';
  readonly method: string;
  readonly path: string;
  readonly why: string;
  readonly startedMs: number;
  readonly ms: number;
  readonly status: number;
}

/** The last known state of one member. */
export interface MemberRecord {
  readonly name: string;
  readonly node: string;
  readonly ready: boolean;
  readonly seed: boolean;
  readonly restarts: number;
  readonly image: string;
  /** In the format of `kubectl top pods`, such as `12m`; absent when not measured. */
  readonly cpu?: string;
}

/** A failure, with the text of the annotation. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly transient: boolean;
  /** Events, last log lines or raw output; can be empty. */
  readonly evidence: string;
  /** The name of the failed phase; absent when the failure happened outside of all phases. */
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
  /** Absent while the step runs. */
  outcome?: Outcome;
  /** Facts about the cluster for the reader, in order. */
  readonly facts: Record<string, string>;
  readonly phases: PhaseRecord[];
  members: readonly MemberRecord[];
  readonly experiments: ExperimentRecord[];
  /** One for each experiment that is repeated or compared; absent if none is. */
  repetitions?: readonly RepetitionRecord[];
  readonly warnings: string[];
  readonly errors: ErrorRecord[];
  /** What is not yet undone or deleted, as texts; empty when nothing is left. */
  pending: readonly string[];
  readonly commands: CommandRecord[];
  readonly calls: CallRecord[];
}
