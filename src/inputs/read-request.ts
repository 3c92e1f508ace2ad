import { ActionError } from '../errors/action-error.js';
import type { RunFacts } from '../runtime/ports.js';
import type { ActionFile } from './action-file.js';
import { checkTimeout } from './bound-rules.js';
import { checkCombinations } from './cross-rules.js';
import type { Environment } from './environment.js';
import { createProblems } from './problems.js';
import { readRawInputs } from './raw-inputs.js';
import { createReader } from './reader.js';
import type { Request } from './request.js';
import { secretsOf } from './secret-values.js';
import { composeRequest, readSections } from './sections.js';

/** What a request is read from. */
export interface RequestSources {
  /** The process environment, with the inputs as the runner hands them over. */
  readonly env: Environment;
  readonly actionFile: ActionFile;
  readonly run: RunFacts;
}

/** What the inputs ask for, and what the user should know about it. */
export interface ReadRequest {
  /** Frozen in depth. */
  readonly request: Request;
  /** Sentences for the user, in order. */
  readonly warnings: readonly string[];
}

/**
 * Turns the inputs into a request. Pure: reads no file and starts nothing.
 * @throws ActionError `unsupported-runner` on anything but Linux; `invalid-input` with every problem, one a line.
 */
export function readRequest({ env, actionFile, run }: RequestSources): ReadRequest {
  if (run.platform !== 'linux') {
    throw new ActionError(
      'unsupported-runner',
      `This action runs on Linux only; the platform of this runner is ${run.platform}.`,
    );
  }
  const problems = createProblems(secretsOf(env));
  const inputs = createReader(readRawInputs({ env, actionFile, run }, problems), problems);
  const sections = readSections(inputs, run, env);
  checkCombinations(inputs, sections);
  const request = composeRequest(sections);
  checkTimeout(inputs, request);
  problems.throwIfAny();
  return deepFreeze({ request, warnings: problems.warnings() });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
