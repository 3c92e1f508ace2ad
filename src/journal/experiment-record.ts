/** The record of one chaos experiment, as plain data. All times are milliseconds; those named `at` are from t0. */

import type { ClientsRecord, MemberLoadRecord } from './clients-record.js';
import type { FailedPart, InsideRecord, MemberSeriesRecord, SeriesRecord } from './series-record.js';

export type Verdict = 'pass' | 'fail' | 'aborted' | 'inconclusive' | 'skipped';

/** One experiment: the changes to the cluster, what clients observed, and the verdict. */
export interface ExperimentRecord {
  readonly name: string;
  /** Counts the runs of this experiment from 1; absent if it is not repeated. */
  readonly run?: number;
  readonly verdict: Verdict;
  /** One sentence with the numbers. */
  readonly reason: string;
  /** Other facts for the reader, such as the plan of a drain. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** One for each limit of the user, and one for the proof of the fault. */
  readonly assertions: readonly AssertionRecord[];
  readonly targets: readonly TargetRecord[];
  /** Absent when the experiment ended before the measurement. */
  readonly measurement?: MeasurementRecord;
  readonly timeline?: TimelineRecord;
  /** Absent when nothing was changed. */
  readonly putBack?: RevertSummary;
}

/** A limit and the measured value. */
export interface AssertionRecord {
  /** The name of the input, such as `max-outage`, or `fault-confirmed`. */
  readonly name: string;
  /** Text for the reader, such as `at most 30 s`. */
  readonly limit: string;
  /** Text for the reader, such as `1.4 s (resolution 200 ms)` or `not measured`. */
  readonly measured: string;
  readonly result: 'pass' | 'fail' | 'not-measured';
}

/** A target node. It is resolved once and does not change later. */
export interface TargetRecord {
  readonly node: string;
  readonly uid: string;
  readonly providerId: string;
  /** Empty when the machine is not an instance of a scale set. */
  readonly scaleSet: string;
  readonly instanceId: string;
  readonly zone: string;
  readonly members: readonly { readonly name: string; readonly uid: string; readonly seed: boolean }[];
}

/** What clients observed. */
export interface MeasurementRecord {
  /** The interval of the probe plus its delay: no duration of the probe is more precise than this. */
  readonly resolutionMs: number;
  /** When the fault took effect; null when nothing was injected. */
  readonly fault: FaultRecord | null;
  /** New connections. */
  readonly probe: ProbeRecord;
  /** Messages that were published; absent when none were. */
  readonly produced?: SeriesRecord;
  /** Readings of messages; absent when none were made. */
  readonly read?: SeriesRecord;
  readonly clients: ClientsRecord;
  /** The members during the measurement, by name. */
  readonly members: readonly MemberLoadRecord[];
  /** New connections to the API server, which the fault does not affect: if they fail too, the runner is the cause. */
  readonly control: { readonly attempts: number; readonly failed: number; readonly outageMs: number };
  /** New connections from a probe inside the cluster: not judged. Absent without one. */
  readonly inside?: InsideRecord;
  /** The welcome page of each member through the API server, by name: not judged. Absent without the permission for it. */
  readonly answers?: readonly MemberSeriesRecord[];
  /** How many failed attempts of `probe` each part of the way explains. Absent without `answers` and `inside`. */
  readonly failedAt?: Readonly<Record<FailedPart, number>>;
  /** Absent when message loss was not measured. */
  readonly messages?: MessagesRecord;
  readonly milestones: MilestonesRecord;
  /** What autoscalers and node repair did during the experiment, as sentences. */
  readonly events: readonly string[];
  /** Validity issues: reasons why the numbers may be wrong. Each one makes the verdict inconclusive. */
  readonly doubts: readonly string[];
}

/** When a fault took effect. Times are from t0. */
export interface FaultRecord {
  readonly atMs: number;
  /** How far from that time the fault may really have taken effect. */
  readonly uncertaintyMs: number;
  /**
   * What shows it: the last renewal of the Lease of a lost node, the acceptance of the first removal of a member, the first
   * failure that clients saw, or only the start of the injection.
   */
  readonly by: 'renewal' | 'acceptance' | 'failure' | 'injection';
  /** When Azure accepted the request; null if none was sent to it. */
  readonly azureAcceptedMs: number | null;
}

