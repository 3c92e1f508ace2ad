import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Attempt } from '../../../../src/chaos/measurement/attempt-series.js';
import { latencyOf } from '../../../../src/chaos/measurement/latency.js';
import { outagesOf, summarizeProbe } from '../../../../src/chaos/measurement/outages.js';

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

describe('summarizeProbe', () => {
  const summarize = (spans: readonly (readonly [number, number])[], injectedMs: number | undefined = 2_000) =>
    summarizeProbe({ attempts: attemptsWith(spans), endMs: 10_000, injectedMs, recoveredMs: 8_000 });
  const spans = [
    [2_000, 3_000],
    [5_000, 5_400],
  ] as const;

  it('distinguishes outage, downtime and degraded time', () => {
    const probe = summarize(spans);
    expect(probe).toMatchObject({ attempts: 40, failed: 7, outageMs: 1_000, downtimeMs: 1_400, degradedMs: 3_400 });
    expect(probe.degradedShare).toBeCloseTo(7 / 17, 3);
    expect([probe.availability, probe.availabilityByTime]).toEqual([82.5, 82.5]);
    expect(probe.failures).toEqual({ ECONNREFUSED: 7 });
  });

  it('reports no outage when nothing failed', () => {
    expect(summarize([])).toMatchObject({ failed: 0, outageMs: 0, degradedMs: 0, degradedShare: 0, availability: 100 });
  });

  it('ignores an outage that ended before the injection', () => {
    const early = [200, 1_400] as const;
    expect(summarize([early, ...spans])).toEqual(summarize(spans));
    expect(summarize([early])).toMatchObject({
      ...{ failed: 0, outageMs: 0, degradedMs: 0, availability: 100, availabilityByTime: 100, failures: {} },
    });
  });

  it('does not count an interval without an attempt as an outage', () => {
    expect(summarize([[1_000, 2_000]], 1_900)).toMatchObject({ failed: 0, outageMs: 0, availabilityByTime: 100 });
  });

  it('counts an earlier outage only from the injection', () => {
    const probe = summarize([[1_000, 4_000]], 1_900);
    expect(probe).toMatchObject({ attempts: 40, failed: 10, outageMs: 2_100, degradedMs: 2_100, degradedShare: 1 });
    expect([probe.availability, probe.availabilityByTime]).toEqual([75, 74.074]);
  });

  it('reports no availability by time when nothing succeeded after the injection', () => {
    expect(summarize([[0, 10_000]], 1_900)).toMatchObject({ availability: 0, availabilityByTime: 0 });
  });

  it('never counts more failures than attempts in the degraded time, even at its end', () => {
    const series = { endMs: 9_800, injectedMs: 2_000, recoveredMs: undefined };
    expect(summarizeProbe({ ...series, attempts: attemptsWith([[5_000, 10_000]]) }).degradedShare).toBe(1);
  });

  it('counts everything when nothing was injected', () => {
    const attempts = attemptsWith([[200, 1_400]]);
    expect(summarizeProbe({ attempts, endMs: 10_000, injectedMs: undefined, recoveredMs: undefined })).toMatchObject({
      ...{ attempts: 50, failed: 6, outageMs: 1_200, availability: 88, availabilityByTime: 88 },
    });
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
