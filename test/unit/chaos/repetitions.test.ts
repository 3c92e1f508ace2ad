import { describe, expect, it } from '@jest/globals';
import { describeComparisons, medianOf, plannedRuns, summarizeRepetitions } from '../../../src/chaos/repetitions.js';
import type { Baseline } from '../../../src/chaos/spec.js';
import { numbersOf } from '../../../src/journal/experiment-numbers.js';
import type { ExperimentRecord } from '../../../src/journal/experiment-record.js';
import type { BaselineComparison, RepetitionRecord } from '../../../src/journal/repetition-record.js';
import { someExperiment, someMeasurement } from '../report/experiment-sample.js';

const { probe, milestones, clients, members, control, messages } = someMeasurement();
/** Without series of messages: the numbers are those of connections. */
const others = {
  resolutionMs: 200,
  fault: null,
  clients,
  members,
  control,
  events: [],
  doubts: [],
  ...(messages && { messages }),
};

/** A run with connections only, whose outage and recovery take this long; null: never seen. */
function run(outageMs: number, recoveryMs: number | null = 10_000, resolutionMs = 200): ExperimentRecord {
  const measurement = {
    ...others,
    probe: { ...probe, outageMs, resolutionMs },
    milestones: { ...milestones, recoveryMs },
  };
  return someExperiment({ verdict: 'pass', measurement });
}

const chaos = { experiments: ['drain'], repeat: 5 } as const;
const baselineOf = (runs: readonly ExperimentRecord[]): Baseline => {
  return { path: 'old/report.json', runs: runs.map(one => ({ experiment: one.name, numbers: numbersOf(one) })) };
};

function summarize(records: readonly ExperimentRecord[], baseline?: readonly ExperimentRecord[]): RepetitionRecord {
  const [first, ...more] = summarizeRepetitions(records, {
    ...chaos,
    ...(baseline && { baseline: baselineOf(baseline) }),
  });
  if (first === undefined || more.length > 0) throw new Error('one experiment was expected');
  return first;
}

const compare = (now: readonly ExperimentRecord[], before: readonly ExperimentRecord[]): BaselineComparison =>
  summarize(now, before).comparison as BaselineComparison;
const outages = (...values: readonly number[]): readonly ExperimentRecord[] => values.map(value => run(value));

describe('the runs of a repeated experiment', () => {
  it('are made one after the other, each experiment as often as wanted', () => {
    expect(plannedRuns({ experiments: ['drain', 'pod-kill'], repeat: 2 })).toEqual([
      ...['drain', 'drain', 'pod-kill', 'pod-kill'],
    ]);
  });

  it('have a median, a best and a worst value of each number, and the worst verdict', () => {
    const records = [...outages(400, 200, 9_000), { ...run(0), verdict: 'fail' } as const];
    expect(summarize(records)).toMatchObject({
      ...{ experiment: 'drain', planned: 5, counted: 4, notCounted: [], verdict: 'fail' },
      numbers: {
        outageMs: { values: [400, 200, 9_000, 0], median: 300, best: 0, worst: 9_000 },
        availability: { median: 98.333 },
        recoveryMs: { median: 10_000 },
        restorationMs: { median: 21_000 },
        brokenConnections: { median: 8 },
        lostMessages: { median: 0 },
      },
    });
  });

  it('finds the lowest availability the worst', () => {
    const records = [90, 99, 97].map(availability =>
      someExperiment({ verdict: 'pass', measurement: { ...others, milestones, probe: { ...probe, availability } } }),
    );
    expect(summarize(records).numbers.availability).toEqual({ values: [90, 99, 97], median: 97, best: 99, worst: 90 });
  });

  it.each(['inconclusive', 'aborted', 'skipped'] as const)('do not count when they are %s, and say so', verdict => {
    const summary = summarize([run(200), { ...run(70_000), verdict, reason: 'Because.' }, run(400)]);
    expect(summary).toMatchObject({ counted: 2, notCounted: [{ run: 2, verdict, reason: 'Because.' }] });
    expect(summary.numbers.outageMs).toMatchObject({ values: [200, 400], worst: 400 });
    expect(summary.verdict).toBe(verdict === 'skipped' ? 'pass' : verdict);
  });

  it('do not count when they failed before anything was measured', () => {
    const { measurement, ...unmeasured } = { ...run(200), verdict: 'fail' } as const;
    expect(measurement).toBeDefined();
    expect(summarize([unmeasured, run(200)])).toMatchObject({ counted: 1, notCounted: [{ run: 1, verdict: 'fail' }] });
  });

  it('are not summarized when there is only one, and nothing to compare with', () => {
    expect(summarizeRepetitions(outages(200), { experiments: ['drain'], repeat: 1 })).toEqual([]);
  });
});

