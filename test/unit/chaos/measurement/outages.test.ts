import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Attempt } from '../../../../src/chaos/measurement/attempt-series.js';
import { latencyOf } from '../../../../src/chaos/measurement/latency.js';
import { outagesOf, summarizeProbe, summarizeSeries } from '../../../../src/chaos/measurement/outages.js';

const intervalMs = 200;

/** Attempts at each interval; those within one of the spans fail. */
function attemptsWith(spans: readonly (readonly [number, number])[], endMs = 10_000): readonly Attempt[] {
  return Array.from({ length: endMs / intervalMs }, (_, index) => {
    const atMs = index * intervalMs;
    const ok = !spans.some(([fromMs, toMs]) => atMs >= fromMs && atMs < toMs);
    return { atMs, ms: ok ? 5 : 2_000, ok, failure: ok ? '' : 'ECONNREFUSED', local: false };
  });
}

describe('outagesOf', () => {
  it('reaches from the first failure to the next success', () => {
    expect(outagesOf(attemptsWith([[1_000, 2_500]]), 10_000)).toEqual([{ fromMs: 1_000, toMs: 2_600 }]);
  });

  it('lasts to the end when no later attempt succeeds', () => {
    expect(outagesOf(attemptsWith([[9_000, 11_000]]), 10_000)).toEqual([{ fromMs: 9_000, toMs: 10_000 }]);
  });

  it('has an error of at most one interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: intervalMs, max: 4_000 }), (from, length) => {
        const [span] = outagesOf(attemptsWith([[from, from + length]]), 10_000);
        expect(Math.abs((span?.toMs ?? 0) - (span?.fromMs ?? 0) - length)).toBeLessThanOrEqual(intervalMs);
      }),
    );
  });
});

