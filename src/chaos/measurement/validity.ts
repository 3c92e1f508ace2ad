import type { Attempt } from './attempt-series.js';
import { outagesOf, type Span } from './outages.js';
import type { WatchGap } from './timeline.js';

export interface ValidityInput {
  readonly attempts: readonly Attempt[];
  readonly controls: readonly Attempt[];
  readonly gaps: readonly WatchGap[];
  /** The largest delay of the probe in the window, in milliseconds. */
  readonly lateMs: number;
  readonly intervalMs: number;
  /** From the injection to the end: the time that the verdict covers. */
  readonly window: Span;
}

/** The tolerated delay of the probe, in addition to its interval, in milliseconds. */
const tolerableLateMs = 500;

/**
 * Returns reasons why the numbers may describe the runner instead of the cluster; an empty list when they are valid.
 */
export function validityIssues({
  attempts,
  controls,
  gaps,
  lateMs,
  intervalMs,
  window,
}: ValidityInput): readonly string[] {
  const within = (span: Span): boolean => span.fromMs < window.toMs && span.toMs > window.fromMs;
  const local = attempts.filter(attempt => attempt.local);
  const endMs = Math.max(window.toMs, attempts.at(-1)?.atMs ?? 0);
  const outages = outagesOf(attempts, endMs);
  const sharedOutages = outagesOf(controls, endMs).filter(
    ({ fromMs, toMs }) =>
      within({ fromMs, toMs }) && outages.some(outage => outage.fromMs < toMs && outage.toMs > fromMs),
  );
  return [
    ...(attempts.some(({ ok }) => ok) ? [] : ['the probe never succeeded']),
    ...(local.length > 0 ? [`${local.length} attempts failed on the runner itself (${local[0]?.failure ?? ''})`] : []),
    ...(sharedOutages.length > 0
      ? ['the API server was unreachable at the same time, so the runner may be the cause']
      : []),
    ...(lateMs > intervalMs + tolerableLateMs
      ? [`the probe was ${Math.round(lateMs)} ms late: the runner is too busy`]
      : []),
    ...gaps
      .filter(within)
      .map(
        ({ kind, fromMs, toMs }) => `the watch of kind ${kind} received nothing for ${Math.round(toMs - fromMs)} ms`,
      ),
  ];
}
