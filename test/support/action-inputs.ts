import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { expand, type Scope } from './expressions.js';

interface ActionFile {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown } | null>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What the expressions in the defaults of action.yml may refer to. */
export interface ExpressionFacts {
  readonly job: string;
  readonly jobIndex: string;
}

/** The INPUT_ variables of a step of some job; see {@link variablesOf} and {@link withDefaults}. */
export function inputVariables(
  inputs: Readonly<Record<string, string>>,
  { job, jobIndex }: ExpressionFacts,
  actionPath = 'action.yml',
): Record<string, string> {
  const scope = { contexts: { github: { job }, strategy: { 'job-index': Number(jobIndex) } } };
  return variablesOf(withDefaults(inputs, scope, actionPath));
}

/**
 * The inputs of a step: the defaults of an action's file, overridden by what the step gives, unknown names included.
 * An empty text overrides as well ("Metadata syntax reference" of GitHub).
 * @throws Error when a default refers to what the scope does not have
 */
export function withDefaults(
  inputs: Readonly<Record<string, string>>,
  scope: Scope,
  actionPath: string,
): Record<string, string> {
  const defaults = Object.entries(readActionFile(actionPath).inputs ?? {}).map(([name, input]): [string, string] => [
    name,
    expand(defaultText(input?.default), scope),
  ]);
  return { ...Object.fromEntries(defaults), ...inputs };
}

const actionFiles = new Map<string, ActionFile>();

/** Reads each file once: the one of this project takes long to parse, and each phase of each step needs it. */
export function readActionFile(file: string): ActionFile {
  const path = resolve(file);
  const known = actionFiles.get(path) ?? (parse(readFileSync(path, 'utf8')) as ActionFile);
  actionFiles.set(path, known);
  return known;
}

/** Like the runner, turns names to upper case and spaces to underscores, keeping hyphens. */
export function variablesOf(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
}

function defaultText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
