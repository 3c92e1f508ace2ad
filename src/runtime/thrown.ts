import { asRecord, text } from './json.js';

/** Returns what a thrown value says: the message of an error, else its text. */
export function reasonOf(thrown: unknown): string {
  return toError(thrown).message;
}

/** Returns the code of an error of the system, such as `ENOENT`; empty for any other thrown value. */
export function codeOf(thrown: unknown): string {
  return text(asRecord(thrown)['code']);
}

/** Returns a thrown value, which need not be an error, as one. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
