import { readFileSync } from 'node:fs';
import { type ActionFile, parseActionFile } from '../../../scripts/docs/action-file.js';
import { ActionError } from '../../../src/errors/action-error.js';
import { environmentName } from '../../../src/inputs/environment.js';
import { type ReadRequest, readRequest } from '../../../src/inputs/read-request.js';
import { operationDefinitions, type Request } from '../../../src/operations/index.js';
import { someRun } from '../fakes.js';

export const actionYaml = readFileSync('action.yml', 'utf8');
export const actionFile: ActionFile = parseActionFile(actionYaml);

export type Given = Readonly<Record<string, string>>;

/** The environment in which the runner would start the action with these inputs; upper-case names stand for themselves. */
export function environmentOf(given: Given): Record<string, string> {
  const isVariable = (name: string): boolean => name === name.toUpperCase();
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [isVariable(name) ? name : environmentName(name), value]),
  );
}

export function read(given: Given = {}): ReadRequest<Request> {
  return readRequest({ env: environmentOf(given), run: someRun }, operationDefinitions);
}

/** The request, as that of one operation. */
export function requestFor<O extends Request['operation']>(
  operation: O,
  given: Given = {},
): Extract<Request, { operation: O }> {
  return read({ ...given, operation }).request as Extract<Request, { operation: O }>;
}

/** The lines of the problems, without their leading dash; none when the inputs are fine. */
export function problemsOf(given: Given): readonly string[] {
  try {
    read(given);
    return [];
  } catch (error) {
    return linesOf(error);
  }
}

/** The lines of an error about inputs. @throws any other error. */
export function linesOf(error: unknown): readonly string[] {
  if (!(error instanceof ActionError) || error.code !== 'invalid-input') throw error;
  return error.message
    .split('\n')
    .slice(1)
    .map(line => line.replace(/^- /, ''));
}
