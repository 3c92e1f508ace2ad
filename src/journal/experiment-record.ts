/** The record of one chaos experiment, as plain data. All times are milliseconds; those named `at` count from t0. */

export type Verdict = 'pass' | 'fail' | 'aborted' | 'inconclusive' | 'skipped';

/** One experiment: what was done to the cluster, what clients saw, and what that is worth. */
export interface ExperimentRecord {
  readonly name: string;
  readonly verdict: Verdict;
  /** One sentence with the numbers. */
  readonly reason: string;
  /** What else a reader should know, such as the plan of a drain. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** One for each limit that the user gave, and one for the proof that the fault took place. */
  readonly assertions: readonly AssertionRecord[];
  readonly targets: readonly TargetRecord[];
  /** Absent when the experiment ended before anything was measured. */
  readonly measurement?: MeasurementRecord;
  readonly timeline?: TimelineRecord;
  /** Absent when nothing was changed. */
  readonly putBack?: RevertSummary;
}

/** A limit and what was measured against it. */
export interface AssertionRecord {
  /** The name of the input, such as `max-outage`, or `fault-confirmed`. */
  readonly name: string;
  /** For people, such as `at most 30 s`. */
  readonly limit: string;
  /** For people, such as `1.4 s (resolution 200 ms)` or `not measured`. */
  readonly measured: string;
  readonly result: 'pass' | 'fail' | 'not-measured';
}

/** A node that the experiment acts on, resolved once. */
export interface TargetRecord {
  readonly node: string;
  readonly uid: string;
  readonly providerId: string;
  /** Empty when the machine is none of a scale set. */
  readonly scaleSet: string;
  readonly instanceId: string;
  readonly zone: string;
  readonly members: readonly { readonly name: string; readonly uid: string; readonly seed: boolean }[];
}

/** What clients saw, each number with the resolution that the probe had. */
export interface MeasurementRecord {
  /** The probe's interval, widened by what it was late; no duration of the probe is finer than this. */
  readonly resolutionMs: number;
  readonly probe: ProbeRecord;
  readonly sessions: SessionsRecord;
  /** The way to the API server, which the fault must not touch: if it fails too, the runner is to blame. */
  readonly control: { readonly attempts: number; readonly failed: number; readonly outageMs: number };
  /** Absent: message loss was not measured. */
  readonly messages?: MessagesRecord;
  readonly milestones: MilestonesRecord;
  /** What autoscalers and repairs did meanwhile, as sentences. */
  readonly events: readonly string[];
  /** Why the numbers may not tell the truth; each makes the verdict inconclusive. */
  readonly doubts: readonly string[];
}

/** What new connections met from the injection of the fault on; from t0 where nothing was injected. */
export interface ProbeRecord {
  readonly attempts: number;
  readonly failed: number;
  /** The longest time in which no new connection succeeded. */
  readonly outageMs: number;
  /** All such times together. */
  readonly downtimeMs: number;
  /** From the first failure to the last. */
  readonly degradedMs: number;
  /** Of the attempts in the degraded time, the part that failed: 0 to 1. */
  readonly degradedShare: number;
  /** Percent of the attempts that succeeded; null where there was none. */
  readonly availability: number | null;
  /** Percent of the time in which not every attempt failed; null where there was no time. */
  readonly availabilityByTime: number | null;
  /** Of the attempts that succeeded, those before the injection too; null where there was none. */
  readonly latency: Readonly<Record<'before' | 'during' | 'after', LatencyRecord | null>>;
  /** How often each kind of failure was seen, such as `no answer within 2000 ms`. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface LatencyRecord {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Connections that were open before the fault and stayed in use; all null where the way has none that stay. */
export interface SessionsRecord {
  readonly opened: number | null;
  /** Closed or reset by the other side. */
  readonly broken: number | null;
  /** Given up since a request on them was not answered in time. */
  readonly hung: number | null;
}

/** The fate of numbered messages: the terms are Jepsen's (checker/total-queue, checker/set-full). */
export interface MessagesRecord {
  readonly sent: number;
  /** Accepted by the cluster, which now must not lose them. */
  readonly acked: number;
  /** Neither accepted nor refused; they may or may not arrive. */
  readonly unclear: number;
  readonly refused: number;
  /** Accepted and never read, although a reading was answered that was begun later. */
  readonly lost: number;
  /** Accepted and not read, yet no reading was answered that was begun later: nobody knows whether they are lost. */
  readonly unchecked: number;
  /** Read although nobody had sent them. */
  readonly unexpected: number;
  /** Read more than once by one consumer in one reading. Guaranteed delivery allows it. */
  readonly duplicated: number;
  /** Read after a message that was sent later and accepted before this one was sent. */
  readonly reordered: number;
  /** Unclear, yet read. */
  readonly recovered: number;
  readonly epochChanges: number;
  /** Readings that were answered; 0 means that nothing is known about loss. */
  readonly readings: number;
  /** Why what was not read may not be lost. They say nothing against what was measured beside the messages. */
  readonly doubts: readonly string[];
}

/** What is counted of messages. */
export type MessageCounts = Omit<MessagesRecord, 'doubts'>;

/** Milliseconds from the injection of the fault; null where it was not seen. */
export interface MilestonesRecord {
  /** The node was seen NotReady or gone, or its member out of the endpoints, whichever came first. */
  readonly detectionMs: number | null;
  /** The last member of the target was on its way out. */
  readonly evictionMs: number | null;
  /** The last replacement was bound to a node. */
  readonly rescheduledMs: number | null;
  /** The last replacement was Ready. */
  readonly readyMs: number | null;
  /** The first clean answer after every replacement was an endpoint of the client Service. */
  readonly answeringMs: number | null;
  /** Nodes in service, all members Ready and answering, and the probe clean from here on. */
  readonly recoveryMs: number | null;
}

/** What the picture of an experiment is drawn from. */
export interface TimelineRecord {
  /** Where t0 lies on the clock of the process. */
  readonly startedMs: number;
  readonly ms: number;
  /** In order; the names are those of `momentNames`. */
  readonly moments: readonly { readonly name: MomentName; readonly atMs: number }[];
  /** Each attempt of the probe: its scheduled start, how long it took, and whether it succeeded. */
  readonly attempts: readonly (readonly [atMs: number, ms: number, ok: 0 | 1])[];
  readonly lanes: readonly LaneRecord[];
  /** Times in which a watch saw nothing. */
  readonly holes: readonly { readonly kind: string; readonly fromMs: number; readonly toMs: number }[];
}

export const momentNames = ['steady', 'injected', 'confirmed', 'reverted', 'recovered', 'ended'] as const;
export type MomentName = (typeof momentNames)[number];

/** One node or one member over time. A member's states are those of all pods of its name. */
export interface LaneRecord {
  readonly kind: 'node' | 'member';
  readonly name: string;
  readonly target: boolean;
  readonly states: readonly {
    readonly state: LaneState;
    readonly fromMs: number;
    /** The end of the timeline where the state lasted. */
    readonly toMs: number;
    /** For members: the pod's UID. */
    readonly uid?: string;
    /** For members: the node that the pod is bound to. */
    readonly node?: string;
  }[];
}
export type LaneState = 'ready' | 'not-ready' | 'cordoned' | 'pending' | 'terminating' | 'absent';

/** Whether the cluster was put back as it was found. */
export interface RevertSummary {
  readonly done: boolean;
  /** What was undone, as sentences. */
  readonly did: readonly string[];
  /** What is left, as sentences; empty when nothing is. */
  readonly left: readonly string[];
}
