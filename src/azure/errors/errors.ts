import { ActionError } from '../../errors/action-error.js';
import type { ErrorCode } from '../../errors/catalogue.js';
import type { Command, CommandResult } from '../../runtime/ports.js';
import { describeExit, wasKilled } from '../../runtime/program-output.js';
import { errorLine, parseArmError } from './error-body.js';
import { clearCodeIn, vagueCodeIn } from './error-codes.js';
import { errorTable, etagPattern, hints } from './error-table.js';

export interface Classification {
  readonly code: ErrorCode;
  readonly hint?: string;
}

interface RequestFacts {
  /** Whether the request had an If-Match or If-None-Match header of ours. */
  readonly conditional?: boolean;
}

/** A failed response of Azure Resource Manager. */
export interface ArmResponse extends RequestFacts {
  readonly status: number;
  readonly body: string;
}

/** What `armError` needs besides the response. */
export interface ArmFailure extends ArmResponse {
  /** The purpose of the request, as one phrase. */
  readonly why: string;
  /** The header `x-ms-request-id`. */
  readonly requestId?: string;
  /** The header `x-ms-correlation-request-id`. */
  readonly correlationId?: string;
}

/** az exits with 3 for every 404 response, and with 2 for an invalid command line. */
const exitCodes: Readonly<Record<number, ErrorCode>> = { 2: 'azure-invalid', 3: 'azure-not-found' };

/** Of a process that a signal ended. */
const killed: Classification = {
  code: 'command-failed',
  hint: 'Run again; if it happens again, use a runner with more memory, or find out what ends its processes.',
};

const statusCodes: Readonly<Record<number, ErrorCode>> = {
  401: 'azure-not-logged-in',
  403: 'azure-forbidden',
  404: 'azure-not-found',
  409: 'azure-busy',
  412: 'azure-precondition',
  429: 'azure-throttled',
};

/**
 * Returns the code for an error text of az or Azure; undefined if nothing in it is known. The error codes of Azure
 * decide before the words of the message, and inner errors before outer ones.
 */
export function classify(line: string, { conditional = false }: RequestFacts = {}): Classification | undefined {
  const code = etagPattern.test(line)
    ? conditional
      ? 'azure-precondition'
      : 'azure-busy'
    : (clearCodeIn(line) ?? errorTable.find(({ pattern }) => pattern.test(line))?.code ?? vagueCodeIn(line));
  return code && withHint(code, line);
}

/** Returns the code for a failed response, or for a failed operation in a response with status 200. */
export function classifyArm({ status, body, conditional = false }: ArmResponse): Classification {
  const error = parseArmError(body);
  const line = error ? errorLine(error) : body;
  return (
    classify(line, { conditional }) ??
    withHint(statusCodes[status] ?? (status >= 500 ? 'azure-unavailable' : 'azure-failed'), line)
  );
}

function withHint(code: ErrorCode, line: string): Classification {
  for (const { code: of, pattern, hint } of [...errorTable, ...hints]) {
    const match = of === code && hint ? pattern.exec(line) : null;
    if (match && hint) return { code, hint: hint(match) };
  }
  return { code };
}

/** Returns the line of stderr with the cause: the first error of az, else the last line of a Python traceback. */
export function firstErrorLine(stderr: string): string {
  const lines = stderr.split('\n').map(line => line.trim());
  const error = lines.find(line => line.startsWith('ERROR:') && !line.endsWith('Here is the traceback:'));
  return (
    error?.slice('ERROR:'.length).trim() ?? lines.findLast(line => line !== '' && !line.startsWith('WARNING:')) ?? ''
  );
}

/** Returns a failed az process as an error of the catalogue, with the full stderr as evidence. */
export function azError(command: Command, result: Pick<CommandResult, 'code' | 'stderr'>): ActionError {
  const conditional = command.argv.includes('--if-match') || command.argv.includes('--if-none-match');
  if (wasKilled(result.code)) return failure(killed, command.why, `az ${describeExit(result.code)}.`, result.stderr);
  const known = classify(result.stderr, { conditional }) ?? { code: exitCodes[result.code] ?? 'azure-failed' };
  const line = firstErrorLine(result.stderr) || `az ${describeExit(result.code)} and no message`;
  return failure(known, command.why, line, result.stderr.trim());
}

/** Returns a failed request as an error of the catalogue, with the body and the ids of the request as evidence. */
export function armError(request: ArmFailure): ActionError {
  const { why, status, body, requestId = '', correlationId = '' } = request;
  const error = parseArmError(body);
  const line = error ? errorLine(error) : `Azure responded with HTTP status ${status} and no error message`;
  const ids = [
    ...(requestId === '' ? [] : [`request id ${requestId}`]),
    ...(correlationId === '' ? [] : [`correlation id ${correlationId}`]),
  ];
  return failure(classifyArm(request), why, line, [body.trim(), ...ids].join('\n').trim());
}

function failure({ code, hint }: Classification, why: string, line: string, evidence: string): ActionError {
  return new ActionError(code, `Could not ${why}: ${line}`, { evidence, ...(hint === undefined ? {} : { hint }) });
}

/** Returns the pause that a throttling error requests, in milliseconds. */
export function requestedPauseMs(message: string): number | undefined {
  const pattern = /(?:retry|retried|try)(?: again)? (?:in|after) ['"]?(\d+)|retry-after['": ]+(\d+)/i;
  const seconds = pattern.exec(message);
  return seconds ? Number(seconds[1] ?? seconds[2]) * 1000 : undefined;
}
