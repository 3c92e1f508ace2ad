import type { LatencyRecord } from '../../journal/experiment-record.js';

/** Returns nearest-rank percentiles in whole milliseconds; null without values. */
export function latencyOf(values: readonly number[]): LatencyRecord | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => {
    const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
    return Math.round(sorted[rank - 1] ?? 0);
  };
  return { p50: at(50), p95: at(95), p99: at(99) };
}
