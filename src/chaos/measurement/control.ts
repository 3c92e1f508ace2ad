import type { KubernetesApi } from '../../kubernetes/api.js';
import { describeFailure } from './failure.js';
import { deadlineMs } from './probe.js';
import { type AttemptSeries, createSeries } from './series.js';
import { everyTick } from './ticks.js';

/** Between two attempts, in milliseconds: enough to tell the runner's trouble from that of the cluster. */
const intervalMs = 1_000;

export interface Control {
  readonly series: AttemptSeries;
  stop(): Promise<void>;
}

/**
 * Asks the API server, which the fault must not touch: when that fails together with the probe, the runner's own way out
 * is to blame.
 */
export function startControl(api: KubernetesApi, t0Ms: number): Control {
  const series = createSeries(() => undefined);
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
      if (!api.signal.aborted) end(api.clock.now() - startedMs, describeFailure(error));
    } finally {
      clearTimeout(timer);
    }
  };
  const ticking = everyTick({
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
