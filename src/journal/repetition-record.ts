import type { NumberName } from './experiment-numbers.js';
import type { Verdict } from './experiment-record.js';

/** What the runs of one experiment show together. */
export interface RepetitionRecord {
  readonly experiment: string;
  /** How many runs were asked for. */
  readonly planned: number;
  /** How many runs count: those that passed or failed, and measured something. */
  readonly counted: number;
  /** The other runs that were made, and why their numbers do not count. */
  readonly notCounted: readonly { readonly run: number; readonly verdict: Verdict; readonly reason: string }[];
  /** The worst verdict of all runs. */
  readonly verdict: Verdict;
  /** Over the runs that count; absent are the numbers that none of them measured. */
  readonly numbers: Readonly<Partial<Record<NumberName, NumberSummary>>>;
  /** Absent without `baseline-report`. */
  readonly comparison?: BaselineComparison;
}

/** One number over several runs; its spread reaches from the best value to the worst. */
export interface NumberSummary {
  /** In the order of the runs; fewer than the runs that count if some did not measure it. */
  readonly values: readonly number[];
  readonly median: number;
  readonly best: number;
  readonly worst: number;
}

/** The runs of an experiment beside those of an earlier report. */
export interface BaselineComparison {
  /** How many runs of the earlier report count. */
  readonly counted: number;
  /** Why nothing is compared; absent if something is. */
  readonly notCompared?: string;
  /** The numbers that either side measured. */
  readonly numbers: Readonly<Partial<Record<NumberName, ComparedNumber>>>;
}

export interface ComparedNumber {
  /** Absent if no run of the earlier report measured it. */
  readonly baseline?: NumberSummary;
  readonly result: 'worse' | 'better' | 'within-spread' | 'not-compared';
}
