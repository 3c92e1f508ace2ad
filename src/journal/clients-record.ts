/** What happened to the connections of clients and to the members meanwhile. Times are milliseconds. */

/** Connections that were opened before the fault and stay in use. All numbers but two are null if they were not measured. */
export interface ClientsRecord {
  /** The input `clients`. */
  readonly wanted: number;
  /** How many were connected when the fault was injected. */
  readonly opened: number | null;
  /** How many of these lost their connection after that, and saw first that the other side closed or reset it. */
  readonly broken: number | null;
  /** How many saw first that a request got no response in time. */
  readonly hung: number | null;
  /**
   * When these shares of those that lost their connection were connected again for good, in milliseconds from the fault;
   * null for what was not reached. Null if none lost it.
   */
  readonly back: Readonly<Record<'p50' | 'p95' | 'p99' | 'all', number | null>> | null;
  /** The most connections that were opened in one second after the injection. */
  readonly peakPerSecond: number | null;
  /** How late the runner was at most in serving them. */
  readonly lagMs: number;
  /** Why they were not measured; absent if they were. */
  readonly notMeasured?: string;
}

/** One member during the measurement. */
export interface MemberLoadRecord {
  readonly name: string;
  /** In millicores, as the metrics API reports it: the highest value before the fault, and from then on. Null: not read. */
  readonly cpu: Readonly<Record<'before' | 'after', number | null>>;
  /** How often its containers were restarted in the same pod. */
  readonly restarts: number;
}
