import type { Attempt } from './attempts.js';

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
export function createSeries(onEnd: () => void): AttemptSeries {
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
