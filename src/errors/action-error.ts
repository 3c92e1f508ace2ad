import { catalogue, type ErrorCode } from './catalogue.js';

export interface ErrorDetails {
  /** Replaces the hint of the catalogue when more is known than the code says. */
  readonly hint?: string;
  /** Longer evidence for the log and the report: events, last log lines, raw stderr. */
  readonly evidence?: string;
  readonly cause?: unknown;
}

/**
 * A failure that is reported to the user: a stable code of the catalogue, a message that names the resource and the
 * cause, and a hint that says what to do next.
 */
export class ActionError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly transient: boolean;
  readonly evidence: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ActionError';
    this.code = code;
    this.hint = details.hint ?? catalogue[code].hint;
    this.transient = catalogue[code].transient;
    this.evidence = details.evidence ?? '';
  }
}

/** Returns whether an error is an ActionError with one of the given codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is ActionError {
  return error instanceof ActionError && codes.includes(error.code);
}

/** Converts any thrown value to an ActionError; an unexpected value gets the code `internal`. */
export function toActionError(error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  if (!(error instanceof Error)) return new ActionError('internal', String(error), { cause: error });
  return new ActionError('internal', error.message, { evidence: error.stack ?? '', cause: error });
}
