import { availabilityWindowMs } from '../../journal/experiment-numbers.js';
import type { ProbeRecord } from '../../journal/experiment-record.js';
import type { SeriesRecord } from '../../journal/series-record.js';
import type { Attempt } from './attempt-series.js';
import { latencyOf } from './latency.js';

/** A span of time in milliseconds from t0. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The attempts of a series, ordered by their scheduled start. Times are milliseconds from t0. */
export interface SeriesWindow {
  readonly attempts: readonly Attempt[];
  /** The time of the fault; 0 when nothing was injected. */
  readonly fromMs: number;
  readonly endMs: number;
  /** The time between two attempts, and how late the latest one was. */
  readonly resolutionMs: number;
}

/** A second is degraded when more than this share of its attempts failed. */
const degradedShare = 0.01;

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
 * Summarizes the attempts of a series from the fault on; each number is null when no attempt was made in that time, and
 * the availability also when the time is shorter than its window.
 */
export function summarizeSeries({ attempts, fromMs, endMs, resolutionMs }: SeriesWindow): SeriesRecord {
  const counted = attempts.filter(({ atMs }) => atMs >= fromMs);
  const failed = counted.filter(({ ok }) => !ok);
  const lengths = outagesOf(attempts, endMs)
    .filter(span => failed.some(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs))
    .map(span => span.toMs - Math.max(fromMs, span.fromMs));
  const slots = slotsOf(counted, { fromMs, endMs, resolutionMs });
  const sum = (weight: (slot: Slot) => number): number => slots.reduce((total, slot) => total + weight(slot), 0);
  const isMeasured = counted.length > 0;
  return {
    resolutionMs: Math.round(resolutionMs),
    attempts: counted.length,
    failed: failed.length,
    outageMs: isMeasured ? Math.round(Math.max(0, ...lengths)) : null,
    degradedMs: isMeasured ? Math.round(sum(({ share, ms }) => (share > degradedShare ? ms : 0))) : null,
    unavailableSeconds: isMeasured
      ? rounded(
          sum(({ share, ms }) => (share * ms) / 1_000),
          3,
        )
      : null,
    availability: lowestAvailability(counted, fromMs, endMs),
  };
}

/** A dropped first packet is sent again after this time, in milliseconds (RFC 6298, 2.1). */
const slowMs = 1_000;

/** Summarizes the new connections. @param recoveredMs the time of the recovery; undefined without one. */
export function summarizeProbe(
  window: SeriesWindow,
  injectedMs: number | undefined,
  recoveredMs: number | undefined,
): ProbeRecord {
  const { attempts, fromMs } = window;
  const duringMs = injectedMs === undefined ? Infinity : fromMs;
  const afterMs = recoveredMs ?? Infinity;
  const phase = (sinceMs: number, untilMs: number) =>
    latencyOf(attempts.filter(({ ok, atMs }) => ok && atMs >= sinceMs && atMs < untilMs).map(({ ms }) => ms));
  const failures = attempts.filter(({ ok, atMs }) => !ok && atMs >= fromMs).map(({ failure }) => failure);
  return {
    ...summarizeSeries(window),
    latency: { before: phase(0, duringMs), during: phase(duringMs, afterMs), after: phase(afterMs, Infinity) },
    slow: attempts.filter(({ ok, atMs, ms }) => ok && atMs >= fromMs && ms >= slowMs).length,
    failures: countBy(failures),
  };
}

/** A second of the measurement, or as long as the time between two attempts if that is longer. */
interface Slot {
  readonly ms: number;
  /** The failed share of its attempts. */
  readonly share: number;
}

/** Returns the slots with attempts; the last one ends with the measurement. */
function slotsOf(
  counted: readonly Attempt[],
  { fromMs, endMs, resolutionMs }: Omit<SeriesWindow, 'attempts'>,
): readonly Slot[] {
  const slotMs = Math.max(1_000, resolutionMs);
  const counts = new Map<number, { all: number; failed: number }>();
  for (const { atMs, ok } of counted) {
    const index = Math.floor((atMs - fromMs) / slotMs);
    const count = counts.get(index) ?? { all: 0, failed: 0 };
    counts.set(index, { all: count.all + 1, failed: count.failed + (ok ? 0 : 1) });
  }
  return [...counts].map(([index, { all, failed }]) => ({
    ms: Math.max(0, Math.min(slotMs, endMs - fromMs - index * slotMs)),
    share: failed / all,
  }));
}

/** Returns the lowest share of successful attempts, in percent, in any complete window that begins at or after the fault. */
function lowestAvailability(counted: readonly Attempt[], fromMs: number, endMs: number): number | null {
  const lastStartMs = endMs - availabilityWindowMs;
  // The end is a whole millisecond.
  if (counted.length === 0 || lastStartMs < fromMs - 1) return null;
  let lowest = 100;
  let next = 0;
  let failed = 0;
  for (const [index, { atMs, ok }] of counted.entries()) {
    if (index > 0 && atMs > lastStartMs) break;
    for (; next < counted.length && (counted[next]?.atMs ?? 0) < atMs + availabilityWindowMs; next += 1) {
      if (counted[next]?.ok === false) failed += 1;
    }
    lowest = Math.min(lowest, 100 * (1 - failed / (next - index)));
    if (!ok) failed -= 1;
  }
  return rounded(lowest, 3);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
