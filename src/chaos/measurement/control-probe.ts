import type { KubernetesApi } from '../../kubernetes/api.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import { atFixedRate } from './fixed-rate.js';
import { deadlineMs } from './probe.js';

/** Between two attempts, in milliseconds: enough to tell the runner's trouble from that of the cluster. */
const intervalMs = 1_000;

export interface ControlProbe {
  readonly series: AttemptSeries;
  stop(): Promise<void>;
}

/**
 * Asks the API server, which the fault must not touch: when that fails together with the probe, the runner's own way out
 * is to blame.
 */
export function startControlProbe(api: KubernetesApi, t0Ms: number): ControlProbe {
  const series = createAttemptSeries(() => undefined);
  const stopping = new AbortController();
  const signal = AbortSignal.any([api.signal, stopping.signal]);
  const underWay = new Set<Promise<void>>();
  const attempt = async (atMs: number): Promise<void> => {
    const end = series.begin(atMs);
    const startedMs = api.clock.now();
    const over = new AbortController();
    const timer = setTimeout(() => {
      over.abort(new Error(`no answer within ${deadlineMs} ms`));
    }, deadlineMs);
    try {
      const bound = api.withSignal(AbortSignal.any([api.signal, over.signal]));
      await bound.raw({ method: 'GET', path: '/readyz', why: 'see whether the way out works', patienceMs: 0 });
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
      const running = attempt(atMs).finally(() => underWay.delete(running));
      underWay.add(running);
    },
  });
  return {
    series,
    async stop() {
      stopping.abort();
      await ticking;
      await Promise.all(underWay);
    },
  };
}
