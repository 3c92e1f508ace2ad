/** The attempts of one probe, including those still in progress. */
export interface AttemptSeries {
  /**
   * Starts an attempt that was scheduled for `atMs`. The returned function ends it, as a success unless given a
   * failure.
   */
  begin(atMs: number): (ms: number, failure?: { readonly text: string; readonly local: boolean }) => void;
  /** The attempts that have ended, ordered by their scheduled start. */
  ended(): readonly Attempt[];
  /** The scheduled start of the latest failure; undefined without one. */
  lastFailureMs(): number | undefined;
  /** The scheduled start of the latest success; undefined without one. */
  lastSuccessMs(): number | undefined;
  /** The scheduled start of the oldest attempt in progress; undefined without one. */
  oldestOpenMs(): number | undefined;
}

/** Creates an empty series. @param onEnd is called each time an attempt ends. */
export function createAttemptSeries(onEnd: () => void): AttemptSeries {
  const ended: Attempt[] = [];
  const open = new Set<number>();
  let lastFailureMs: number | undefined;
  let lastSuccessMs: number | undefined;
  return {
    begin(atMs) {
      open.add(atMs);
      return (ms, failure) => {
        open.delete(atMs);
        const ok = failure === undefined;
        if (ok) lastSuccessMs = Math.max(atMs, lastSuccessMs ?? atMs);
        else lastFailureMs = Math.max(atMs, lastFailureMs ?? atMs);
        ended.push({ atMs, ms, ok, failure: failure?.text ?? '', local: failure?.local ?? false });
        onEnd();
      };
    },
    ended: () => [...ended].sort((a, b) => a.atMs - b.atMs),
    lastFailureMs: () => lastFailureMs,
    lastSuccessMs: () => lastSuccessMs,
    oldestOpenMs: () => (open.size === 0 ? undefined : [...open].reduce((a, b) => Math.min(a, b))),
  };
}

/** One attempt of a probe. Times are milliseconds from t0. */
export interface Attempt {
  /** The scheduled start. All calculations use it, however late the attempt really started. */
  readonly atMs: number;
  /** The time until the response or the failure. */
  readonly ms: number;
  readonly ok: boolean;
  /** Empty for a success. */
  readonly failure: string;
  /**
   * True when the runner caused the failure, for example without file descriptors or ports: it says nothing about the
   * cluster.
   */
  readonly local: boolean;
}