describe('summarizeSeries', () => {
  const summarize = (spans: readonly (readonly [number, number])[], fromMs = 2_000, endMs = 10_000) =>
    summarizeSeries({ attempts: attemptsWith(spans, endMs), fromMs, endMs, resolutionMs: intervalMs });

  it('counts two stray failures as two degraded seconds, however far apart they are', () => {
    const strays = [
      [4_000, 4_100],
      [604_000, 604_100],
    ] as const;
    expect(summarize(strays, 0, 900_000)).toMatchObject({
      ...{ attempts: 4_500, failed: 2, outageMs: 200, degradedMs: 2_000, unavailableSeconds: 0.4 },
      availability: 99.833,
    });
  });

  it.each([130, 200, 900])('has the same numbers for an outage of 30 s however long was measured: %d s', seconds => {
    expect(summarize([[5_000, 35_000]], 0, seconds * 1_000)).toMatchObject({
      ...{ outageMs: 30_000, degradedMs: 30_000, unavailableSeconds: 30, availability: 75 },
    });
  });

  it('finds the worst window, wherever it begins', () => {
    const spans = [
      [20_000, 32_000],
      [150_000, 174_000],
    ] as const;
    expect(summarize(spans, 0, 300_000).availability).toBe(80);
    // The window from 53 s to 173 s has 23 s of the second outage and nothing of the first.
    expect(summarize(spans, 0, 173_000).availability).toBe(Number((100 * (1 - 23 / 120)).toFixed(3)));
  });

  it('adds up the failed share of each second', () => {
    const attempts = attemptsWith([]).map((attempt, index) => (index % 5 === 0 ? { ...attempt, ok: false } : attempt));
    expect(summarizeSeries({ attempts, fromMs: 0, endMs: 10_000, resolutionMs: intervalMs })).toMatchObject({
      ...{ outageMs: 200, degradedMs: 10_000, unavailableSeconds: 2 },
    });
  });

  it('has slots as long as the interval if that is longer than a second', () => {
    const attempts = [0, 5_000, 10_000, 15_000].map((atMs, index) => {
      return { atMs, ms: 3, ok: index !== 1, failure: '', local: false };
    });
    expect(summarizeSeries({ attempts, fromMs: 0, endMs: 20_000, resolutionMs: 5_000 })).toMatchObject({
      ...{ outageMs: 5_000, degradedMs: 5_000, unavailableSeconds: 5 },
    });
  });

  it('reports no outage when nothing failed, and no availability of less than its window', () => {
    expect(summarize([])).toMatchObject({
      failed: 0,
      outageMs: 0,
      degradedMs: 0,
      unavailableSeconds: 0,
      availability: null,
    });
  });

  it('reports null, and not 0, without attempts', () => {
    expect(summarizeSeries({ attempts: [], fromMs: 0, endMs: 300_000, resolutionMs: 200 })).toEqual({
      ...{ resolutionMs: 200, attempts: 0, failed: 0, outageMs: null, degradedMs: null },
      ...{ unavailableSeconds: null, availability: null },
    });
  });

  it('ignores an outage that ended before the fault, and counts an earlier one only from the fault', () => {
    expect(summarize([[200, 1_400]])).toMatchObject({ failed: 0, outageMs: 0, degradedMs: 0 });
    expect(summarize([[1_000, 2_000]], 1_900)).toMatchObject({ failed: 0, outageMs: 0 });
    expect(summarize([[1_000, 4_000]], 1_900)).toMatchObject({ failed: 10, outageMs: 2_100, unavailableSeconds: 2 });
  });

  it('agrees with a slow computation, for any attempts', () => {
    const slow = (attempts: readonly Attempt[], fromMs: number, endMs: number) => {
      const inSecond = (index: number): readonly Attempt[] =>
        attempts.filter(({ atMs }) => atMs >= fromMs + index * 1_000 && atMs < fromMs + (index + 1) * 1_000);
      const seconds = Array.from({ length: Math.ceil((endMs - fromMs) / 1_000) }, (_, index) => {
        const all = inSecond(index);
        const share = all.length === 0 ? 0 : all.filter(({ ok }) => !ok).length / all.length;
        return { share, ms: Math.min(1_000, endMs - fromMs - index * 1_000) };
      });
      const starts = attempts.map(({ atMs }) => atMs).filter(atMs => atMs >= fromMs && atMs + 120_000 <= endMs);
      const shares = starts.map(startMs => {
        const all = attempts.filter(({ atMs }) => atMs >= startMs && atMs < startMs + 120_000);
        return (100 * all.filter(({ ok }) => ok).length) / all.length;
      });
      return {
        degradedMs: seconds.filter(({ share }) => share > 0.01).reduce((sum, { ms }) => sum + ms, 0),
        unavailableSeconds: Number(seconds.reduce((sum, { share, ms }) => sum + (share * ms) / 1_000, 0).toFixed(3)),
        availability: Number(Math.min(...shares).toFixed(3)),
      };
    };
    const failing = fc.array(fc.tuple(fc.integer({ min: 0, max: 150_000 }), fc.integer({ min: 1, max: 20_000 })));
    fc.assert(
      fc.property(failing, fc.constantFrom(0, 2_000, 3_400), (spans, fromMs) => {
        const endMs = 150_300;
        const attempts = attemptsWith(
          spans.map(([from, length]) => [from, from + length] as const),
          endMs,
        );
        const counted = summarizeSeries({ attempts, fromMs, endMs, resolutionMs: intervalMs });
        expect(counted).toMatchObject(slow(attempts, fromMs, endMs));
      }),
      { numRuns: 50 },
    );
  });
});

describe('summarizeProbe', () => {
  const summarize = (spans: readonly (readonly [number, number])[]) => {
    const window = { attempts: attemptsWith(spans), fromMs: 2_000, endMs: 10_000, resolutionMs: intervalMs };
    return summarizeProbe(window, 1_900, 8_000);
  };

  it('counts each kind of failure from the fault on', () => {
    const spans = [
      [200, 1_400],
      [2_000, 3_000],
      [5_000, 5_400],
    ] as const;
    expect(summarize(spans)).toMatchObject({ failed: 7, failures: { ECONNREFUSED: 7 } });
  });

  it('counts what succeeded after 1 s or more, from the fault on', () => {
    const attempts = attemptsWith([[3_000, 4_000]]).map(one => ({ ...one, ms: one.atMs % 1_000 === 0 ? 1_003 : 999 }));
    const window = { attempts, fromMs: 2_000, endMs: 10_000, resolutionMs: intervalMs };
    expect(summarizeProbe(window, 1_900, 8_000).slow).toBe(7);
  });

  it('reports no latency when nothing succeeded', () => {
    const { latency } = summarize([[0, 8_000]]);
    expect([latency.before, latency.during, latency.after?.p50]).toEqual([null, null, 5]);
  });
});

it('computes nearest-rank percentiles', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(latencyOf(values)).toEqual({ p50: 50, p95: 95, p99: 99 });
  expect(latencyOf([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
  expect(latencyOf([])).toBeNull();
});
