import { toActionError } from '../../errors/action-error.js';
import type { PutBackRecord } from '../../report/experiment.js';
import type { Clock } from '../../runtime/ports.js';

const tries = 3;
const pauseMs = 1_000;

/** What was undone, and what could not be. */
export interface Undoing {
  /** Tries one undo up to three times; never throws. `body` gives a sentence when there was something to undo. */
  readonly attempt: (what: string, body: () => Promise<string | undefined>) => Promise<void>;
  /** Tells what is left although nothing failed. */
  readonly leave: (what: string) => void;
  record(): PutBackRecord;
}

/** Collects what becomes of several undos: one that fails does not keep the others from being done. */
export function collectUndos(clock: Clock, signal: AbortSignal, note: (text: string) => void): Undoing {
  const did: string[] = [];
  const left: string[] = [];
  return {
    async attempt(what, body) {
      for (let count = 1; ; count += 1) {
        try {
          const sentence = await body();
          if (sentence !== undefined) {
            did.push(sentence);
            note(sentence);
          }
          return;
        } catch (error) {
          const { message } = toActionError(error);
          if (count < tries && !signal.aborted) {
            await clock.sleep(pauseMs * count, signal).catch(() => undefined);
            continue;
          }
          left.push(`${what}: ${message.replace(/[\s.]*$/, '')}`);
          return;
        }
      }
    },
    leave: what => void left.push(what),
    record: () => ({ done: left.length === 0, did, left }),
  };
}
