import { ActionError } from '../errors/action-error.js';
import type { ErrorCode } from '../errors/catalogue.js';
import type { Command, CommandResult } from '../runtime/ports.js';
import { errorTable } from './error-table.js';

export interface Classification {
  readonly code: ErrorCode;
  readonly hint?: string;
}

/** az exits with 3 for every 404 response, and with 2 for an invalid command line. */
const exitCodes: Readonly<Record<number, ErrorCode>> = { 2: 'azure-invalid', 3: 'azure-not-found' };

/** Returns the code for an error text of Azure; undefined when no pattern matches. */
export function classify(text: string): Classification | undefined {
  for (const { code, pattern, hint } of errorTable) {
    const match = pattern.exec(text);
    if (match) return hint ? { code, hint: hint(match) } : { code };
  }
  return undefined;
}

/** Returns the line of stderr with the cause: the first error of az, else the last line of a Python traceback. */
export function firstErrorLine(stderr: string): string {
  const lines = stderr.split('\n').map(line => line.trim());
  const error = lines.find(line => line.startsWith('ERROR:'));
  return (
    error?.slice('ERROR:'.length).trim() ?? lines.findLast(line => line !== '' && !line.startsWith('WARNING:')) ?? ''
  );
}

/** Returns a failed az process as an error of the catalogue, with the full stderr as evidence. */
export function azError(command: Command, result: Pick<CommandResult, 'code' | 'stderr'>): ActionError {
  const { code, hint } = classify(result.stderr) ?? { code: exitCodes[result.code] ?? 'azure-failed', hint: undefined };
  const line = firstErrorLine(result.stderr) || `az ended with exit code ${result.code} and no message`;
  const details = { evidence: result.stderr.trim(), ...(hint === undefined ? {} : { hint }) };
  return new ActionError(code, `Could not ${command.why}: ${line}`, details);
}

/** Returns the pause that a throttling error requests, in milliseconds. */
export function requestedPauseMs(text: string): number | undefined {
  const seconds = /(?:retry|try)(?: again)? (?:in|after) (\d+)|retry-after['": ]+(\d+)/i.exec(text);
  return seconds ? Number(seconds[1] ?? seconds[2]) * 1000 : undefined;
}
