import { setImmediate as settle } from 'node:timers/promises';
import { SleepersClock } from '../../sleepers-clock.js';

/** A clock for concurrent work: it moves only by `advance`, and wakes sleepers in the order of time. */
export class SteppedClock extends SleepersClock {
  /** Moves the clock by `ms` milliseconds and wakes each sleeper at its time. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    do await settle();
    while (this.wakeNext(untilMs));
    this.nowMs = untilMs;
  }
}
