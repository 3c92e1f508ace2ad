import { ActionError } from '../errors/action-error.js';
import type { RunFacts } from '../runtime/ports.js';
import type { ActionFile } from './action-file.js';
import { type Environment, environmentName, inputPrefix } from './environment.js';
import { splitLines } from './parsers.js';
import type { Problems } from './problems.js';
import { isSecret } from './secret-inputs.js';
import { findNearest, suggest } from './spelling.js';

/** The texts of all declared inputs, trimmed, with values from `options` and defaults. */
export interface RawInputs {
  /** @throws ActionError `internal` when action.yml declares no such input. */
  text(input: string): string;
  /** @throws ActionError `internal` when action.yml declares no such input. */
  defaultOf(input: string): string;
}

/** The sources of the texts. */
export interface RawInputSources {
  readonly env: Environment;
  readonly actionFile: ActionFile;
  readonly run: RunFacts;
}

/** Reads the environment; names that action.yml does not declare become problems or warnings. */
export function readRawInputs({ env, actionFile, run }: RawInputSources, problems: Problems): RawInputs {
  const names = Object.keys(actionFile.inputs);
  const defaults = new Map(
    Object.entries(actionFile.inputs).map(([name, input]) => [name, resolveDefault(input.default, run)]),
  );
  const given = new Map(names.map(name => [name, env[environmentName(name)]?.trim() ?? '']));

  reportUnknownNames(env, names, problems);
  // An empty text overrides the default of the runner, which is the only one to know the job of the matrix.
  if (env[environmentName('instance')] === '') {
    problems.warn(
      `instance is empty, so this job uses ${defaults.get('instance') ?? ''}; in a matrix, set a different instance for each job.`,
    );
  }
  for (const [name, value] of readOptions(textOf('options'), names, problems)) {
    const own = given.get(name) ?? '';
    if (own === '' || own === defaults.get(name)) given.set(name, value);
    else if (own !== value) problems.warn(`options sets ${name} as well; the value under with: was used.`);
  }

  function defaultOf(input: string): string {
    const text = defaults.get(input);
    if (text === undefined) throw new ActionError('internal', `action.yml declares no input named ${input}.`);
    return text;
  }
  function textOf(input: string): string {
    const fallback = defaultOf(input);
    const own = given.get(input) ?? '';
    return own === '' ? fallback : own;
  }
  return { text: textOf, defaultOf };
}

/** Replaces the expressions that the runner does not evaluate for an input with an empty text. */
function resolveDefault(text: string, run: RunFacts): string {
  return text.replaceAll('${{ github.job }}', run.job).replaceAll('${{ strategy.job-index }}', '0').trim();
}

function reportUnknownNames(env: Environment, names: readonly string[], problems: Problems): void {
  const known = new Set(names.map(environmentName));
  const unknown = Object.keys(env).filter(key => key.startsWith(inputPrefix) && !known.has(key));
  for (const key of unknown) {
    const input = key.slice(inputPrefix.length).toLowerCase();
    const nearest = findNearest(input, names);
    if (nearest === undefined) problems.warn(`There is no input named ${input}; it is ignored.`);
    else problems.add({ input, rule: 'is not an input of this action', remedy: `did you mean ${nearest}` });
  }
}

function readOptions(text: string, names: readonly string[], problems: Problems): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  const allowed = names.filter(name => name !== 'options' && !isSecret(name));
  for (const option of splitLines(text)) {
    if (option.startsWith('#')) continue;
    const separator = option.indexOf('=');
    const name = option.slice(0, Math.max(separator, 0)).trim();
    const complaint = findFault(name, allowed, options);
    if (complaint === undefined) options.set(name, option.slice(separator + 1).trim());
    // Only the name is shown, because the line may contain a secret.
    else problems.add({ input: 'options', ...(name !== '' && { value: name }), ...complaint });
  }
  return options;
}

function findFault(
  name: string,
  allowed: readonly string[],
  options: ReadonlyMap<string, string>,
): { readonly rule: string; readonly remedy: string } | undefined {
  if (name === '') return { rule: 'every line must be name=value', remedy: 'write for example replicas=4' };
  if (isSecret(name)) return { rule: 'is a secret and must not be in options', remedy: 'set it under with:' };
  if (!allowed.includes(name)) {
    const remedy = findNearest(name, allowed) === undefined ? 'remove the line' : suggest(name, allowed);
    return { rule: 'is not an input of this action', remedy };
  }
  return options.has(name) ? { rule: 'is given twice', remedy: 'keep one of the lines' } : undefined;
}
