import { parse } from 'yaml';
import { ActionError } from '../errors/action-error.js';

/** One input of action.yml. */
export interface InputDeclaration {
  readonly description: string;
  /** The raw text in the file; may contain a GitHub expression. */
  readonly default: string;
}

/** One output of action.yml. */
export interface OutputDeclaration {
  readonly description: string;
}

/** The content of action.yml: the public names, their descriptions and the defaults. */
export interface ActionFile {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
}

/**
 * Parses the text of action.yml; its syntax is in "Metadata syntax for GitHub Actions" of the GitHub documentation.
 * @throws ActionError `internal` when a description or a default is missing: the file is part of this action.
 */
export function parseActionFile(yaml: string): ActionFile {
  const file: unknown = parse(yaml);
  const inputs = mapEntries(field(file, 'inputs'), (entry, name) => ({
    description: text(entry, 'description', `inputs.${name}`),
    default: text(entry, 'default', `inputs.${name}`),
  }));
  const outputs = mapEntries(field(file, 'outputs'), (entry, name) => ({
    description: text(entry, 'description', `outputs.${name}`),
  }));
  return { name: text(file, 'name'), description: text(file, 'description'), inputs, outputs };
}

function mapEntries<T>(section: unknown, read: (entry: unknown, name: string) => T): Record<string, T> {
  if (typeof section !== 'object' || section === null) throw malformed('inputs and outputs must be mappings');
  return Object.fromEntries(Object.entries(section).map(([name, entry]) => [name, read(entry, name)]));
}

function text(parent: unknown, key: string, path?: string): string {
  const value = field(parent, key);
  if (typeof value === 'string') return value;
  throw malformed(`${path === undefined ? key : `${path}.${key}`} must be a text`);
}

function field(parent: unknown, key: string): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  return (parent as Record<string, unknown>)[key];
}

function malformed(reason: string): ActionError {
  return new ActionError('internal', `action.yml cannot be used: ${reason}.`);
}
