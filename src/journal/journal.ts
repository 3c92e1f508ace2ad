import { toActionError } from '../errors/action-error.js';
import type { Clock, Log, RunFacts } from '../runtime/ports.js';
import type { ExperimentRecord } from './experiment-record.js';
import {
  type CallRecord,
  type CommandRecord,
  type MemberRecord,
  type Outcome,
  type PhaseRecord,
  type Report,
  schemaVersion,
} from './model.js';
import type { RepetitionRecord } from './repetition-record.js';

/** Adds a note to the running phase, in the report and in the log. */
export type Note = (text: string) => void;

/**
 * The journal of one step. It records phases, facts, members, processes and calls as they happen, and calls its
 * listeners at each change of phase, so that reports are always written before the step ends, however it ends (promise
 * 5).
 */
export class Journal {
  readonly report: Report;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #startedMs: number;
  readonly #listeners: (() => Promise<void>)[] = [];

  constructor(clock: Clock, log: Log, operation: string, instance: string, run: RunFacts) {
    this.#clock = clock;
    this.#log = log;
    this.#startedMs = clock.now();
    this.report = {
      schemaVersion,
      operation,
      instance,
      repository: run.repository,
      runId: run.runId,
      attempt: run.attempt,
      startedAt: clock.date().toISOString(),
      ms: 0,
      facts: {},
      phases: [],
      members: [],
      experiments: [],
      warnings: [],
      errors: [],
      pending: [],
      commands: [],
      calls: [],
    };
  }

  /** Returns the milliseconds since the start of the step. */
  elapsed(): number {
    return Math.round(this.#clock.now() - this.#startedMs);
  }

  /** Adds a listener for each change of phase and for the end. The change waits for the listener. */
  onChange(listener: () => Promise<void>): void {
    this.#listeners.push(listener);
  }

  /** Runs one phase in a log group, and records its duration and result. Throws what `body` throws. */
  async phase<T>(name: string, title: string, body: (note: Note) => Promise<T>): Promise<T> {
    const phase: PhaseRecord = {
      ...this.#unique(name, title),
      startedAt: this.#clock.date().toISOString(),
      startedMs: this.elapsed(),
      status: 'running',
      notes: [],
    };
    this.report.phases.push(phase);
    await this.#changed();
    try {
      const result = await this.#log.group(title, () =>
        body(text => {
          phase.notes.push(text);
          this.#log.info(text);
        }),
      );
      phase.status = 'passed';
      return result;
    } catch (error) {
      phase.status = 'failed';
      throw error;
    } finally {
      phase.ms = this.elapsed() - phase.startedMs;
      await this.#changed();
    }
  }

  /** Adds a count to the name of a repeated phase, such as the second verification of an e2e. */
  #unique(name: string, title: string): Pick<PhaseRecord, 'name' | 'title'> {
    const numbered = (count: number): string => (count === 1 ? name : `${name}-${count}`);
    const isUsed = (candidate: string): boolean => this.report.phases.some(phase => phase.name === candidate);
    let count = 1;
    while (isUsed(numbered(count))) count += 1;
    return { name: numbered(count), title: count === 1 ? title : `${title} (${count})` };
  }

  fact(name: string, value: string): void {
    this.report.facts[name] = value;
  }

  members(members: readonly MemberRecord[]): void {
    this.report.members = members;
  }

  experiment(experiment: ExperimentRecord): void {
    this.report.experiments.push(experiment);
  }

  /** Replaces what is known so far of the experiments that are repeated or compared. */
  repetitions(repetitions: readonly RepetitionRecord[]): void {
    if (repetitions.length > 0) this.report.repetitions = repetitions;
  }

  /** Adds a warning to the report, and writes it as an annotation. */
  warn(text: string): void {
    this.report.warnings.push(text);
    this.#log.warning(text);
  }

  /** As `warn`, but does nothing when the report has the warning already. */
  warnOnce(text: string): void {
    if (!this.report.warnings.includes(text)) this.warn(text);
  }

  /**
   * Records a failure. Annotation, summary and report have the same text. The failure belongs to the latest failed
   * phase that has no recorded failure yet.
   */
  fail(error: unknown): void {
    const { code, message, hint, transient, evidence } = toActionError(error);
    const explained = this.report.errors.map(({ phase }) => phase);
    const phase = this.report.phases.findLast(({ name, status }) => status === 'failed' && !explained.includes(name));
    this.report.errors.push({ code, message, hint, transient, evidence, ...(phase ? { phase: phase.name } : {}) });
  }

  pending(left: readonly string[]): void {
    this.report.pending = left;
  }

  command(record: CommandRecord): void {
    this.report.commands.push(inWholeMs(record));
  }

  call(record: CallRecord): void {
    this.report.calls.push(inWholeMs(record));
  }

  async end(outcome: Outcome): Promise<void> {
    this.report.outcome = outcome;
    await this.#changed();
  }

  async #changed(): Promise<void> {
    this.report.ms = this.elapsed();
    for (const listener of this.#listeners) await listener();
  }
}

/** Rounds the times: fractions of a millisecond mean nothing for a process or a request. */
function inWholeMs<T extends { readonly startedMs: number; readonly ms: number }>(record: T): T {
  return { ...record, startedMs: Math.round(record.startedMs), ms: Math.round(record.ms) };
}
