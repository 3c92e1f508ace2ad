import type { MeasurementRecord, MomentName, TimelineRecord } from '../../journal/experiment-record.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import type { StatefulSet } from '../../kubernetes/types.js';
import type { AttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { startControlProbe } from './control-probe.js';
import { infrastructureEventsSince } from './infrastructure-events.js';
import { lanesOf } from './lanes.js';
import { startMessageProbe } from './message-probe.js';
import { milestonesOf } from './milestones.js';
import { summarizeProbe } from './outages.js';
import { startProbe } from './probe.js';
import { openSessions } from './sessions.js';
import { startTimeline } from './timeline.js';
import { validityIssues } from './validity.js';

export interface MeasurementOptions {
  readonly api: KubernetesApi;
  readonly endpoint: ClientEndpoint;
  readonly members: MemberSet;
  /** The StatefulSet that controls the members. */
  readonly statefulSet: StatefulSet;
  /** The client Service. */
  readonly serviceName: string;
  /** The names of the nodes that the fault acts on. */
  readonly targets: readonly string[];
  readonly intervalMs: number;
}

export interface MeasurementResult {
  readonly measurement: MeasurementRecord;
  readonly timeline: TimelineRecord;
}

/** A measurement that is under way. All times are milliseconds from its t0, on one monotonic clock. */
export interface Measurement {
  /** Stamps a moment: now, or so many milliseconds before. */
  recordMoment(name: MomentName, agoMs?: number): void;
  /** True as soon as nothing has failed for `ms`, counted from now at the earliest; false when `limitMs` is over. */
  waitUntilSteady(ms: number, limitMs: number, signal: AbortSignal): Promise<boolean>;
  /** What has failed so far, for a reader who wants to know why it is not clean: `3 of 40 connections failed`. */
  describeFailures(): string;
  /** For how long no new connection has succeeded. */
  failingForMs(): number;
  /** How many messages were accepted that were sent after the fault was confirmed. */
  acceptedUnderFault(): number;
  /** Ends the measurement and reckons. */
  stop(fault: { readonly affected: readonly string[]; readonly replaced: boolean }): Promise<MeasurementResult>;
  /** Ends the measurement, if it has not ended, without a result. */
  close(): Promise<void>;
}

/** Starts to measure from a t0 that is now: probe, connections that stay, control, messages, and watches. */
export async function startMeasurement(options: MeasurementOptions): Promise<Measurement> {
  const { api, endpoint, members, statefulSet, serviceName, targets, intervalMs } = options;
  const { clock, signal } = api;
  const sessions = await openSessions(clock, endpoint, signal);
  const sinceDate = clock.date();
  const t0Ms = clock.now();
  const now = (): number => clock.now() - t0Ms;
  const moments: { name: MomentName; atMs: number }[] = [];
  const momentOf = (name: MomentName): number | undefined => moments.find(moment => moment.name === name)?.atMs;
  let waiters: (() => void)[] = [];
  const announce = (): void => {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  };
  const timeline = startTimeline(api, { members, statefulSet, serviceName, t0Ms });
  const probe = startProbe(clock, endpoint, { t0Ms, intervalMs }, signal, announce);
  const control = startControlProbe(api, t0Ms);
  const messages = endpoint.rest && startMessageProbe(clock, endpoint, endpoint.rest, t0Ms, signal, announce);
  const watched: readonly AttemptSeries[] = [probe.series, ...(messages ? [messages.series] : [])];
  let ended: Promise<unknown> | undefined;

  const end = async () => {
    const ending = Promise.all([probe.stop(), control.stop(), timeline.stop()]);
    ended = ending;
    const [told, used] = await Promise.all([messages?.stop(), sessions.stop(), ending]);
    return { told, used };
  };
  try {
    await timeline.ready;
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }

  return {
    recordMoment(name, agoMs = 0) {
      moments.push({ name, atMs: Math.round(now() - agoMs) });
    },
    async waitUntilSteady(ms, limitMs, waitSignal) {
      const fromMs = now();
      for (;;) {
        if (ms === 0) return true;
        const failures = watched.map(series => series.lastFailureMs() ?? -1);
        const sinceMs = Math.max(fromMs, ...failures.map(at => at + 1));
        const untilMs = Math.min(now(), ...watched.map(series => series.oldestOpenMs() ?? Infinity));
        if (untilMs - sinceMs >= ms) return true;
        if (now() - fromMs >= limitMs) return false;
        const changed = new Promise<void>(resolve => waiters.push(resolve));
        const over = new AbortController();
        await Promise.race([changed, clock.sleep(intervalMs, AbortSignal.any([waitSignal, over.signal]))]);
        over.abort();
        waitSignal.throwIfAborted();
      }
    },
    describeFailures() {
      const connections = failuresIn(probe.series, 'connections');
      return messages
        ? `${connections} and ${failuresIn(messages.series, 'messages')} failed`
        : `${connections} failed`;
    },
    failingForMs: () => {
      const lastMs = probe.series.lastSuccessMs() ?? 0;
      return (probe.series.lastFailureMs() ?? 0) > lastMs ? now() - lastMs : 0;
    },
    acceptedUnderFault: () => messages?.acceptedSince(momentOf('confirmed') ?? Infinity) ?? 0,
    async stop({ affected, replaced }) {
      const endMs = momentOf('ended') ?? now();
      const { told, used } = await end();
      const seen = timeline.observations();
      const attempts = probe.series.ended();
      const injectedMs = momentOf('injected');
      const recoveredMs = momentOf('recovered');
      const window = { fromMs: injectedMs ?? 0, toMs: recoveredMs ?? endMs };
      const lateMs = probe.lateness(window.fromMs, window.toMs);
      const controls = control.series.ended();
      const happened = { ...seen, attempts, recoveredMs, targets, affected, replaced };
      return {
        measurement: {
          resolutionMs: Math.round(intervalMs + lateMs),
          probe: summarizeProbe({ attempts, endMs, injectedMs, recoveredMs }),
          sessions: used,
          control: summarizeControl(controls, endMs),
          ...(told && { messages: { ...told.record, doubts: told.doubts } }),
          milestones: milestonesOf({ ...happened, injectedMs: injectedMs ?? endMs }),
          events: await infrastructureEventsSince(api, members.namespace, sinceDate),
          doubts: [
            ...validityIssues({ attempts, controls, holes: seen.holes, lateMs, intervalMs, window }),
            ...(endpoint.blindSpot === undefined ? [] : [endpoint.blindSpot]),
          ],
        },
        timeline: {
          startedMs: Math.round(t0Ms),
          ms: Math.round(endMs),
          moments: [...moments].sort((a, b) => a.atMs - b.atMs),
          attempts: attempts.map(({ atMs, ms, ok }) => [Math.round(atMs), Math.round(ms), ok ? 1 : 0]),
          lanes: lanesOf(seen.transitions, endMs, targets),
          holes: seen.holes,
        },
      };
    },
    async close() {
      if (ended === undefined) await end().catch(() => undefined);
    },
  };
}

/** As `3 of 40 connections`. */
function failuresIn(series: AttemptSeries, what: string): string {
  const attempts = series.ended();
  return `${attempts.filter(({ ok }) => !ok).length} of ${attempts.length} ${what}`;
}

function summarizeControl(attempts: ReturnType<AttemptSeries['ended']>, endMs: number): MeasurementRecord['control'] {
  const {
    attempts: count,
    failed,
    outageMs,
  } = summarizeProbe({
    ...{ attempts, endMs, injectedMs: undefined, recoveredMs: undefined },
  });
  return { attempts: count, failed, outageMs };
}
