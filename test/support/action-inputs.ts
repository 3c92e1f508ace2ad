import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** What the expressions in the defaults of action.yml may refer to. */
export interface ExpressionFacts {
  readonly job: string;
  readonly jobIndex: string;
}

/**
 * The INPUT_ variables of a step: the defaults of action.yml, overridden by what the step gives. Like the runner, it
 * passes unknown inputs on and turns names to upper case, keeping hyphens.
 */
export function inputVariables(
  inputs: Readonly<Record<string, string>>,
  facts: ExpressionFacts,
  actionPath = 'action.yml',
): Record<string, string> {
  const file = parse(readFileSync(actionPath, 'utf8')) as ActionFile;
  const defaults = Object.entries(file.inputs).map(([name, input]): [string, string] => [
    name,
    evaluate(defaultText(input.default), facts),
  ]);
  return Object.fromEntries(
    [...defaults, ...Object.entries(inputs)].map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}

function defaultText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function evaluate(text: string, { job, jobIndex }: ExpressionFacts): string {
  const known: Readonly<Record<string, string>> = { 'github.job': job, 'strategy.job-index': jobIndex };
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = known[expression];
    if (value === undefined) throw new Error(`a default of action.yml uses the unknown expression ${expression}`);
    return value;
  });
}
