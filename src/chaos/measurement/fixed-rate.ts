import type { Clock } from '../../runtime/ports.js';

export interface FixedRate {
  readonly clock: Clock;
  /** On the scale of the clock. */
  readonly t0Ms: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** Called at every tick with when it was due, in milliseconds from t0, and how late it is. Must not throw. */
  readonly tick: (atMs: number, lateMs: number) => void;
}

/**
 * Calls at fixed times from t0 on, whatever the calls take (an open loop): a tick that comes late, because the process
 * was busy, is still made, and the next one is not moved by it. Resolves when the signal aborts.
 */
export async function atFixedRate({ clock, t0Ms, intervalMs, signal, tick }: FixedRate): Promise<void> {
  for (let count = 0; !signal.aborted; count += 1) {
    const dueMs = t0Ms + count * intervalMs;
    const aheadMs = dueMs - clock.now();
    if (aheadMs > 0) await clock.sleep(aheadMs, signal).catch(() => undefined);
    if (stillRuns(signal)) tick(count * intervalMs, Math.max(0, clock.now() - dueMs));
  }
}

/** It may have aborted during the sleep, which the compiler does not see. */
function stillRuns({ aborted }: AbortSignal): boolean {
  return !aborted;
}
