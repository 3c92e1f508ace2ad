import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Attempt } from '../../../../src/chaos/measurement/attempts.js';
import { latencyOf } from '../../../../src/chaos/measurement/latency.js';
import { outagesOf, summarizeProbe } from '../../../../src/chaos/measurement/outages.js';

const intervalMs = 200;

/** Attempts at every interval, of which those within one of the spans fail. */
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

  it('lasts to the end when nothing succeeds any more', () => {
    expect(outagesOf(attemptsWith([[9_000, 11_000]]), 10_000)).toEqual([{ fromMs: 9_000, toMs: 10_000 }]);
  });

  it('is within one interval of the truth, wherever it lies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: intervalMs, max: 4_000 }), (from, length) => {
        const [span] = outagesOf(attemptsWith([[from, from + length]]), 10_000);
        expect(Math.abs((span?.toMs ?? 0) - (span?.fromMs ?? 0) - length)).toBeLessThanOrEqual(intervalMs);
      }),
    );
  });
});

describe('summarizeProbe', () => {
  const summarize = (spans: readonly (readonly [number, number])[]) =>
    summarizeProbe({ attempts: attemptsWith(spans), endMs: 10_000, injectedMs: 1_000, recoveredMs: 8_000 });

  it('tells outage, downtime and degraded time apart', () => {
    const probe = summarize([
      [1_000, 2_000],
      [4_000, 4_400],
    ]);
    expect(probe).toMatchObject({ attempts: 50, failed: 7, outageMs: 1_000, downtimeMs: 1_400, degradedMs: 3_400 });
    expect(probe.degradedShare).toBeCloseTo(7 / 17, 3);
    expect([probe.availability, probe.availabilityByTime]).toEqual([86, 86]);
    expect(probe.failures).toEqual({ ECONNREFUSED: 7 });
  });

  it('has nothing to tell where nothing failed', () => {
    expect(summarize([])).toMatchObject({ failed: 0, outageMs: 0, degradedMs: 0, degradedShare: 0, availability: 100 });
  });

  it('has no latency where nothing succeeded', () => {
    const { latency } = summarize([[0, 8_000]]);
    expect([latency.before, latency.during, latency.after?.p50]).toEqual([null, null, 5]);
  });
});

it('takes percentiles by the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(latencyOf(values)).toEqual({ p50: 50, p95: 95, p99: 99 });
  expect(latencyOf([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
  expect(latencyOf([])).toBeNull();
});
