import { hasCode, toActionError } from '../../errors/action-error.js';
import type { RevertSummary } from '../../journal/experiment-record.js';
import type { Clock } from '../../runtime/ports.js';
import { withoutPeriod } from '../../runtime/text.js';
import { retry } from '../../runtime/time.js';

const tries = 3;
const pauseMs = 1_000;

/** Runs revert steps and collects their results. */
export interface RevertAttempts {
  /**
   * Runs one step, up to three times. `body` returns a sentence when there was something to revert; `failure` describes
   * the state that remains when it fails. Resolves with false after a failure; never throws.
   */
  readonly attempt: (failure: string, body: () => Promise<string | undefined>) => Promise<boolean>;
  /** Adds something that is not reverted although no step failed. */
  readonly addLeft: (what: string) => void;
  result(): RevertResult;
}

/** The result of reverting a record. */
export interface RevertResult extends RevertSummary {
  /**
   * What the record says but the cluster does not confirm, as sentences. It was not changed, and is not part of `left`.
   */
  readonly invalid: readonly string[];
}

/** Returns whether the cluster or Azure does not confirm what the record says. */
function isInvalid(error: unknown): boolean {
  return hasCode(error, 'record-invalid', 'machine-foreign', 'identifier-invalid');
}

/** Creates an empty collection. A step that fails does not prevent the other steps. */
export function collectAttempts(clock: Clock, signal: AbortSignal, note: (text: string) => void): RevertAttempts {
  const did: string[] = [];
  const left: string[] = [];
  const invalid: string[] = [];
  return {
    async attempt(failure, body) {
      try {
        const sentence = await retry(clock, signal, body, (error, count) =>
          count < tries && !isInvalid(error) ? pauseMs * count : undefined,
        );
        if (sentence !== undefined) {
          did.push(sentence);
          note(sentence);
        }
        return true;
      } catch (error) {
        const { message } = toActionError(error);
        if (!isInvalid(error)) left.push(`${failure}: ${withoutPeriod(message)}`);
        else if (!invalid.includes(message)) invalid.push(message);
        return false;
      }
    },
    addLeft: what => void left.push(what),
    result: () => ({ done: left.length === 0 && invalid.length === 0, did, left, invalid }),
  };
}
