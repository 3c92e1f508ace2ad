import { hasCode, toActionError } from '../../errors/action-error.js';
import type { RevertSummary } from '../../journal/experiment-record.js';
import type { Clock } from '../../runtime/ports.js';

const tries = 3;
const pauseMs = 1_000;

/** What was undone, and what could not be. */
export interface RevertAttempts {
  /**
   * Tries one undo up to three times; never throws. `body` gives a sentence when there was something to undo. Resolves
   * with whether it went well.
   */
  readonly attempt: (what: string, body: () => Promise<string | undefined>) => Promise<boolean>;
  /** Tells what is left although nothing failed. */
  readonly leave: (what: string) => void;
  result(): RevertResult;
}

/** What became of a record. */
export interface RevertResult extends RevertSummary {
  /** What the record says and the cluster does not confirm, as sentences; it was left alone, and is no part of `left`. */
  readonly invalid: readonly string[];
}

/** Collects what becomes of several undos: one that fails does not keep the others from being done. */
export function collectAttempts(clock: Clock, signal: AbortSignal, note: (text: string) => void): RevertAttempts {
  const did: string[] = [];
  const left: string[] = [];
  const invalid: string[] = [];
  return {
    async attempt(what, body) {
      for (let count = 1; ; count += 1) {
        try {
          const sentence = await body();
          if (sentence !== undefined) {
            did.push(sentence);
            note(sentence);
          }
          return true;
        } catch (error) {
          const { message } = toActionError(error);
          if (hasCode(error, 'record-invalid', 'machine-foreign', 'identifier-invalid')) {
            if (!invalid.includes(message)) invalid.push(message);
            return false;
          }
          if (count < tries && !signal.aborted) {
            await clock.sleep(pauseMs * count, signal).catch(() => undefined);
            continue;
          }
          left.push(`${what}: ${message.replace(/[\s.]*$/, '')}`);
          return false;
        }
      }
    },
    leave: what => void left.push(what),
    result: () => ({ done: left.length === 0 && invalid.length === 0, did, left, invalid }),
  };
}
