import type { Attempt } from './attempt-series.js';
import { outagesOf, type Span } from './outages.js';
import type { WatchGap } from './timeline.js';

export interface ValidityInput {
  /** New connections to the client Service. */
  readonly attempts: readonly Attempt[];
  /** The other series that are judged. */
  readonly others: readonly (readonly Attempt[])[];
  /** New connections to another address. */
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
  others,
  controls,
  gaps,
  lateMs,
  intervalMs,
  window,
}: ValidityInput): readonly string[] {
  const within = (span: Span): boolean => span.fromMs < window.toMs && span.toMs > window.fromMs;
  const judged = [attempts, ...others];
  const local = judged.flat().filter(attempt => attempt.local);
  const outages = judged.flatMap(series => outagesOf(series, Math.max(window.toMs, series.at(-1)?.atMs ?? 0)));
  const shared = controlOutages(controls, window).filter(
    ({ fromMs, toMs }) =>
      within({ fromMs, toMs }) && outages.some(outage => outage.fromMs < toMs && outage.toMs > fromMs),
  );
  return [
    ...(attempts.some(({ ok }) => ok) ? [] : ['the probe never succeeded']),
    ...(local.length > 0 ? [`${local.length} attempts failed on the runner itself (${local[0]?.failure ?? ''})`] : []),
    ...(shared.length > 0
      ? ['new connections to the API server failed at the same time, so the runner may be the cause']
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

/** A control that fails from the start says nothing, as where only the proxy of kubectl reaches the API server. */
export function controlOutages(controls: readonly Attempt[], { fromMs, toMs }: Span): readonly Span[] {
  const isKnown = controls.some(({ ok, atMs }) => ok && atMs < fromMs);
  return isKnown ? outagesOf(controls, Math.max(toMs, controls.at(-1)?.atMs ?? 0)) : [];
}
