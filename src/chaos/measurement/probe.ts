import { setMaxListeners } from 'node:events';
import type { Clock } from '../../runtime/ports.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { atFixedRate } from './fixed-rate.js';

/** The time limit of one attempt, in milliseconds. */
export const deadlineMs = 2_000;

export interface Probe {
  readonly series: AttemptSeries;
  /** Returns the largest delay of a tick that was scheduled between two times, in milliseconds. */
  lateness(fromMs: number, toMs: number): number;
  /** Starts no more attempts, and resolves when those in progress have ended. */
  stop(): Promise<void>;
}

/** Opens a new connection at each interval, as a new client does, and requests the welcome page. */
export function startProbe(
  clock: Clock,
  endpoint: ClientEndpoint,
  { t0Ms, intervalMs }: { readonly t0Ms: number; readonly intervalMs: number },
  signal: AbortSignal,
  onEnd: () => void,
): Probe {
  // Each attempt in progress listens to the signal, and in an outage there are many.
  setMaxListeners(0, signal);
  const series = createAttemptSeries(onEnd);
  const ticks: { readonly atMs: number; readonly lateMs: number }[] = [];
  const stopping = new AbortController();
  const pending = new Set<Promise<void>>();

  const attempt = async (atMs: number): Promise<void> => {
    const end = series.begin(atMs);
    const startedMs = clock.now();
    try {
      const request = { method: 'GET', url: endpoint.url(), timeoutMs: deadlineMs } as const;
      const { status } = await endpoint.network.http(request, signal);
      const failure = status < 500 ? undefined : { text: `HTTP ${status}`, local: false };
      end(clock.now() - startedMs, failure);
    } catch (error) {
      // An attempt that the end of the step interrupts is not a failure.
      if (!signal.aborted) end(clock.now() - startedMs, describeAttemptFailure(error));
    }
  };
  const ticking = atFixedRate({
    ...{ clock, t0Ms, intervalMs, signal: AbortSignal.any([signal, stopping.signal]) },
    tick(atMs, lateMs) {
      ticks.push({ atMs, lateMs });
      const running = attempt(atMs).finally(() => pending.delete(running));
      pending.add(running);
    },
  });
  return {
    series,
    lateness: (fromMs, toMs) =>
      ticks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).reduce((worst, one) => Math.max(worst, one.lateMs), 0),
    async stop() {
      stopping.abort();
      await ticking;
      await Promise.all(pending);
    },
  };
}