/** The results of new connections. */
export interface ProbeRecord extends SeriesRecord {
  /** The latency of successful attempts, including those before the injection; null without any. */
  readonly latency: Readonly<Record<'before' | 'during' | 'after', LatencyRecord | null>>;
  /** Attempts that succeeded after 1 s or more, as when the first packet was dropped: an outage does not contain them. */
  readonly slow: number;
  /** The number of failures of each kind, such as `no answer within 2000 ms`. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface LatencyRecord {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What happened to the numbered messages, in the terms of Jepsen (checker/total-queue, checker/set-full). */
export interface MessagesRecord {
  readonly sent: number;
  /** Accepted by the cluster, which must not lose them afterwards. */
  readonly acked: number;
  /** Neither accepted nor refused: they may or may not arrive. */
  readonly unclear: number;
  readonly refused: number;
  /** Accepted, and absent from enough later readings while all members were Ready. */
  readonly lost: number;
  /** Accepted, and it is unknown whether they are lost. */
  readonly unchecked: number;
  /** Accepted, absent from a reading, and back in a later one. */
  readonly stale: number;
  /** Different on two members for good: present on one and absent on another, or two contents at one position. */
  readonly diverged: number;
  /** Read but never sent. */
  readonly unexpected: number;
  /** Read more than once by one consumer in one reading. Guaranteed delivery allows it. */
  readonly duplicated: number;
  /** Read after a message that was sent after this one had been accepted. */
  readonly reordered: number;
  /** Unclear but read. */
  readonly recovered: number;
  readonly epochChanges: number;
  /** Successful readings; 0 means that nothing is known about loss. */
  readonly readings: number;
  /** Validity issues: why it is unknown whether messages are lost. They do not affect other measurements. */
  readonly doubts: readonly string[];
  /** What the way of reading cannot see. */
  readonly blindSpot: string;
  /** Why the counts are not judged: the servers do not promise delivery; absent if they do. */
  readonly notJudged?: string;
}

/** The counts of messages. */
export type MessageCounts = Omit<MessagesRecord, 'doubts' | 'blindSpot' | 'notJudged'>;

/** Milliseconds from the fault; null for what was not observed. */
export interface MilestonesRecord {
  /** The node was NotReady or gone, or a member was no longer an endpoint, whichever came first. */
  readonly detectionMs: number | null;
  /** The last affected member was terminating or gone. */
  readonly evictionMs: number | null;
  /** The last replacement was bound to a node. */
  readonly rescheduledMs: number | null;
  /** The last replacement was Ready. */
  readonly readyMs: number | null;
  /** The first success after all replacements were endpoints of the client Service. */
  readonly answeringMs: number | null;
  /**
   * From then on, all attempts of clients succeeded and as many members as before were Ready, for the duration of `steady`
   * or longer.
   */
  readonly recoveryMs: number | null;
  /** What `recoveryMs` counts from: the revert where the members could only come back by it. */
  readonly recoveryFrom: 'fault' | 'revert' | null;
}

/** The limits that an experiment must meet to pass. */
export interface LimitsRecord {
  readonly maxOutageMs: number;
  readonly maxDegradedMs: number;
  /** From the fault, or from the revert where the members come back only by it. */
  readonly maxRecoveryMs: number;
  /** In percent of the attempts in the worst 2 minutes; with 0, the measurement does not last longer for it. */
  readonly minAvailability: number;
  /** The number of accepted messages that are lost. */
  readonly maxLost: number;
}

/** A number from a time on. */
export type TimelineStep = readonly [atMs: number, count: number];

/** Each attempt of a series: its scheduled start, how long it took, and whether it succeeded. */
export interface TimelineSeries {
  readonly name: string;
  readonly attempts: readonly (readonly [atMs: number, ms: number, ok: 0 | 1])[];
}

/** The data for the pictures of an experiment. */
export interface TimelineRecord {
  /** The time of t0 on the clock of the process. */
  readonly startedMs: number;
  readonly ms: number;
  /** In order of time. */
  readonly moments: readonly { readonly name: MomentName; readonly atMs: number }[];
  /** The series of `seriesOf`, and those of the second vantage point, by their names there. */
  readonly series: readonly TimelineSeries[];
  /** How many clients were connected, each number from a time on; empty if they were not measured. */
  readonly clients: readonly TimelineStep[];
  /** Absent if none were published. */
  readonly messages?: {
    /** How many were published and had no answer yet: the highest number of each second. */
    readonly inFlight: readonly TimelineStep[];
    /** When the messages that are lost were published. */
    readonly lost: readonly number[];
  };
  readonly limits: LimitsRecord;
  readonly lanes: readonly LaneRecord[];
  /** Gaps: times in which a watch received nothing. */
  readonly holes: readonly { readonly kind: string; readonly fromMs: number; readonly toMs: number }[];
}

export const momentNames = ['steady', 'injected', 'confirmed', 'reverted', 'recovered', 'ended'] as const;
export type MomentName = (typeof momentNames)[number];

/** One node or one member over time. The states of a member include all pods with its name. */
export interface LaneRecord {
  readonly kind: 'node' | 'member';
  readonly name: string;
  readonly target: boolean;
  readonly states: readonly {
    readonly state: LaneState;
    readonly fromMs: number;
    /** The end of the timeline when the state lasted until then. */
    readonly toMs: number;
    /** For members: the pod's UID. */
    readonly uid?: string;
    /** For members: the node that the pod is bound to. */
    readonly node?: string;
  }[];
}
export type LaneState = 'ready' | 'not-ready' | 'cordoned' | 'pending' | 'terminating' | 'absent';

/** Whether everything that the experiment changed was reverted. */
export interface RevertSummary {
  readonly done: boolean;
  /** What was reverted, as sentences. */
  readonly did: readonly string[];
  /** What was not reverted, as texts; empty when everything was. */
  readonly left: readonly string[];
  /**
   * From the revert until everything was as before, without the time in which only clients were measured; absent if
   * something is left.
   */
  readonly restorationMs?: number;
}
