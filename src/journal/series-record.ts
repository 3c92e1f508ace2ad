/**
 * The attempts of one kind from the fault on; from t0 when nothing was injected. The numbers are null when no attempt was
 * made in that time.
 */
export interface SeriesRecord {
  /** No duration of this series is more precise than this. */
  readonly resolutionMs: number;
  readonly attempts: number;
  readonly failed: number;
  /** The longest span in which no attempt succeeded. */
  readonly outageMs: number | null;
  /** All seconds in which more than 1 % of the attempts failed. */
  readonly degradedMs: number | null;
  /** The sum of the failed share of each second. */
  readonly unavailableSeconds: number | null;
  /** The lowest percentage of successful attempts in any 120 s; null also when less than 120 s were measured. */
  readonly availability: number | null;
}

/** The answers of one member through the API server. */
export interface MemberSeriesRecord extends SeriesRecord {
  readonly name: string;
  /** What is not in the numbers, because the API server could not ask the member; absent when it always could. */
  readonly notAsked?: NotAskedRecord;
}

export interface NotAskedRecord {
  readonly attempts: number;
  /** The latest error. */
  readonly reason: string;
}

/** The attempts of the probe inside the cluster. */
export interface InsideRecord extends SeriesRecord {
  /** The node that it ran on. */
  readonly node: string;
  /** How long after the fault nothing is known of it. */
  readonly unseenMs: number;
}

/** A part of the way between a client and the members. */
export type FailedPart = 'runner' | 'loadBalancer' | 'node' | 'member' | 'unknown';
