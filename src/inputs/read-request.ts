import { ActionError } from '../errors/action-error.js';
import type { RunFacts } from '../runtime/ports.js';
import { checkTimeout } from './bound-rules.js';
import { checkCombinations } from './cross-rules.js';
import type { Environment } from './environment.js';
import { createProblems } from './problems.js';
import { readRawInputs } from './raw-inputs.js';
import { createReader } from './reader.js';
import type { Operation, Sections, StepRequest } from './request.js';
import { secretsOf } from './secret-values.js';
import { readSections } from './sections.js';
import type { PhaseLimit } from './time-budget.js';

/** The sources of a request. */
export interface RequestSources {
  /** The process environment, with the inputs as the runner sets them. */
  readonly env: Environment;
  readonly run: RunFacts;
}

/** How an operation reads its request. */
export interface RequestDefinition<R extends StepRequest> {
  /** Returns the sections that the operation needs as its request. */
  readRequest(sections: Sections): R;
  /** Returns the phases of the operation with their limits, in order. */
  phases(request: R): readonly PhaseLimit[];
}

/** The request, and the warnings for the user. */
export interface ReadRequest<R extends StepRequest> {
  /** Deeply frozen. */
  readonly request: R;
  /** Sentences for the user, in order. */
  readonly warnings: readonly string[];
}

/**
 * Reads the request from the inputs. Pure: reads no file and starts no process.
 * @throws ActionError `unsupported-runner` on platforms other than Linux; `invalid-input` with all problems, one per
 * line.
 */
export function readRequest<R extends StepRequest>(
  { env, run }: RequestSources,
  definitions: Readonly<Record<Operation, RequestDefinition<R>>>,
): ReadRequest<R> {
  if (run.platform !== 'linux') {
    throw new ActionError(
      'unsupported-runner',
      `This action only runs on Linux; the platform of this runner is ${run.platform}.`,
    );
  }
  const problems = createProblems(secretsOf(env));
  const inputs = createReader(readRawInputs({ env, run }, problems), problems);
  const sections = readSections(inputs, run, env);
  checkCombinations(inputs, sections);
  const definition = definitions[sections.operation];
  const request = definition.readRequest(sections);
  checkTimeout(inputs, request.general, definition.phases(request));
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
