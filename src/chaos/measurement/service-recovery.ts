import type { Attempt } from './attempt-series.js';
import type { Transition } from './lanes.js';
import { readySpans } from './ready-members.js';

/** What the recovery of the service is found in. Times are milliseconds from t0. */
export interface ServiceObservations {
  /** The attempts of each series, ordered by their scheduled start. */
  readonly series: readonly (readonly Attempt[])[];
  readonly transitions: readonly Transition[];
  /** How many members were Ready before the fault. */
  readonly members: number;
  readonly faultMs: number;
  /** Attempts that were scheduled from then on have not ended. */
  readonly untilMs: number;
}

/**
 * Returns the earliest time at or after the fault from which all later attempts of each series succeeded and as many
 * members as before the fault were Ready, for at least `steadyMs`, in milliseconds from t0; undefined without one.
 */
export function findServiceRecovery(
  { series, transitions, members, faultMs, untilMs }: ServiceObservations,
  steadyMs: number,
): number | undefined {
  const since = series.map(attempts => firstLastingSuccess(attempts, faultMs, untilMs));
  const whole = readySpans(
    transitions.filter(({ atMs }) => atMs <= untilMs),
    members,
    untilMs,
  ).at(-1);
  const readyMs = whole?.toMs === untilMs ? Math.max(faultMs, whole.fromMs) : undefined;
  const times = [...since, readyMs].filter(atMs => atMs !== undefined);
  if (times.length < since.length + 1) return undefined;
  const recoveredMs = Math.max(faultMs, ...times);
  return untilMs - recoveredMs >= steadyMs ? recoveredMs : undefined;
}

/** Returns the fault without a failure since then, else the first success after the last failure; undefined without one. */
function firstLastingSuccess(attempts: readonly Attempt[], faultMs: number, untilMs: number): number | undefined {
  const counted = attempts.filter(({ atMs }) => atMs >= faultMs && atMs < untilMs);
  const last = counted.findLastIndex(({ ok }) => !ok);
  return last < 0 ? faultMs : counted[last + 1]?.atMs;
}
