import { parse } from 'yaml';
import { inputDefaults } from '../../src/inputs/input-defaults.js';
import { isSecret } from '../../src/inputs/secret-inputs.js';

/** One input of action.yml. */
export interface InputDeclaration {
  /** Without the sentence that names the default. */
  readonly description: string;
  /** The default of the action, or an expression that the runner evaluates. */
  readonly default: string;
}

/** One output of action.yml. */
export interface OutputDeclaration {
  readonly description: string;
}

/** The content of action.yml: the public names and their descriptions, with the defaults of the action. */
export interface ActionFile {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
}

/**
 * Parses the text of action.yml; its syntax is in "Metadata syntax for GitHub Actions" of the GitHub documentation.
 * @throws Error when a description is missing, or an input is unknown to the sources.
 */
export function parseActionFile(yaml: string): ActionFile {
  const file: unknown = parse(yaml);
  const inputs = mapEntries(field(file, 'inputs'), (entry, name) => ({
    description: text(entry, 'description', `inputs.${name}`).replace(/\s+Default: `[^`]*`\.$/, ''),
    default: runnerDefault(entry) ?? inputDefaults[name] ?? malformed(`inputs.${name} is not in src/inputs`),
  }));
  const outputs = mapEntries(field(file, 'outputs'), (entry, name) => ({
    description: text(entry, 'description', `outputs.${name}`),
  }));
  return { name: text(file, 'name'), description: text(file, 'description'), inputs, outputs };
}

/** An input and its description, without the sentence that names the default. */
const inputEntry = /^( {2}([\w-]+):\n {4}description: >-\n(?: {6}(?!Default: `).*\n)+)(?: {6}Default: `.*\n)?/gm;

/** Returns action.yml with the default of each input as the last sentence of its description. */
export function nameDefaults(yaml: string): string {
  const [inputs = '', ...rest] = yaml.split(/^(?=outputs:$)/m);
  const described = inputs.replaceAll(inputEntry, (_, entry: string, name: string) => {
    const value = inputDefaults[name] ?? '';
    return value === '' || isSecret(name) ? entry : `${entry}      Default: \`${value}\`.\n`;
  });
  return [described, ...rest].join('');
}

function runnerDefault(entry: unknown): string | undefined {
  const value = field(entry, 'default');
  return typeof value === 'string' ? value : undefined;
}

function mapEntries<T>(section: unknown, read: (entry: unknown, name: string) => T): Record<string, T> {
  if (typeof section !== 'object' || section === null) return malformed('inputs and outputs must be mappings');
  return Object.fromEntries(Object.entries(section).map(([name, entry]) => [name, read(entry, name)]));
}

function text(parent: unknown, key: string, path?: string): string {
  const value = field(parent, key);
  return typeof value === 'string' ? value : malformed(`${path === undefined ? key : `${path}.${key}`} must be a text`);
}

function field(parent: unknown, key: string): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  return (parent as Record<string, unknown>)[key];
}

function malformed(reason: string): never {
  throw new Error(`action.yml cannot be used: ${reason}.`);
}
