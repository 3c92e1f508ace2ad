import { answersOf, insideSeries } from '../../journal/client-series.js';
import type {
  FaultRecord,
  LimitsRecord,
  MeasurementRecord,
  MessagesRecord,
  MomentName,
  TimelineRecord,
  TimelineSeries,
} from '../../journal/experiment-record.js';
import type { Attempt } from './attempt-series.js';
import { type ClientsHistory, connectedOver, summarizeClients } from './clients-history.js';
import { countFailedParts } from './failed-part.js';
import { summarizeInside } from './inside-summary.js';
import { lanesOf } from './lanes.js';
import { type CpuReading, loadOf } from './member-load.js';
import { type MemberAttempts, memberMs } from './member-probe.js';
import { accountForMessages, lostIn, messageIssues } from './message-accounting.js';
import { inFlightOver, type MessageHistory } from './message-history.js';
import { readingBlindSpot } from './message-probe.js';
import { milestonesOf } from './milestones.js';
import { type Span, summarizeProbe, summarizeSeries } from './outages.js';
import type { TimelineObservations } from './timeline.js';
import { controlOutages, validityIssues } from './validity.js';

export interface MeasurementResult {
  readonly measurement: MeasurementRecord;
  readonly timeline: TimelineRecord;
  /** What the counts of messages were computed from; absent when message loss was not measured. */
  readonly history?: MessageHistory;
}

/** What the measurement must know of the fault in the end. */
export interface MeasuredFault {
  /** The UIDs of the affected members. */
  readonly affected: readonly string[];
  /** True when other pods replace the affected ones. */
  readonly replaced: boolean;
  /** Whether the members could not come back before the revert. */
  readonly needsRevert: boolean;
  /** The limits of the experiment, for the pictures. */
  readonly limits: LimitsRecord;
}

interface RecordedSeries {
  /** Ordered by their scheduled start. */
  readonly attempts: readonly Attempt[];
  readonly intervalMs: number;
}

/** Everything that a measurement has recorded. Times are milliseconds from t0. */
export interface RecordedMeasurement {
  /** The time of t0 on the clock of the process. */
  readonly startedMs: number;
  readonly endMs: number;
  readonly moments: readonly { readonly name: MomentName; readonly atMs: number }[];
  readonly targets: readonly string[];
  readonly fault: MeasuredFault;
  /** Undefined when nothing was injected. */
  readonly faultTime: FaultRecord | undefined;
  readonly observations: TimelineObservations;
  readonly connections: RecordedSeries & {
    /** Returns the largest delay of an attempt that was scheduled between two times, in milliseconds. */
    readonly latenessIn: (fromMs: number, toMs: number) => number;
  };
  readonly messages: { readonly produced: RecordedSeries; readonly read: RecordedSeries } | undefined;
  readonly controls: readonly Attempt[];
  /** The attempts at each member through the API server. */
  readonly answers: readonly MemberAttempts[];
  /** The attempts of the probe inside the cluster, and its node; undefined without one. */
  readonly inside: { readonly node: string; readonly attempts: readonly Attempt[] } | undefined;
  /** The nodes that the fault stops. */
  readonly stopped: readonly string[];
  readonly clients: ClientsHistory;
  readonly cpuReadings: readonly CpuReading[];
  readonly history: MessageHistory | undefined;
  readonly events: readonly string[];
  readonly blindSpot: string | undefined;
}

