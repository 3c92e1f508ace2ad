import { hasCode, toActionError } from '../../errors/action-error.js';
import type { RevertSummary } from '../../journal/experiment-record.js';
import type { Clock } from '../../runtime/ports.js';
import { withoutPeriod } from '../../runtime/text.js';
import { retry } from '../../runtime/time.js';

const tries = 3;
const pauseMs = 1_000;

/** What a leftover concerns: `nodes` do not keep other operations from changing the members. */
type Touched = 'members' | 'nodes';

/** Runs revert steps and collects their results. */
export interface RevertAttempts {
  /**
   * Runs one step, up to three times. `body` returns a sentence when there was something to revert; `failure` describes
   * the state that remains when it fails, `touches` what it concerns. Never throws.
   */
  readonly attempt: (failure: string, body: () => Promise<string | undefined>, touches?: Touched) => Promise<void>;
  /** Adds something that is not reverted although no step failed. */
  readonly addLeft: (what: string, touches: Touched) => void;
  result(): RevertResult;
}

/** The result of reverting a record. */
export interface RevertResult extends RevertSummary {
  /**
   * What the record says but the cluster does not confirm, as sentences. It was not changed, and is not part of `left`.
   */
  readonly invalid: readonly string[];
  /** Whether something that is left concerns the members, and not only their nodes. */
  readonly leftOnMembers: boolean;
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
  let leftOnMembers = false;
  const addLeft = (what: string, touches: Touched): void => {
    left.push(what);
    leftOnMembers ||= touches === 'members';
  };
  return {
    addLeft,
    async attempt(failure, body, touches = 'members') {
      try {
        const sentence = await retry(clock, signal, body, (error, count) =>
          count < tries && !isInvalid(error) ? pauseMs * count : undefined,
        );
        if (sentence !== undefined) {
          did.push(sentence);
          note(sentence);
        }
      } catch (error) {
        const { message } = toActionError(error);
        if (!isInvalid(error)) addLeft(`${failure}: ${withoutPeriod(message)}`, touches);
        else if (!invalid.includes(message)) invalid.push(message);
      }
    },
    result: () => ({ done: left.length === 0 && invalid.length === 0, did, left, invalid, leftOnMembers }),
  };
}
