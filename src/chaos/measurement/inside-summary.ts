import type { InsideRecord } from '../../journal/series-record.js';
import type { Attempt } from './attempt-series.js';
import { type Span, summarizeSeries } from './outages.js';
import { insideMs } from './probe-script.js';

/** Two attempts that are further apart have a gap between them: nothing is known of that time. */
const gapMs = 2 * insideMs;

/** Returns the numbers of the probe inside the cluster. What it did not tell is no failure. */
export function summarizeInside(
  { node, attempts: all }: { readonly node: string; readonly attempts: readonly Attempt[] },
  { fromMs, toMs }: Span,
): InsideRecord {
  const attempts = all.filter(({ atMs }) => atMs <= toMs);
  const last = attempts.at(-1);
  const endMs = last === undefined ? fromMs : Math.min(toMs, last.atMs + Math.max(last.ms, insideMs));
  const starts = attempts.flatMap(({ atMs }) => (atMs > fromMs ? [atMs] : []));
  const steps = [...starts, toMs].map((atMs, index) => atMs - (starts[index - 1] ?? fromMs));
  const [gaps, intervals] = [steps.filter(ms => ms > gapMs), steps.filter(ms => ms <= gapMs)];
  const resolutionMs = Math.max(insideMs, ...intervals);
  return {
    node,
    ...summarizeSeries({ attempts, fromMs, endMs, resolutionMs }),
    unseenMs: Math.round(gaps.reduce((sum, ms) => sum + ms, 0)),
  };
}
