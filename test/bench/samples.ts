/** The durations of one repeated measurement, in milliseconds; at least one. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws Error when there are no samples. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (min === undefined || max === undefined || upper === undefined || lower === undefined) {
    throw new Error('nothing was measured');
  }
  return { count: sorted.length, min, median: (lower + upper) / 2, max };
}

/** Returns one line, such as `min 3 ms, median 5 ms, max 12 ms (20 samples)`. */
export function describeSpread({ count, min, median, max }: Spread): string {
  return `min ${inMs(min)}, median ${inMs(median)}, max ${inMs(max)} (${count} samples)`;
}

/** Has one decimal below 10 ms, where it is significant. */
function inMs(ms: number): string {
  return `${ms.toFixed(Math.abs(ms) < 10 ? 1 : 0)} ms`;
}
