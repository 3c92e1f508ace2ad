import { ActionError } from '../errors/action-error.js';
import type { RunFacts } from '../runtime/ports.js';
import { type BaselineReading, noBaseline } from './baseline-report.js';
import { checkTimeout } from './bound-rules.js';
import { type ConfigReading, noConfig } from './config-source.js';
import { checkCombinations } from './cross-rules.js';
import type { Environment } from './environment.js';
import { createProblems, type Problems } from './problems.js';
import { type RawInputs, readRawInputs } from './raw-inputs.js';
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
  readonly config?: ConfigReading;
  readonly baseline?: BaselineReading;
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
  { env, run, config = noConfig, baseline = noBaseline }: RequestSources,
  definitions: Readonly<Record<Operation, RequestDefinition<R>>>,
): ReadRequest<R> {
  if (run.platform !== 'linux') {
    throw new ActionError(
      'unsupported-runner',
      `This action only runs on Linux; the platform of this runner is ${run.platform}.`,
    );
  }
  const problems = createProblems(secretsOf(env));
  for (const problem of [...config.problems, ...baseline.problems]) problems.add(problem);
  for (const warning of config.warnings) problems.warn(warning);
  const raw = readRawInputs({ env, run, config: config.values }, problems);
  const inputs = createReader(raw, atTheirPlace(problems, raw));
  const sections = readSections(inputs, run, env, { config, baseline });
  checkCombinations(inputs, sections, run);
  const definition = definitions[sections.operation];
  const request = definition.readRequest(sections);
  checkTimeout(inputs, request.general, definition.phases(request));
  problems.throwIfAny();
  return deepFreeze({ request, warnings: problems.warnings() });
}

/** A problem with a value of the config file is one at its place there. */
function atTheirPlace(problems: Problems, raw: RawInputs): Problems {
  const locate = (input: string): string => (raw.sourceOf(input) === 'config' ? raw.placeOf(input) : input);
  return {
    ...problems,
    add: problem => {
      problems.add({ ...problem, input: locate(problem.input) });
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
