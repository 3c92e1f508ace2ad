import { setMaxListeners } from 'node:events';
import type { Clock } from '../../runtime/ports.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { repeatAtFixedRate, type RepeatedWork } from './fixed-rate.js';

/** Opens and closes a new connection to an address that the fault does not affect. Rejects when it fails. */
export type ConnectElsewhere = (timeoutMs: number, signal: AbortSignal) => Promise<unknown>;

/** The time limit of one attempt, in milliseconds. */
export const deadlineMs = 2_000;

export interface Probe extends RepeatedWork {
  readonly series: AttemptSeries;
  /** Returns the largest delay of a tick that was scheduled between two times, in milliseconds. */
  lateness(fromMs: number, toMs: number): number;
}

interface Schedule {
  readonly clock: Clock;
  /** The start, as a time of `clock`. */
  readonly t0Ms: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** Called each time an attempt ends. */
  readonly onEnd?: () => void;
}

/**
 * Makes an attempt at each interval, whatever is pending, and records it at its scheduled start.
 * @param attempt fails by rejecting.
 */
function startAttempts(
  { clock, t0Ms, intervalMs, signal, onEnd = () => undefined }: Schedule,
  attempt: () => Promise<unknown>,
): Probe {
  // Each attempt in progress listens to the signal, and in an outage there are many.
  setMaxListeners(0, signal);
  const series = createAttemptSeries(onEnd);
  const ticks: { readonly atMs: number; readonly lateMs: number }[] = [];

  const run = async (atMs: number): Promise<void> => {
    const end = series.begin(atMs);
    const startedMs = clock.now();
    try {
      await attempt();
      end(clock.now() - startedMs);
    } catch (error) {
      // An attempt that the end of the step interrupts is not a failure.
      if (!signal.aborted) end(clock.now() - startedMs, describeAttemptFailure(error));
    }
  };
  const { stop } = repeatAtFixedRate({
    ...{ clock, t0Ms, intervalMs, signal },
    start(atMs, lateMs) {
      ticks.push({ atMs, lateMs });
      return run(atMs);
    },
  });
  return {
    series,
    lateness: (fromMs, toMs) =>
      ticks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).reduce((worst, one) => Math.max(worst, one.lateMs), 0),
    stop,
  };
}

/** Opens a new connection at each interval, as a new client does, and requests the welcome page. */
export function startProbe(
  clock: Clock,
  endpoint: ClientEndpoint,
  { t0Ms, intervalMs }: { readonly t0Ms: number; readonly intervalMs: number },
  signal: AbortSignal,
  onEnd: () => void,
): Probe {
  return startAttempts({ clock, t0Ms, intervalMs, signal, onEnd }, async () => {
    const request = { method: 'GET', url: endpoint.url(), timeoutMs: deadlineMs } as const;
    const { status } = await endpoint.network.http(request, signal);
    if (status >= 500) throw new Error(`HTTP ${status}`);
  });
}

/**
 * Opens a new connection to another address at each interval: if it fails together with the probe, the network of the
 * runner is the cause. A kept connection would not do: a runner without free ports loses only new ones.
 */
export function startControlProbe(
  connect: ConnectElsewhere,
  { clock, t0Ms, intervalMs, signal }: Omit<Schedule, 'onEnd'>,
): Probe {
  return startAttempts({ clock, t0Ms, intervalMs, signal }, () => connect(deadlineMs, signal));
}
