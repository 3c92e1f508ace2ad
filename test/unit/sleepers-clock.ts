import type { Clock } from '../../src/runtime/ports.js';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A clock that stands still and keeps its sleepers; subclasses decide when time passes. */
export class SleepersClock implements Clock {
  protected nowMs = 0;
  protected readonly sleepers = new Set<Sleeper>();

  now(): number {
    return this.nowMs;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.nowMs);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const refuse = (): void => {
        this.sleepers.delete(sleeper);
        reject(signal.reason as Error);
      };
      const wake = (): void => {
        this.sleepers.delete(sleeper);
        signal.removeEventListener('abort', refuse);
        resolve();
      };
      const sleeper = { untilMs: this.nowMs + ms, wake };
      this.sleepers.add(sleeper);
      signal.addEventListener('abort', refuse, { once: true });
    });
  }

  /** Moves the time to the end of the next sleep and wakes that sleeper. Returns false if no sleep ends by `limitMs`. */
  protected wakeNext(limitMs = Infinity): boolean {
    const [next] = [...this.sleepers].sort((a, b) => a.untilMs - b.untilMs);
    if (next === undefined || next.untilMs > limitMs) return false;
    this.nowMs = Math.max(this.nowMs, next.untilMs);
    next.wake();
    return true;
  }
}
