import type { KubernetesApi } from '../../kubernetes/api.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import { atFixedRate } from './fixed-rate.js';
import { deadlineMs } from './probe.js';

/** The time between two attempts, in milliseconds: enough to distinguish a runner problem from a cluster problem. */
const intervalMs = 1_000;

export interface ControlProbe {
  readonly series: AttemptSeries;
  stop(): Promise<void>;
}

/**
 * Probes the API server, which the fault does not affect: if it fails together with the probe, the runner's network is
 * the cause.
 */
export function startControlProbe(api: KubernetesApi, t0Ms: number): ControlProbe {
  const series = createAttemptSeries(() => undefined);
  const stopping = new AbortController();
  const signal = AbortSignal.any([api.signal, stopping.signal]);
  const pending = new Set<Promise<void>>();
  const attempt = async (atMs: number): Promise<void> => {
    const end = series.begin(atMs);
    const startedMs = api.clock.now();
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort(new Error(`no answer within ${deadlineMs} ms`));
    }, deadlineMs);
    try {
      const bound = api.withSignal(AbortSignal.any([api.signal, timeout.signal]));
      await bound.raw({ method: 'GET', path: '/readyz', why: 'check the network of the runner', patienceMs: 0 });
      end(api.clock.now() - startedMs);
    } catch (error) {
      if (!api.signal.aborted) end(api.clock.now() - startedMs, describeAttemptFailure(error));
    } finally {
      clearTimeout(timer);
    }
  };
  const ticking = atFixedRate({
    ...{ clock: api.clock, t0Ms, intervalMs, signal },
    tick(atMs) {
      const running = attempt(atMs).finally(() => pending.delete(running));
      pending.add(running);
    },
  });
  return {
    series,
    async stop() {
      stopping.abort();
      await ticking;
      await Promise.all(pending);
    },
  };
}
