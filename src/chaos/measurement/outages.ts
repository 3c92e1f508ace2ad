import type { ProbeRecord } from '../../journal/experiment-record.js';
import type { Attempt } from './attempt-series.js';
import { latencyOf } from './latency.js';

/** A span of time in milliseconds from t0. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What to reckon with: the attempts in the order of their scheduled starts, and where the fault lies in them. */
export interface ProbeWindow {
  readonly attempts: readonly Attempt[];
  readonly endMs: number;
  /** Undefined: nothing was injected. */
  readonly injectedMs: number | undefined;
  readonly recoveredMs: number | undefined;
}

/**
 * The times in which nothing succeeded: each from the scheduled start of the first attempt that failed to that of the
 * next that succeeded, or to the end. With attempts at every interval each bound is at most one interval late, so that a
 * length is within one interval of the truth.
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
 * What clients saw: outage is when nothing succeeds, degraded from the first failure to the last. Counted from the
 * injection on, for what failed before it the fault did not cause; without one everything counts.
 */
export function summarizeProbe({ attempts, endMs, injectedMs, recoveredMs }: ProbeWindow): ProbeRecord {
  const strikeMs = injectedMs ?? Infinity;
  const overMs = recoveredMs ?? Infinity;
  const fromMs = injectedMs ?? 0;
  const counted = attempts.filter(({ atMs }) => atMs >= fromMs);
  const failed = counted.filter(({ ok }) => !ok);
  const spans = outagesOf(attempts, endMs)
    .filter(span => failed.some(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs))
    .map(span => ({ fromMs: Math.max(fromMs, span.fromMs), toMs: span.toMs }));
  const lengths = spans.map(span => span.toMs - span.fromMs);
  const downtimeMs = lengths.reduce((sum, ms) => sum + ms, 0);
  const degraded = { fromMs: spans[0]?.fromMs ?? 0, toMs: spans.at(-1)?.toMs ?? 0 };
  // One that failed belongs to it even if it was due at the very end.
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
    latency: { before: phase(0, strikeMs), during: phase(strikeMs, overMs), after: phase(overMs, Infinity) },
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
