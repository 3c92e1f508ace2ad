import type { ProbeRecord } from '../../journal/experiment-record.js';
import type { Attempt } from './attempt-series.js';
import { latencyOf } from './latency.js';

/** A span of time in milliseconds from t0. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The attempts, ordered by their scheduled start, and the time of the fault. Times are milliseconds from t0. */
export interface ProbeWindow {
  readonly attempts: readonly Attempt[];
  readonly endMs: number;
  /** Undefined when nothing was injected. */
  readonly injectedMs: number | undefined;
  readonly recoveredMs: number | undefined;
}

/**
 * Returns the spans in which no attempt succeeded: each from the scheduled start of the first failure to that of the
 * next success, or to the end. Each bound is at most one interval late, so the error of a length is at most one
 * interval.
 */
export function outagesOf(attempts: readonly Attempt[], endMs: number): readonly Span[] {
  const spans: Span[] = [];
  let fromMs: number | undefined;
  for (const { ok, atMs } of attempts) {
    if (!ok) {
      fromMs ??= atMs;
    } else if (fromMs !== undefined) {
      spans.push({ fromMs, toMs: atMs });
      fromMs = undefined;
    }
  }
  if (fromMs !== undefined) spans.push({ fromMs, toMs: endMs });
  return spans;
}

/**
 * Summarizes the attempts: an outage is a span without success, degraded is from the first failure to the last. Counts
 * from the injection, because the fault did not cause earlier failures; counts everything when nothing was injected.
 */
export function summarizeProbe({ attempts, endMs, injectedMs, recoveredMs }: ProbeWindow): ProbeRecord {
  const duringMs = injectedMs ?? Infinity;
  const afterMs = recoveredMs ?? Infinity;
  const fromMs = injectedMs ?? 0;
  const counted = attempts.filter(({ atMs }) => atMs >= fromMs);
  const failed = counted.filter(({ ok }) => !ok);
  const spans = outagesOf(attempts, endMs)
    .filter(span => failed.some(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs))
    .map(span => ({ fromMs: Math.max(fromMs, span.fromMs), toMs: span.toMs }));
  const lengths = spans.map(span => span.toMs - span.fromMs);
  const downtimeMs = lengths.reduce((sum, ms) => sum + ms, 0);
  const degraded = { fromMs: spans[0]?.fromMs ?? 0, toMs: spans.at(-1)?.toMs ?? 0 };
  // A failure counts even if it was scheduled at the end of the degraded time.
  const within = counted.filter(({ ok, atMs }) => !ok || (atMs >= degraded.fromMs && atMs < degraded.toMs));
  const phase = (sinceMs: number, untilMs: number) =>
    latencyOf(attempts.filter(({ ok, atMs }) => ok && atMs >= sinceMs && atMs < untilMs).map(({ ms }) => ms));
  return {
    attempts: counted.length,
    failed: failed.length,
    outageMs: Math.round(Math.max(0, ...lengths)),
    downtimeMs: Math.round(downtimeMs),
    degradedMs: Math.round(degraded.toMs - degraded.fromMs),
    degradedShare: within.length === 0 ? 0 : rounded(failed.length / within.length, 4),
    availability: percent(counted.length - failed.length, counted.length),
    availabilityByTime: percent(endMs - fromMs - downtimeMs, endMs - fromMs),
    latency: { before: phase(0, duringMs), during: phase(duringMs, afterMs), after: phase(afterMs, Infinity) },
    failures: countBy(failed.map(({ failure }) => failure)),
  };
}

function percent(part: number, whole: number): number | null {
  return whole <= 0 ? null : rounded((100 * part) / whole, 3);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
