import { setMaxListeners } from 'node:events';
import type { Clock } from '../../runtime/ports.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { atFixedRate } from './fixed-rate.js';

/** A client that has not got an answer by then has failed, in milliseconds. */
export const deadlineMs = 2_000;

export interface Probe {
  readonly series: AttemptSeries;
  /** The worst lateness of a tick that was due in a span of time, in milliseconds. */
  lateness(fromMs: number, toMs: number): number;
  /** Makes no more attempts, and resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** Opens a new connection at every interval, as a new client would, and asks for the welcome page. */
export function startProbe(
  clock: Clock,
  endpoint: ClientEndpoint,
  { t0Ms, intervalMs }: { readonly t0Ms: number; readonly intervalMs: number },
  signal: AbortSignal,
  onEnd: () => void,
): Probe {
  // Every attempt that is under way listens for the end, and in an outage there are many.
  setMaxListeners(0, signal);
  const series = createAttemptSeries(onEnd);
  const late: { readonly atMs: number; readonly lateMs: number }[] = [];
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const attempt = async (atMs: number): Promise<void> => {
    const end = series.begin(atMs);
    const startedMs = clock.now();
    try {
      const request = { method: 'GET', url: endpoint.url(), timeoutMs: deadlineMs } as const;
      const { status } = await endpoint.network.http(request, signal);
      const failure = status < 500 ? undefined : { text: `HTTP ${status}`, local: false };
      end(clock.now() - startedMs, failure);
    } catch (error) {
      // What the end of the step cut off says nothing.
      if (!signal.aborted) end(clock.now() - startedMs, describeAttemptFailure(error));
    }
  };
  const ticking = atFixedRate({
    ...{ clock, t0Ms, intervalMs, signal: AbortSignal.any([signal, stopping.signal]) },
    tick(atMs, lateMs) {
      late.push({ atMs, lateMs });
      const running = attempt(atMs).finally(() => underWay.delete(running));
      underWay.add(running);
    },
  });
  return {
    series,
    lateness: (fromMs, toMs) =>
      late.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).reduce((worst, one) => Math.max(worst, one.lateMs), 0),
    async stop() {
      stopping.abort();
      await ticking;
      await Promise.all(underWay);
    },
  };
}
