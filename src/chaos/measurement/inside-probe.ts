import type { KubernetesApi, PodKey } from '../../kubernetes/api/api.js';
import { objectPath, withQuery } from '../../kubernetes/api/paths.js';
import { withTimeLimit } from '../../runtime/time.js';
import type { Attempt } from './attempt-series.js';
import { parseProbeLine, type PrintedAttempt } from './probe-script.js';

/** More than a probe prints in a day, so that no image fills the memory of the runner. */
const mostBytes = 4_000_000;
const pauseMs = 1_000;
/** The time limit of the last reading, in milliseconds. */
const lastMs = 10_000;

/** The probe inside the cluster. */
export interface InsideProbe {
  /** The node that it runs on. */
  readonly node: string;
  /** Returns whether an attempt has succeeded within `limitMs`. */
  hasAnswer(limitMs: number): Promise<boolean>;
  /** Returns the attempts since a time of the clock, in milliseconds from it, ordered by their begin. */
  attempts(t0Ms: number): readonly Attempt[];
  /** Reads the rest of the log, and ends. Does nothing more when called again. */
  stop(): Promise<void>;
}

/**
 * Follows the log of a probe pod. After a broken connection the log is read again from its start, so only what the
 * pod did not print is missing. Of the clock of its node only differences are used: the line that arrived fastest says
 * where they lie on the clock of the process.
 */
export function followInsideProbe(
  api: KubernetesApi,
  { node, container, ...pod }: PodKey & { readonly node: string; readonly container: string },
): InsideProbe {
  const { clock } = api;
  const stopping = new AbortController();
  const signal = AbortSignal.any([api.signal, stopping.signal]);
  const known = new Map<number, PrintedAttempt>();
  const answered = new AbortController();
  let aheadMs = Infinity;
  let stopped: Promise<void> | undefined;

  const take = (line: string, arrivedMs: number): void => {
    const attempt = parseProbeLine(line);
    if (attempt === undefined) return;
    aheadMs = Math.min(aheadMs, arrivedMs - attempt.endedMs);
    if (!known.has(attempt.number)) known.set(attempt.number, attempt);
    if (attempt.ok) answered.abort();
  };
  const logOf = (follow: boolean): string =>
    withQuery(objectPath('Pod', pod, 'log'), { container, limitBytes: mostBytes, follow: follow || undefined });
  const follow = async (): Promise<void> => {
    const bound = api.withSignal(signal);
    while (!signal.aborted) {
      try {
        const { lines } = await bound.stream(logOf(true), 'follow the probe inside the cluster');
        for await (const line of lines) take(line, clock.now());
      } catch {
        // A broken connection: the log is read again.
      }
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  };
  const following = follow();
  const finish = async (): Promise<void> => {
    stopping.abort();
    await following;
    if (api.signal.aborted) return;
    const request = { method: 'GET', path: logOf(false), why: 'read what the probe inside the cluster saw' } as const;
    const limit = { clock, ms: lastMs, outer: api.signal, text: 'the log of the probe was not read in time' };
    const text = await withTimeLimit(limit, bound => api.withSignal(bound).raw(request)).catch(() => '');
    for (const line of text.split('\n')) take(line, clock.now());
  };

  return {
    node,
    async hasAnswer(limitMs) {
      await clock.sleep(limitMs, AbortSignal.any([signal, answered.signal])).catch(() => undefined);
      api.signal.throwIfAborted();
      return answered.signal.aborted;
    },
    attempts: t0Ms =>
      [...known.values()]
        .map(({ begunMs, endedMs, ok }) => {
          const atMs = begunMs + aheadMs - t0Ms;
          return { atMs, ms: endedMs - begunMs, ok, failure: ok ? '' : 'no answer', local: false };
        })
        .filter(({ atMs }) => atMs >= 0)
        .sort((a, b) => a.atMs - b.atMs),
    stop: () => (stopped ??= finish()),
  };
}
