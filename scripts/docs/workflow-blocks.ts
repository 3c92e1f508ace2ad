import { choices, commonWorkflowInputs, labels, ownDefaults, switches } from './workflow-inputs.js';

const block = /^( *)# generated ([\w-]+): (.+)\n(?:[\s\S]*?^)??\1# generated end$/gm;

/**
 * Fills the blocks between `# generated KIND: WORDS` and `# generated end` in a workflow, one line for each name: inputs
 * of a call, the form with the same inputs, secrets, and outputs. `common` are the inputs that every workflow has. A line
 * has at most `width` characters.
 * @throws Error for an unknown kind or input, and for a label that is too long.
 */
export function fillBlocks(text: string, width: number): string {
  return text.replaceAll(block, (_, indent: string, kind: string, words: string) => {
    const write = writers[kind];
    if (write === undefined) throw new Error(`there is no generated block of kind ${kind}`);
    const lines = write(words.trim().split(/\s+/)).flatMap(line => fit(`${indent}${line}`, indent, width));
    return [`${indent}# generated ${kind}: ${words}`, ...lines, `${indent}# generated end`].join('\n');
  });
}

type Writer = (words: readonly string[]) => readonly string[];

const writers: Readonly<Record<string, Writer>> = {
  inputs: words => expand(words).map(name => `${name}: { type: ${typeOf(name)}, ${restOf(name)} }`),
  form: words => expand(words).map(name => `${name}: { type: ${formTypeOf(name)}, ${restOf(name, optionsOf(name))} }`),
  secrets: words => words.map(name => `${name}: { required: false }`),
  // The last job that ran comes first in the list; jobs after a failure have no outputs.
  outputs: ([jobs = '', ...names]) => names.map(name => `${name}: { value: '\${{ ${firstOf(jobs, 'jobs', name)} }}' }`),
  'job-outputs': ([steps = '', ...names]) => names.map(name => `${name}: \${{ ${firstOf(steps, 'steps', name)} }}`),
};

/** Returns an expression for the output of the first job or step that has it. */
function firstOf(list: string, context: 'jobs' | 'steps', name: string): string {
  return list
    .split(',')
    .map(id => `${context}.${id}.outputs.${name}`)
    .join(' || ');
}

function expand(words: readonly string[]): readonly string[] {
  return words.flatMap(word => (word === 'common' ? commonWorkflowInputs : [word]));
}

function typeOf(name: string): string {
  return typeof (ownDefaults[name] ?? '');
}

function formTypeOf(name: string): string {
  return optionsOf(name) === '' ? typeOf(name) : 'choice';
}

/** A form preselects the first word of a list: the empty one, so that nothing is given that nobody has chosen. */
function optionsOf(name: string): string {
  const words = switches.includes(name) ? ["'true'", "'false'"] : choices[name];
  return words === undefined ? '' : `options: ['', ${words.join(', ')}], `;
}

function restOf(name: string, options = ''): string {
  const [label, fallback = ''] = [labels[name], ownDefaults[name]];
  if (label === undefined) throw new Error(`the forms have no label for ${name}`);
  const text = typeof fallback === 'string' ? `'${fallback}'` : String(fallback);
  return `default: ${text}, ${options}description: ${/[:{,#]/.test(label) ? `'${label}'` : label}`;
}

/** Breaks a line that is too long as oxfmt does. @throws Error when one break is not enough. */
function fit(line: string, indent: string, width: number): readonly string[] {
  const [, key = '', map = ''] = /^( *[\w-]+:) (\{.*)$/.exec(line) ?? [];
  if (line.length <= width || map === '') return [line];
  const rest = `${indent}  ${map}`;
  if (rest.length > width) throw new Error(`a label is too long: ${rest}`);
  return [key, rest];
}