describe('the comparison with an earlier report', () => {
  const resultOf = (now: readonly ExperimentRecord[], before: readonly ExperimentRecord[]) =>
    compare(now, before).numbers.outageMs?.result;
  const before = outages(1_000, 1_200, 1_400, 1_600, 1_800);

  it.each([
    ['worse', [1_500, 1_900, 3_000, 5_000, 6_000]],
    // The median lies in the spread of the earlier runs.
    ['within-spread', [1_700, 1_750, 1_790, 5_000, 6_000]],
    // The best run is as good as the earlier median.
    ['within-spread', [1_400, 3_000, 3_000, 5_000, 6_000]],
    ['better', [100, 200, 400, 1_000, 1_300]],
  ] as const)('says %s of the outages %j', (result, now) => {
    expect(resultOf(outages(...now), before)).toBe(result);
  });

  it('does not tell apart what differs by less than the resolution', () => {
    const now = [1_000, 1_000, 1_000, 1_000, 1_000].map(value => run(value, 10_000, 900));
    expect(resultOf(now, outages(200, 200, 200, 200, 200))).toBe('within-spread');
    expect(resultOf(now, outages(90, 90, 90, 90, 90))).toBe('worse');
  });

  it('finds 6 of the 252 orders of 5 and 5 runs worse, and 6 better', () => {
    const values = Array.from({ length: 10 }, (_, index) => index * 1_000);
    const orders = Array.from({ length: 1_024 }, (_, bits) => values.map((_value, index) => (bits >> index) % 2 === 1))
      .filter(chosen => chosen.filter(Boolean).length === 5)
      .map(chosen =>
        resultOf(
          outages(...values.filter((_value, index) => chosen[index])),
          outages(...values.filter((_value, index) => chosen[index] !== true)),
        ),
      );
    expect(orders).toHaveLength(252);
    expect(['worse', 'better'].map(result => orders.filter(one => one === result).length)).toEqual([6, 6]);
  });

  it('is not made with fewer than 5 runs on each side', () => {
    for (const [now, earlier] of [
      [before, before.slice(1)],
      [before.slice(1), before],
    ] as const) {
      const { notCompared, numbers } = compare(now, earlier);
      expect(notCompared).toBe(
        `${now.length} runs count here and ${earlier.length} in the earlier report, but a comparison needs at least 5 on each side`,
      );
      expect(new Set(Object.values(numbers).map(({ result }) => result))).toEqual(new Set(['not-compared']));
    }
  });

  it('does not count runs of the earlier report of another experiment', () => {
    const others5 = before.map(one => ({ ...one, name: 'pod-kill' }));
    expect(compare(before, others5)).toMatchObject({
      counted: 0,
      notCompared: expect.stringContaining('0 in the earlier'),
    });
  });

  it('does not compare a number that one of the runs does not have', () => {
    const now = [...outages(1, 2, 3, 4, 5), run(6, null)];
    const { numbers } = compare(now, before);
    expect([numbers.recoveryMs?.result, numbers.outageMs?.result]).toEqual(['not-compared', 'better']);
    expect(compare(before, now).numbers.recoveryMs?.result).toBe('not-compared');
    const never = now.map(() => run(1, null));
    expect(compare(never, before).numbers.recoveryMs).toMatchObject({
      result: 'not-compared',
      baseline: { median: 10_000 },
    });
  });

  it('is told in one sentence for each experiment: what got worse, or why nothing is compared', () => {
    const told = (now: readonly ExperimentRecord[], earlier?: readonly ExperimentRecord[]) =>
      describeComparisons([summarize(now, earlier)], 'old/report.json');
    expect(told(outages(9_000, 9_000, 9_000, 9_000, 9_000), before)).toEqual([
      'drain got worse than in old/report.json, beyond the spread of the runs: outage 1.4s -> 9.0s (medians).',
    ]);
    expect(told(before, before)).toEqual([]);
    expect(told(before)).toEqual([]);
    expect(told(before, [])).toEqual([
      'drain is not compared with old/report.json: 5 runs count here and 0 in the earlier report, but a comparison needs at least 5 on each side.',
    ]);
  });
});

it('takes the mean of the two values in the middle', () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 3, 2])]).toEqual([2, 2.5]);
  expect(() => medianOf([])).toThrow('there is no median of nothing');
});
