import { ActionError } from '../errors/action-error.js';
import type { RunFacts } from '../runtime/ports.js';
import type { ConfigValue } from './config-file.js';
import { type Environment, environmentName, inputPrefix } from './environment.js';
import { inputDefaults, inputNames } from './input-defaults.js';
import { isUsedBy } from './operation-inputs.js';
import { readOptions } from './options.js';
import type { Problems } from './problems.js';
import { findNearest } from './spelling.js';

/** Where the text of an input comes from; an earlier source takes precedence over a later one. */
export type InputSource = 'with' | 'options' | 'config' | 'default';

/** The texts of all inputs, trimmed. An empty text is not given: the next source applies. */
export interface RawInputs {
  /** @throws ActionError `internal` when there is no such input. */
  text(input: string): string;
  /** @throws ActionError `internal` when there is no such input. */
  defaultOf(input: string): string;
  sourceOf(input: string): InputSource;
  /** Returns where the text comes from, in words: for a config file its path, line and column. */
  placeOf(input: string): string;
}

/** The sources of the texts. */
export interface RawInputSources {
  readonly env: Environment;
  readonly run: RunFacts;
  /** The values of the config file; none if it is not read. */
  readonly config?: ReadonlyMap<string, ConfigValue>;
}

/** Reads the environment; names that are not inputs become problems or warnings. */
export function readRawInputs({ env, run, config = new Map() }: RawInputSources, problems: Problems): RawInputs {
  const defaults = new Map(Object.entries({ ...inputDefaults, instance: `${run.job}-0` }));
  const given = new Map<string, { readonly text: string; readonly source: InputSource; readonly place?: string }>();
  reportUnknownNames(env, problems);
  for (const name of inputNames) {
    const text = env[environmentName(name)]?.trim() ?? '';
    if (text !== '') given.set(name, { text, source: 'with' });
  }
  // An empty text overrides the default of the runner, which is the only one to know the job of the matrix.
  if (env[environmentName('instance')] === '') {
    problems.warn(
      `instance is empty, so this job uses ${defaultOf('instance')}; in a matrix, set a different instance for each job.`,
    );
  }
  const { given: options, nested, ofWorkflow } = readOptions(textOf('options'), problems);
  // A workflow passes the inputs of all its steps to each step, and some of them under `with:` as well.
  add(options, ofWorkflow, !ofWorkflow);
  add(nested, ofWorkflow, true);
  for (const [name, value] of config) {
    if (!given.has(name) || isStricter(name, value.text)) given.set(name, { ...value, source: 'config' });
  }

  function add(texts: Iterable<readonly [string, string]>, filters: boolean, warns: boolean): void {
    for (const [name, text] of texts) {
      if (text === '' || (filters && !isUsedBy(textOf('operation'), name))) continue;
      const former = given.get(name);
      if (former === undefined) given.set(name, { text, source: 'options' });
      else if (warns && former.text !== text) {
        const place = former.source === 'with' ? 'under with:' : 'of the input of the workflow';
        problems.warn(`options sets ${name} as well; the value ${place} was used.`);
      }
    }
  }
  function defaultOf(input: string): string {
    const text = defaults.get(input);
    if (text === undefined) throw new ActionError('internal', `There is no input named ${input}.`);
    return text;
  }
  function textOf(input: string): string {
    const fallback = defaultOf(input);
    return given.get(input)?.text ?? fallback;
  }
  /** A cost limit holds wherever it stands. */
  function isStricter(name: string, text: string): boolean {
    return name === 'max-vcpus' && Number(text) < Number(textOf(name));
  }
  function placeOf(input: string): string {
    const { source, place } = given.get(input) ?? { source: 'default' as const };
    return place ?? (source === 'with' ? 'with:' : source);
  }
  return { text: textOf, defaultOf, placeOf, sourceOf: input => given.get(input)?.source ?? 'default' };
}

function reportUnknownNames(env: Environment, problems: Problems): void {
  const known = new Set(inputNames.map(environmentName));
  const unknown = Object.keys(env).filter(key => key.startsWith(inputPrefix) && !known.has(key));
  for (const key of unknown) {
    const input = key.slice(inputPrefix.length).toLowerCase();
    const nearest = findNearest(input, inputNames);
    if (nearest === undefined) problems.warn(`There is no input named ${input}; it is ignored.`);
    else problems.add({ input, rule: 'is not an input of this action', remedy: `did you mean ${nearest}` });
  }
}