/** Computes all numbers of a measurement from what it has recorded. */
export function computeResult(recorded: RecordedMeasurement): MeasurementResult {
  const { connections, messages, controls, observations, moments, fault, faultTime, endMs, targets, history } =
    recorded;
  const { transitions, endpoints } = observations;
  const others = messages ? [messages.produced.attempts, messages.read.attempts] : [];
  const { attempts, intervalMs } = connections;
  const momentOf = (name: MomentName): number | undefined => moments.find(moment => moment.name === name)?.atMs;
  const [injectedMs, recoveredMs] = [momentOf('injected'), momentOf('recovered')];
  const window = { fromMs: injectedMs ?? 0, toMs: endMs };
  const lateMs = connections.latenessIn(window.fromMs, window.toMs);
  // What arrived in full, and no later than the resolution, was not missed.
  const gaps = observations.gaps.filter(gap => !gap.resumed || gap.toMs - gap.fromMs > intervalMs + lateMs);
  const fromMs = faultTime?.atMs ?? 0;
  const summarize = ({ attempts: all, intervalMs: resolutionMs }: RecordedSeries) =>
    summarizeSeries({ attempts: all, fromMs, endMs, resolutionMs });
  const control = summarizeSeries({ attempts: controls, fromMs: 0, endMs, resolutionMs: intervalMs });
  return {
    measurement: {
      resolutionMs: Math.round(intervalMs + lateMs),
      fault: faultTime ?? null,
      probe: summarizeProbe({ attempts, fromMs, endMs, resolutionMs: intervalMs + lateMs }, injectedMs, recoveredMs),
      ...(messages && { produced: summarize(messages.produced), read: summarize(messages.read) }),
      clients: summarizeClients(recorded.clients, window.fromMs, fromMs),
      members: loadOf(observations.restarts, recorded.cpuReadings, window.fromMs),
      ...viewsOf(recorded, { fromMs, toMs: endMs }),
      control: { attempts: control.attempts, failed: control.failed, outageMs: control.outageMs ?? 0 },
      ...(history && { messages: recordOf(history) }),
      milestones: milestonesOf({
        ...{ transitions, endpoints, attempts, targets, ...fault },
        ...{ injectedMs: injectedMs ?? endMs, faultMs: faultTime?.atMs ?? endMs },
        ...{ recoveredMs, revertedMs: momentOf('reverted') },
      }),
      events: recorded.events,
      doubts: [
        ...validityIssues({ attempts, others, controls, gaps, lateMs, intervalMs, window }),
        ...(recorded.clients.ended
          ? [`the runner could open no more connections (${recorded.clients.ended.why})`]
          : []),
        ...(recorded.blindSpot === undefined ? [] : [recorded.blindSpot]),
      ],
    },
    timeline: {
      startedMs: Math.round(recorded.startedMs),
      ms: Math.round(endMs),
      moments: [...moments].sort((a, b) => a.atMs - b.atMs),
      series: [
        timelineSeries('connections', attempts),
        ...(messages
          ? [
              timelineSeries('messages produced', messages.produced.attempts),
              timelineSeries('messages read', messages.read.attempts),
            ]
          : []),
        ...(recorded.inside ? [timelineSeries(insideSeries, recorded.inside.attempts)] : []),
        ...recorded.answers.map(one => timelineSeries(answersOf(one.name), one.attempts)),
      ],
      clients: connectedOver(recorded.clients),
      ...(history && {
        messages: { inFlight: inFlightOver(history), lost: lostIn(history).map(one => Math.round(one.sentMs)) },
      }),
      limits: fault.limits,
      lanes: lanesOf(transitions, endMs, targets),
      holes: gaps.map(({ kind, fromMs: from, toMs }) => ({ kind, fromMs: from, toMs })),
    },
    ...(history && { history }),
  };
}

function timelineSeries(name: string, attempts: readonly Attempt[]): TimelineSeries {
  return { name, attempts: attempts.map(({ atMs, ms, ok }) => [Math.round(atMs), Math.round(ms), ok ? 1 : 0]) };
}

/** Returns what the other vantage points saw, and which part of the way failed by comparison with the first. */
function viewsOf(
  { connections, controls, answers, inside, observations: { transitions }, stopped }: RecordedMeasurement,
  window: Span,
): Pick<MeasurementRecord, 'answers' | 'inside' | 'failedAt'> {
  if (answers.length === 0 && inside === undefined) return {};
  const { fromMs, toMs: endMs } = window;
  const failures = connections.attempts.filter(({ ok, atMs }) => !ok && atMs >= fromMs);
  return {
    ...(inside && { inside: summarizeInside(inside, window) }),
    ...(answers.length > 0 && {
      answers: answers.map(({ name, attempts, notAsked }) => ({
        ...{ name, ...(notAsked && { notAsked }) },
        ...summarizeSeries({ attempts, fromMs, endMs, resolutionMs: memberMs }),
      })),
    }),
    failedAt: countFailedParts({
      ...{ failures, controlOutages: controlOutages(controls, window), members: answers, transitions, stopped },
      inside: inside?.attempts ?? [],
    }),
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
