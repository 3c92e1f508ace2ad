import type { ActionFile } from '../../src/inputs/action-file.js';
import { isSecret } from '../../src/inputs/secret-inputs.js';
import { groupInputs } from './tables.js';
import { choices, type FormInput, identifiers, ownInputs, sectionsOf } from './workflow-inputs.js';

/** The sources of the blocks. */
export interface BlockSources {
  readonly actionFile: ActionFile;
  /** The text of action.yml, whose comments name the groups. */
  readonly yaml: string;
}

const block = /^( *)# generated ([\w-]+): (.+)\n(?:[\s\S]*?^)??\1# generated end$/gm;

/**
 * Fills the blocks between `# generated KIND: WORDS` and `# generated end` in a workflow. A word is the name of an input
 * or of a section of inputs; `-name` leaves an input out, and `name=value` sets a default for this workflow only.
 * @throws Error for an unknown kind or word.
 */
export function fillBlocks(text: string, sources: BlockSources): string {
  return text.replaceAll(block, (_, indent: string, kind: string, words: string) => {
    const write = writers[kind];
    if (write === undefined) throw new Error(`there is no generated block of kind ${kind}`);
    const lines = write(words.trim().split(/\s+/), sources).map(line => (line === '' ? '' : `${indent}${line}`));
    return [`${indent}# generated ${kind}: ${words}`, ...lines, `${indent}# generated end`].join('\n');
  });
}

type Writer = (words: readonly string[], sources: BlockSources) => readonly string[];

const writers: Readonly<Record<string, Writer>> = {
  inputs: (words, sources) => expand(words, sources).flatMap(name => inputLines(inputOf(name, sources), false)),
  form: (words, sources) => expand(words, sources).flatMap(name => inputLines(inputOf(name, sources), true)),
  secrets: (words, { actionFile }) =>
    words.flatMap(name => [
      `${name}:`,
      ...described(
        ownInputs[name]?.description ?? actionFile.inputs[name]?.description.replace(/^Secret\. /, '') ?? missing(name),
      ),
      '  required: false',
    ]),
  with: (words, sources) => expand(words, sources).map(word => `${readWord(word)[0]}: ${valueOf(word)}`),
  // The last job that ran comes first in the list; jobs after a failure have no outputs.
  outputs: ([jobs = '', ...names], { actionFile }) =>
    names.flatMap(name => [
      `${name}:`,
      ...described(actionFile.outputs[name]?.description ?? missing(name)),
      `  value: \${{ ${firstOf(jobs, 'jobs', name)} }}`,
    ]),
  'job-outputs': ([steps = '', ...names]) => names.map(name => `${name}: \${{ ${firstOf(steps, 'steps', name)} }}`),
};

/** Returns an expression for the output of the first job or step that has it. */
function firstOf(list: string, context: 'jobs' | 'steps', name: string): string {
  return list
    .split(',')
    .map(id => `${context}.${id}.outputs.${name}`)
    .join(' || ');
}

function expand(words: readonly string[], { yaml }: BlockSources): readonly string[] {
  const sections = sectionsOf(groupInputs(yaml));
  const without = words.filter(word => word.startsWith('-')).map(word => word.slice(1));
  const named = words.filter(word => !word.startsWith('-')).flatMap(word => sections[word] ?? [word]);
  return named.filter(name => !without.includes(name));
}

/** Returns an input of a workflow: its own, or one that it passes on to the action. @throws Error for neither. */
export function inputOf(word: string, { actionFile }: BlockSources): FormInput {
  const [name, fallback] = readWord(word);
  const given = fallback === undefined ? {} : { default: fallback };
  const { description, default: text } = { ...actionFile.inputs[name], ...ownInputs[name], ...given };
  if (description === undefined || text === undefined) return missing(name);
  const options = choices[name];
  return { name, description, default: text, ...(options && { options }) };
}

function missing(name: string): never {
  throw new Error(`neither action.yml nor the workflows know ${name}`);
}

function inputLines(input: FormInput, inForm: boolean): readonly string[] {
  const { name, description, options } = input;
  const type = inForm && options ? 'choice' : typeOf(input.default);
  return [
    `${name}:`,
    ...described(description),
    '  required: false',
    `  type: ${type}`,
    `  default: ${type === 'boolean' || type === 'number' ? input.default : `'${input.default.replaceAll("'", "''")}'`}`,
    ...(inForm && options ? ['  options:', ...options.map(option => `    - ${option}`)] : []),
  ];
}

/** Returns the type of an input, read from its default; GitHub checks the type before anything starts. */
export function typeOf(text: string): 'boolean' | 'number' | 'string' {
  if (text === 'true' || text === 'false') return 'boolean';
  return /^\d+$/.test(text) ? 'number' : 'string';
}

const width = 108;

function described(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return ['  description: >-', ...[...lines, line].map(part => `    ${part}`)];
}

/** Splits a word into a name and its default, if it has one. */
function readWord(word: string): readonly [name: string, fallback: string | undefined] {
  const [name = '', fallback] = word.split('=', 2);
  return [name, fallback];
}

/** Returns the value that a workflow passes to the action for an input. */
function valueOf(word: string): string {
  const [name, fallback] = readWord(word);
  // An emptied field of a form also means the default of this workflow, not the default of the action.
  if (fallback !== undefined) return `\${{ inputs.${name} || '${fallback}' }}`;
  if (isSecret(name)) return `\${{ secrets.${name} }}`;
  if (name === 'instance') return '${{ needs.plan.outputs.instance }}';
  const variable = identifiers[name];
  return variable === undefined ? `\${{ inputs.${name} }}` : `\${{ inputs.${name} || vars.${variable} }}`;
}
