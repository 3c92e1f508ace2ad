import type { TimelineRecord } from '../../journal/experiment-record.js';
import type { Attempt } from './attempt-series.js';
import { outagesOf, type Span } from './outages.js';

export interface ValidityInput {
  readonly attempts: readonly Attempt[];
  readonly controls: readonly Attempt[];
  readonly holes: TimelineRecord['holes'];
  /** The worst lateness of the probe in the window. */
  readonly lateMs: number;
  readonly intervalMs: number;
  /** From the injection to the recovery: what the verdict is about. */
  readonly window: Span;
}

/** So late a probe was not where it should have been, beyond its own interval, in milliseconds. */
const tolerableLateMs = 500;

/** Why the numbers may tell of the runner, or of nothing, instead of the cluster. */
export function validityIssues({
  attempts,
  controls,
  holes,
  lateMs,
  intervalMs,
  window,
}: ValidityInput): readonly string[] {
  const within = (span: Span): boolean => span.fromMs < window.toMs && span.toMs > window.fromMs;
  const local = attempts.filter(attempt => attempt.local);
  const endMs = Math.max(window.toMs, attempts.at(-1)?.atMs ?? 0);
  const outages = outagesOf(attempts, endMs);
  const both = outagesOf(controls, endMs).filter(
    ({ fromMs, toMs }) =>
      within({ fromMs, toMs }) && outages.some(outage => outage.fromMs < toMs && outage.toMs > fromMs),
  );
  const blind = holes.filter(within);
  return [
    ...(attempts.some(({ ok }) => ok) ? [] : ['the probe never succeeded']),
    ...(local.length > 0 ? [`${local.length} attempts failed on the runner itself (${local[0]?.failure ?? ''})`] : []),
    ...(both.length > 0
      ? ['the API server could not be reached at the same time, so the fault may be the runner’s']
      : []),
    ...(lateMs > intervalMs + tolerableLateMs
      ? [`the probe was late by ${Math.round(lateMs)} ms: the runner is too busy`]
      : []),
    ...blind.map(
      ({ kind, fromMs, toMs }) => `the watch of kind ${kind} saw nothing for ${Math.round(toMs - fromMs)} ms`,
    ),
  ];
}
