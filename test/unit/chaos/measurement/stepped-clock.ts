import { setImmediate as settle } from 'node:timers/promises';
import type { Clock } from '../../../../src/runtime/ports.js';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock for concurrent work: it moves only by `advance`, and wakes sleepers in the order of time. */
export class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#nowMs;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#nowMs);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** Moves the clock by `ms` milliseconds and wakes each sleeper at its time. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const [next] = [...this.#sleepers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = next.atMs;
      this.#sleepers.delete(next);
      next.wake();
    }
    this.#nowMs = untilMs;
  }
}
