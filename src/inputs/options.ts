import { inputNames } from './input-defaults.js';
import { type Parsed, splitLines } from './parsers.js';
import type { Problem, Problems } from './problems.js';
import { isSecret } from './secret-inputs.js';
import { findNearest, suggest } from './spelling.js';
import { entriesOf, inputText, readYaml } from './yaml-map.js';

/** The inputs that `options` gives, by name. */
export interface Options {
  readonly given: ReadonlyMap<string, string>;
  /** What the inputs of a reusable workflow give in an `options` of their own. */
  readonly nested: ReadonlyMap<string, string>;
  /** Whether `given` are the inputs of a reusable workflow, `toJSON(inputs)`: a JSON object with an `options`. */
  readonly ofWorkflow: boolean;
}

/** The inputs that only the reusable workflows have; a test compares them with the workflows. */
export const workflowOnlyInputs: readonly string[] = [
  'autoscale',
  'environment',
  'kubernetes-versions',
  'locations',
  'max-parallel',
  'node-image',
  'runs-on',
  'teardown-environment',
  'tolerate-failure',
];

/** The inputs that the workflows always give under `with:`, because each job has its own. */
const setByWorkflows: readonly string[] = ['operation', 'instance', 'teardown', 'dry-run'];

/** Reads a YAML or JSON map, or `name=value` lines. Empty values and null are not given. */
export function readOptions(text: string, problems: Problems): Options {
  const call = readWorkflowInputs(text);
  if (call === undefined) return { given: collect(entriesIn(text), problems), nested: new Map(), ofWorkflow: false };
  const { options, ...inputs } = call;
  const dropped = [...workflowOnlyInputs, ...setByWorkflows];
  const entries = Object.entries(inputs).filter(([name]) => !dropped.includes(name));
  const given = entries.map(([name, value]) => ({ name, value: { ok: true, value: scalarText(value) } }) as const);
  return {
    given: collect({ entries: given }, problems),
    nested: collect(entriesIn(scalarText(options)), problems),
    ofWorkflow: true,
  };
}

/** A form has one line for `options`, so that everything in braces is a map, and so is a first line `name: value`. */
function entriesIn(text: string): OptionEntries {
  const [first = ''] = splitLines(text).filter(line => !line.startsWith('#'));
  return first.startsWith('{') || /^["']?[\w-]+["']?\s*:(?:\s|$)/.test(first) ? mapEntries(text) : lineEntries(text);
}

interface OptionEntries {
  readonly entries: readonly { readonly name: string; readonly value: Parsed<string | undefined> }[];
  readonly fault?: Pick<Problem, 'rule' | 'remedy'>;
}

function mapEntries(text: string): OptionEntries {
  const { root, faults } = readYaml(text);
  const [fault] = faults;
  if (fault !== undefined || root === undefined) {
    const rule = fault === undefined ? 'must be a map' : `${fault.at} ${fault.rule}`;
    return { entries: [], fault: { rule, remedy: 'write for example {replicas: 4, max-outage: 5s}' } };
  }
  return { entries: entriesOf(root).map(({ name, value }) => ({ name, value: inputText(name, value) })) };
}

function lineEntries(text: string): OptionEntries {
  const lines = splitLines(text).filter(line => !line.startsWith('#'));
  const entries = lines.map(line => {
    const separator = line.indexOf('=');
    const name = line.slice(0, Math.max(separator, 0)).trim();
    return { name, value: { ok: true, value: line.slice(separator + 1).trim() } } as const;
  });
  return { entries };
}

/** Only names are shown, because a value may be a secret in the wrong place. */
function collect({ entries, fault }: OptionEntries, problems: Problems): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  if (fault !== undefined) problems.add({ input: 'options', ...fault });
  for (const { name, value } of entries) {
    const complaint = findFault(name, options) ?? (value.ok ? undefined : { rule: value.rule, remedy: value.remedy });
    if (complaint !== undefined) problems.add({ input: 'options', ...(name !== '' && { value: name }), ...complaint });
    else if (value.ok && value.value !== undefined) options.set(name, value.value.trim());
  }
  return options;
}

function findFault(name: string, options: ReadonlyMap<string, string>): Pick<Problem, 'rule' | 'remedy'> | undefined {
  if (name === '') return { rule: 'every line must be name=value', remedy: 'write for example replicas=4' };
  if (isSecret(name)) return { rule: 'is a secret and must not be in options', remedy: 'set it under with:' };
  const allowed = inputNames.filter(input => input !== 'options' && !isSecret(input));
  if (!allowed.includes(name)) {
    const remedy = findNearest(name, allowed) === undefined ? 'remove it' : suggest(name, allowed);
    return { rule: 'is not an input of this action', remedy };
  }
  return options.has(name) ? { rule: 'is given twice', remedy: 'keep one of them' } : undefined;
}

/**
 * Returns the inputs of a workflow from `toJSON(inputs)`; undefined for any other text. A map that a user writes has no
 * `options` in it: this is what tells the inputs of a workflow from it.
 */
export function readWorkflowInputs(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && Object.hasOwn(value, 'options')
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the text of an input of a workflow. GitHub knows texts, numbers and booleans. */
export function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
