import {
  experimentNumbers,
  type MeasuredNumber,
  type NumberName,
  numberNames,
  numbersOf,
  type RunNumbers,
} from '../journal/experiment-numbers.js';
import type { ExperimentRecord } from '../journal/experiment-record.js';
import type {
  BaselineComparison,
  ComparedNumber,
  NumberSummary,
  RepetitionRecord,
} from '../journal/repetition-record.js';
import type { ExperimentName } from './experiments/index.js';
import type { Baseline, Chaos } from './spec.js';
import { worstOf } from './verdict.js';

/** A comparison needs this many runs on each side. */
const comparableRuns = 5;

/** Returns the experiments in the order in which they run: each as often as `repeat` says, before the next one. */
export function plannedRuns({ experiments, repeat }: Pick<Chaos, 'experiments' | 'repeat'>): readonly ExperimentName[] {
  return experiments.flatMap(name => Array<ExperimentName>(repeat).fill(name));
}

/** Returns the record of the next run, with its number if its experiment is repeated. */
export function numberRun(
  record: ExperimentRecord,
  planned: readonly string[],
  former: readonly ExperimentRecord[],
): ExperimentRecord {
  const count = (names: readonly string[]): number => names.filter(name => name === record.name).length;
  return count(planned) === 1 ? record : { ...record, run: count(former.map(({ name }) => name)) + 1 };
}

/** Returns whether the numbers of a run count: a run without a result, or without a conclusion, proves nothing. */
export function isCounted({ verdict, measurement }: Pick<ExperimentRecord, 'verdict' | 'measurement'>): boolean {
  return measurement !== undefined && (verdict === 'pass' || verdict === 'fail');
}

/** Summarizes the runs so far of each experiment that is repeated, or is to be compared with an earlier report. */
export function summarizeRepetitions(
  records: readonly ExperimentRecord[],
  chaos: Pick<Chaos, 'experiments' | 'repeat' | 'baseline'>,
): readonly RepetitionRecord[] {
  const runs = plannedRuns(chaos);
  return [...new Set(runs)].flatMap(experiment => {
    const planned = runs.filter(name => name === experiment).length;
    const made = records.filter(({ name }) => name === experiment);
    if (made.length === 0 || (planned === 1 && chaos.baseline === undefined)) return [];
    const counted = made.filter(isCounted).map(numbersOf);
    return {
      ...{ experiment, planned, counted: counted.length },
      notCounted: made.flatMap((record, index) =>
        isCounted(record) ? [] : [{ run: index + 1, verdict: record.verdict, reason: record.reason }],
      ),
      verdict: worstOf(made.map(({ verdict }) => verdict)),
      numbers: summariesOf(counted),
      ...(chaos.baseline && { comparison: compare(counted, chaos.baseline, experiment) }),
    };
  });
}

/** Returns the median: the middle value, or the mean of the two in the middle. @throws Error without values. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [upper, lower] = [sorted[Math.floor(sorted.length / 2)], sorted[Math.ceil(sorted.length / 2) - 1]];
  if (upper === undefined || lower === undefined) throw new Error('there is no median of nothing');
  return (lower + upper) / 2;
}

function summariesOf(runs: readonly RunNumbers[]): RepetitionRecord['numbers'] {
  const summaries = numberNames.map(name => [name, summaryOf(runs, name)] as const);
  return Object.fromEntries(summaries.filter(([, summary]) => summary !== undefined));
}

function summaryOf(runs: readonly RunNumbers[], name: NumberName): NumberSummary | undefined {
  const values = measuredIn(runs, name).map(({ value }) => value);
  if (values.length === 0) return undefined;
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const [best, worst] = experimentNumbers[name].worse === 'higher' ? [least, greatest] : [greatest, least];
  return { values, median: medianOf(values), best, worst };
}

function measuredIn(runs: readonly RunNumbers[], name: NumberName): readonly MeasuredNumber[] {
  return runs.flatMap(run => run[name] ?? []);
}

function compare(now: readonly RunNumbers[], { runs }: Baseline, experiment: ExperimentName): BaselineComparison {
  const before = runs.filter(run => run.experiment === experiment).map(({ numbers }) => numbers);
  const isEnough = Math.min(now.length, before.length) >= comparableRuns;
  const compared = numberNames.map(name => [name, compareNumber(now, before, name, isEnough)] as const);
  return {
    counted: before.length,
    ...(!isEnough && {
      notCompared: `${now.length} runs count here and ${before.length} in the earlier report, but a comparison needs at least ${comparableRuns} on each side`,
    }),
    numbers: Object.fromEntries(compared.filter(([, number]) => number !== undefined)),
  };
}

/** A number that some run did not measure is not compared: a run that never recovered has no recovery time. */
function compareNumber(
  now: readonly RunNumbers[],
  before: readonly RunNumbers[],
  name: NumberName,
  isEnough: boolean,
): ComparedNumber | undefined {
  const [present, baseline] = [summaryOf(now, name), summaryOf(before, name)];
  if (present === undefined && baseline === undefined) return undefined;
  const isComplete = present?.values.length === now.length && baseline?.values.length === before.length;
  if (!isEnough || !isComplete) return { ...(baseline && { baseline }), result: 'not-compared' };
  const resolution = Math.max(...[...measuredIn(now, name), ...measuredIn(before, name)].map(one => one.resolution));
  const result = exceeds(present, baseline, name, resolution)
    ? 'worse'
    : exceeds(baseline, present, name, resolution)
      ? 'better'
      : 'within-spread';
  return { baseline, result };
}

/**
 * Returns whether `a` is worse than `b` beyond the spread of both: the median of each lies outside of the spread of the
 * other, and they differ by more than the resolution. If nothing has changed, this happens by chance for 6 of the 252
 * orders of 5 and 5 values.
 */
function exceeds(a: NumberSummary, b: NumberSummary, name: NumberName, resolution: number): boolean {
  const sign = experimentNumbers[name].worse === 'higher' ? 1 : -1;
  const isWorse = (one: number, other: number): boolean => sign * (one - other) > 0;
  return isWorse(a.median, b.worst) && isWorse(a.best, b.median) && sign * (a.median - b.median) > resolution;
}

/** Returns one sentence for each experiment that is to be compared: what got worse, or why nothing is compared. */
export function describeComparisons(repetitions: readonly RepetitionRecord[], path: string): readonly string[] {
  return repetitions.flatMap(({ experiment, numbers, comparison }) => {
    if (comparison === undefined) return [];
    if (comparison.notCompared !== undefined) {
      return [`${experiment} is not compared with ${path}: ${comparison.notCompared}.`];
    }
    const worse = numberNames.flatMap(name => {
      const [present, { result, baseline } = {}] = [numbers[name], comparison.numbers[name]];
      if (result !== 'worse' || present === undefined || baseline === undefined) return [];
      const { title, write } = experimentNumbers[name];
      return [`${title} ${write(baseline.median)} -> ${write(present.median)}`];
    });
    if (worse.length === 0) return [];
    return [`${experiment} got worse than in ${path}, beyond the spread of the runs: ${worse.join(', ')} (medians).`];
  });
}
