import type { MeasurementRecord, MessagesRecord, MomentName, TimelineRecord } from '../../journal/experiment-record.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import type { StatefulSet } from '../../kubernetes/types.js';
import type { AttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { startControlProbe } from './control-probe.js';
import { infrastructureEventsSince } from './infrastructure-events.js';
import { lanesOf, type Transition } from './lanes.js';
import { accountForMessages, messageIssues } from './message-accounting.js';
import type { MessageHistory } from './message-history.js';
import { readingBlindSpot, startMessageProbe } from './message-probe.js';
import { milestonesOf } from './milestones.js';
import { summarizeProbe } from './outages.js';
import { startProbe } from './probe.js';
import { countReady, readySpans } from './ready-members.js';
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
  /** The names of the target nodes. */
  readonly targets: readonly string[];
  readonly intervalMs: number;
}

export interface MeasurementResult {
  readonly measurement: MeasurementRecord;
  readonly timeline: TimelineRecord;
  /** What the counts of messages were computed from; absent when message loss was not measured. */
  readonly history?: MessageHistory;
}

/** A running measurement. All times are milliseconds from its t0, on one monotonic clock. */
export interface Measurement {
  /** Records a moment: now, or `agoMs` milliseconds ago. */
  recordMoment(name: MomentName, agoMs?: number): void;
  /** Resolves with true when nothing has failed for `ms` milliseconds from now, and with false after `limitMs`. */
  waitUntilSteady(ms: number, limitMs: number, signal: AbortSignal): Promise<boolean>;
  /** Returns the failures so far, such as `3 of 40 connections failed`. */
  describeFailures(): string;
  /** Returns how long no new connection has succeeded, in milliseconds; 0 when the latest one succeeded. */
  failingForMs(): number;
  /** Returns the number of accepted messages that were sent after the fault was confirmed. */
  acceptedUnderFault(): number;
  /** Ends the measurement and computes its result. */
  stop(fault: { readonly affected: readonly string[]; readonly replaced: boolean }): Promise<MeasurementResult>;
  /** Ends the measurement without a result. Does nothing when it has ended. */
  close(): Promise<void>;
}

/**
 * Starts a measurement whose t0 is now: probe, persistent sessions, control probe, messages and watches.
 * @throws the error of the first list of a watch.
 */
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
  const timeline = startTimeline(api, { members, statefulSet, serviceName, targets, t0Ms });
  const probe = startProbe(clock, endpoint, { t0Ms, intervalMs }, signal, announce);
  const control = startControlProbe(api, t0Ms);
  const messages = endpoint.rest && startMessageProbe(clock, endpoint, endpoint.rest, t0Ms, signal, announce);
  const watched: readonly AttemptSeries[] = [probe.series, ...(messages ? [messages.produced, messages.read] : [])];
  let ended: Promise<unknown> | undefined;

  /** All members are as many as were Ready when the fault was injected. */
  const allReady = (): ReturnType<typeof readySpans> => {
    const { transitions } = timeline.observations();
    const count = countReady(transitions, momentOf('injected') ?? now());
    return readySpans(transitions, Math.max(1, count), now());
  };
  const end = async () => {
    // The last readings need the watch of the members.
    const reading = Promise.resolve(messages?.stop(allReady)).finally(() => timeline.stop());
    const ending = Promise.all([probe.stop(), control.stop(), reading]);
    ended = ending;
    const [sessionsRecord, [, , history]] = await Promise.all([sessions.stop(), ending]);
    return { history, sessionsRecord };
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
        const done = new AbortController();
        await Promise.race([changed, clock.sleep(intervalMs, AbortSignal.any([waitSignal, done.signal]))]);
        done.abort();
        waitSignal.throwIfAborted();
      }
    },
    describeFailures() {
      const connections = failuresIn(probe.series, 'connections');
      return messages
        ? `${connections} and ${failuresIn(messages.produced, 'messages')} failed`
        : `${connections} failed`;
    },
    failingForMs: () => {
      const lastMs = probe.series.lastSuccessMs() ?? 0;
      return (probe.series.lastFailureMs() ?? 0) > lastMs ? now() - lastMs : 0;
    },
    acceptedUnderFault: () => messages?.acceptedSince(momentOf('confirmed') ?? Infinity) ?? 0,
    async stop({ affected, replaced }) {
      const endMs = momentOf('ended') ?? now();
      const { history, sessionsRecord } = await end();
      const { transitions, endpoints, gaps } = timeline.observations();
      const attempts = probe.series.ended();
      const injectedMs = momentOf('injected');
      const recoveredMs = momentOf('recovered');
      const window = { fromMs: injectedMs ?? 0, toMs: recoveredMs ?? endMs };
      const lateMs = probe.lateness(window.fromMs, window.toMs);
      const controls = control.series.ended();
      const observed = { transitions, endpoints, attempts, recoveredMs, targets, affected, replaced };
      return {
        measurement: {
          resolutionMs: Math.round(intervalMs + lateMs),
          probe: summarizeProbe({ attempts, endMs, injectedMs, recoveredMs }),
          sessions: sessionsRecord,
          control: summarizeControl(controls, endMs),
          ...(history && { messages: recordOf(history) }),
          milestones: milestonesOf({ ...observed, injectedMs: injectedMs ?? endMs }),
          events: await infrastructureEventsSince(api, members.namespace, nodesIn(transitions), sinceDate),
          doubts: [
            ...validityIssues({ attempts, controls, gaps, lateMs, intervalMs, window }),
            ...(endpoint.blindSpot === undefined ? [] : [endpoint.blindSpot]),
          ],
        },
        timeline: {
          startedMs: Math.round(t0Ms),
          ms: Math.round(endMs),
          moments: [...moments].sort((a, b) => a.atMs - b.atMs),
          attempts: attempts.map(({ atMs, ms, ok }) => [Math.round(atMs), Math.round(ms), ok ? 1 : 0]),
          lanes: lanesOf(transitions, endMs, targets),
          holes: gaps,
        },
        ...(history && { history }),
      };
    },
    async close() {
      if (ended === undefined) await end().catch(() => undefined);
    },
  };
}

function recordOf(history: MessageHistory): MessagesRecord {
  const counts = accountForMessages(history);
  const { deliveryMode } = history;
  const notJudged = `ClusterDeliveryMode is ${deliveryMode}, which does not promise that accepted messages are delivered`;
  return {
    ...counts,
    doubts: messageIssues(counts, history),
    blindSpot: readingBlindSpot,
    ...(deliveryMode !== 'Guaranteed' && { notJudged }),
  };
}

/** Returns the names of the nodes in a timeline. */
function nodesIn(transitions: readonly Transition[]): readonly string[] {
  return [...new Set(transitions.filter(({ kind }) => kind === 'node').map(({ name }) => name))];
}

/** Returns text such as `3 of 40 connections`. */
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
