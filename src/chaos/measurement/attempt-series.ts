/** The attempts of one probe, which may still be open. */
export interface AttemptSeries {
  /** Begins an attempt that was due then; the function ends it. Without a failure it has succeeded. */
  begin(atMs: number): (ms: number, failure?: { readonly text: string; readonly local: boolean }) => void;
  /** All that have ended, in the order of their scheduled starts. */
  ended(): readonly Attempt[];
  /** The scheduled start of the latest failure; undefined when there was none. */
  lastFailureMs(): number | undefined;
  /** The scheduled start of the latest success. */
  lastSuccessMs(): number | undefined;
  /** The scheduled start of the oldest attempt that is open. */
  oldestOpenMs(): number | undefined;
}

/** @param onEnd is called whenever an attempt has ended. */
export function createAttemptSeries(onEnd: () => void): AttemptSeries {
  const ended: Attempt[] = [];
  const open = new Set<number>();
  const latest = (ok: boolean): number | undefined => {
    const times = ended.filter(attempt => attempt.ok === ok).map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
  };
  return {
    begin(atMs) {
      open.add(atMs);
      return (ms, failure) => {
        open.delete(atMs);
        const ok = failure === undefined;
        ended.push({ atMs, ms, ok, failure: failure?.text ?? '', local: failure?.local ?? false });
        onEnd();
      };
    },
    ended: () => [...ended].sort((a, b) => a.atMs - b.atMs),
    lastFailureMs: () => latest(false),
    lastSuccessMs: () => latest(true),
    oldestOpenMs: () => (open.size === 0 ? undefined : [...open].reduce((a, b) => Math.min(a, b))),
  };
}

/** One attempt of a probe. Times are milliseconds from t0. */
export interface Attempt {
  /** When it was due; the stamp that counts, however late it began. */
  readonly atMs: number;
  /** Until the answer or the failure; 0 while it is pending. */
  readonly ms: number;
  readonly ok: boolean;
  /** Empty when it succeeded. */
  readonly failure: string;
  /** It failed for want of something on the runner, such as file descriptors or ports; that says nothing of the cluster. */
  readonly local: boolean;
}
