import { setImmediate as nextTurn } from 'node:timers/promises';
import { SleepersClock } from './sleepers-clock.js';

/** A request and its response over a socket of the same process take fewer turns of the event loop. */
const quietTurns = 25;

/**
 * A clock on which time passes only while nothing else happens: then it goes on to the end of the next sleep. With a
 * server in the same process, `traffic` returns a number that changes with each request.
 */
export class JumpingClock extends SleepersClock {
  #runs = false;
  #quiet = 0;
  readonly #traffic: () => number;

  constructor(traffic: () => number = () => 0) {
    super();
    this.#traffic = traffic;
  }

  override sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.#quiet = 0;
    const slept = super.sleep(ms, signal);
    if (!this.#runs) void this.#run();
    return slept;
  }

  /** Calls `action` at a time of this clock. */
  at(ms: number, action: () => void): void {
    void this.sleep(ms - this.nowMs, new AbortController().signal).then(action);
  }

  /** Lets no more time pass. */
  stop(): void {
    this.sleepers.clear();
  }

  async #run(): Promise<void> {
    this.#runs = true;
    let seen = this.#traffic();
    while (this.sleepers.size > 0) {
      await nextTurn();
      const now = this.#traffic();
      this.#quiet = now === seen ? this.#quiet + 1 : 0;
      seen = now;
      if (this.#quiet < quietTurns) continue;
      this.#quiet = 0;
      this.wakeNext();
    }
    this.#runs = false;
  }
}
