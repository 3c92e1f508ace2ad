import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/runtime/ports.js';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A request and its response over a socket of the same process take fewer turns of the event loop. */
const quietTurns = 25;

/**
 * A clock on which time passes only while nothing else happens: then it goes on to the end of the next sleep. With a
 * server in the same process, `traffic` returns a number that changes with each request.
 */
export class JumpingClock implements Clock {
  #nowMs = 0;
  #runs = false;
  #quiet = 0;
  readonly #sleepers = new Set<Sleeper>();
  readonly #traffic: () => number;

  constructor(traffic: () => number = () => 0) {
    this.#traffic = traffic;
  }

  now(): number {
    return this.#nowMs;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#nowMs);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#quiet = 0;
      const refuse = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      };
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', refuse);
        resolve();
      };
      const sleeper = { untilMs: this.#nowMs + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', refuse, { once: true });
      if (!this.#runs) void this.#run();
    });
  }

  /** Calls `action` at a time of this clock. */
  at(ms: number, action: () => void): void {
    void this.sleep(ms - this.#nowMs, new AbortController().signal).then(action);
  }

  /** Lets no more time pass. */
  stop(): void {
    this.#sleepers.clear();
  }

  async #run(): Promise<void> {
    this.#runs = true;
    let seen = this.#traffic();
    while (this.#sleepers.size > 0) {
      await nextTurn();
      const now = this.#traffic();
      this.#quiet = now === seen ? this.#quiet + 1 : 0;
      seen = now;
      if (this.#quiet < quietTurns) continue;
      const [next] = [...this.#sleepers].sort((a, b) => a.untilMs - b.untilMs);
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.untilMs);
      this.#quiet = 0;
      next.wake();
    }
    this.#runs = false;
  }
}
