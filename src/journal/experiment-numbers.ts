import { formatDuration } from '../runtime/duration.js';
import { seriesOf, worstIn } from './client-series.js';
import type { ExperimentRecord } from './experiment-record.js';

/** One number of one run. */
export interface MeasuredNumber {
  readonly value: number;
  /** Two values that differ by no more than this are not told apart. */
  readonly resolution: number;
}

/** What a record must have so that its numbers can be read. */
export type MeasuredRun = Pick<ExperimentRecord, 'measurement' | 'putBack'>;

interface NumberDefinition {
  /** The name for the reader. */
  readonly title: string;
  readonly worse: 'higher' | 'lower';
  readonly write: (value: number) => string;
  /** Returns undefined when the run did not measure it. */
  readonly read: (run: MeasuredRun) => MeasuredNumber | undefined;
}

/** The length of the window for which availability is stated, in milliseconds. */
export const availabilityWindowMs = 120_000;
const inDuration = (title: string, read: NumberDefinition['read']): NumberDefinition => ({
  ...{ title, read, worse: 'higher', write: formatDuration },
});
const counted = (title: string, read: (run: MeasuredRun) => number | undefined): NumberDefinition => ({
  ...{ title, worse: 'higher', write: value => String(rounded(value)) },
  read: run => known(read(run), 0),
});

/** The numbers by which runs of an experiment are compared. Of several series, the worst counts, as for the limits. */
export const experimentNumbers = {
  outageMs: inDuration(
    'outage',
    ofSeries('outageMs', resolutionMs => resolutionMs),
  ),
  degradedMs: inDuration(
    'degraded',
    ofSeries('degradedMs', resolutionMs => Math.max(1_000, resolutionMs)),
  ),
  unavailableSeconds: {
    ...{ title: 'unavailable', worse: 'higher', write: value => `${rounded(value)} s` },
    read: ofSeries('unavailableSeconds', resolutionMs => resolutionMs / 1_000),
  },
  availability: {
    ...{ title: 'availability', worse: 'lower', write: value => `${value} %` },
    read: ofSeries('availability', resolutionMs => (100 * resolutionMs) / availabilityWindowMs),
  },
  recoveryMs: inDuration('recovery', ({ measurement }) => {
    if (measurement === undefined) return undefined;
    const resolutions = seriesOf(measurement).map(({ record }) => record.resolutionMs);
    return known(measurement.milestones.recoveryMs, Math.max(...resolutions));
  }),
  restorationMs: inDuration('restoration', ({ putBack }) => known(putBack?.restorationMs, 0)),
  brokenConnections: counted('broken connections', ({ measurement }) => {
    const { broken = null, hung = null } = measurement?.clients ?? {};
    return broken === null || hung === null ? undefined : broken + hung;
  }),
  lostMessages: counted('lost messages', ({ measurement }) => {
    const { readings = 0, doubts = [], notJudged, lost = 0, diverged = 0 } = measurement?.messages ?? {};
    return readings === 0 || doubts.length > 0 || notJudged !== undefined ? undefined : lost + diverged;
  }),
} as const satisfies Readonly<Record<string, NumberDefinition>>;

export type NumberName = keyof typeof experimentNumbers;
export const numberNames = Object.keys(experimentNumbers) as NumberName[];
/** The numbers of one run; absent are those that it did not measure. */
export type RunNumbers = Readonly<Partial<Record<NumberName, MeasuredNumber>>>;

/** Returns the numbers that a run measured. */
export function numbersOf(run: MeasuredRun): RunNumbers {
  const read = numberNames.map(name => [name, experimentNumbers[name].read(run)] as const);
  return Object.fromEntries(read.filter(([, number]) => number !== undefined));
}

/** Returns the name of an experiment for the reader, with the number of its run if it was repeated. */
export function nameOfRun({ name, run }: Pick<ExperimentRecord, 'name' | 'run'>): string {
  return run === undefined ? name : `${name}, run ${run}`;
}

function ofSeries(
  quantity: Parameters<typeof worstIn>[1],
  resolutionOf: (resolutionMs: number) => number,
): NumberDefinition['read'] {
  return ({ measurement }) => {
    const worst = measurement && worstIn(measurement, quantity);
    return worst && { value: worst.value, resolution: resolutionOf(worst.record.resolutionMs) };
  };
}

function known(value: number | null | undefined, resolution: number): MeasuredNumber | undefined {
  return value === null || value === undefined ? undefined : { value, resolution };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
