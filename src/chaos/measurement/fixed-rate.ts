import type { Clock } from '../../runtime/ports.js';

export interface FixedRate {
  readonly clock: Clock;
  /** The start, as a time of `clock`. */
  readonly t0Ms: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** Called at each tick with its scheduled time, in milliseconds from t0, and its delay. Must not throw. */
  readonly tick: (atMs: number, lateMs: number) => void;
}

/**
 * Calls `tick` at fixed times from t0, however long the calls take (an open loop). A tick that is late because the
 * process was busy still happens and does not delay the next one. Resolves when the signal aborts.
 */
export async function atFixedRate({ clock, t0Ms, intervalMs, signal, tick }: FixedRate): Promise<void> {
  for (let count = 0; !signal.aborted; count += 1) {
    const dueMs = t0Ms + count * intervalMs;
    const aheadMs = dueMs - clock.now();
    if (aheadMs > 0) await clock.sleep(aheadMs, signal).catch(() => undefined);
    if (isActive(signal)) tick(count * intervalMs, Math.max(0, clock.now() - dueMs));
  }
}

/** Work that is started at fixed times. */
export interface RepeatedWork {
  /** Starts no more, and resolves when what is in progress has ended. */
  readonly stop: () => Promise<void>;
}

/** Starts work at each tick, whatever is in progress, until it is stopped or the signal aborts. */
export function repeatAtFixedRate({
  signal,
  start,
  ...schedule
}: Omit<FixedRate, 'tick'> & {
  readonly start: (...tick: Parameters<FixedRate['tick']>) => Promise<unknown>;
}): RepeatedWork {
  const stopping = new AbortController();
  const pending = new Set<Promise<unknown>>();
  const ticking = atFixedRate({
    ...{ ...schedule, signal: AbortSignal.any([signal, stopping.signal]) },
    tick(atMs, lateMs) {
      const running = start(atMs, lateMs).finally(() => pending.delete(running));
      pending.add(running);
    },
  });
  return {
    async stop() {
      stopping.abort();
      await ticking;
      await Promise.all(pending);
    },
  };
}

/** A function, because the compiler does not see that the signal can abort during the sleep. */
function isActive({ aborted }: AbortSignal): boolean {
  return !aborted;
}
