import type { Tool } from './ports.js';

/** The exit code of a process that has none, because a signal ended it. */
export const endedBySignal = -1;

/**
 * Returns whether a signal ended a process, also if it is the child of a shell script: the script exits with 128 plus the
 * number of the signal ("Exit Status" in the manual of bash).
 */
export function wasKilled(code: number): boolean {
  return code === endedBySignal || (code > 128 && code < 160);
}

/** Returns how a process ended, as a phrase for an error. */
export function describeExit(code: number): string {
  const exit = code === endedBySignal ? '' : ` (exit code ${code})`;
  return wasKilled(code)
    ? `was ended by a signal${exit}, as the system does when memory runs out`
    : `ended with exit code ${code}`;
}

/** Returns the hint for standard output that holds more than the result: no part of it can be trusted then. */
export function onlyResult(tool: Tool): string {
  return `Find out what else prints on the standard output of ${tool}, such as a wrapper script; messages belong on standard error.`;
}
