import { isMap, isScalar, parseDocument } from 'yaml';
import { isSecret } from '../../src/inputs/secret-inputs.js';
import type { ActionFile } from './action-file.js';

type Section = 'inputs' | 'outputs';

/** Returns all inputs of action.yml, as one table for each group. */
export function inputsTables(actionFile: ActionFile, yaml: string): string {
  return tables(groupsOf(yaml, 'inputs'), names => inputsTable(actionFile, names));
}

/** Returns all outputs of action.yml, as one table for each group. */
export function outputsTables(actionFile: ActionFile, yaml: string): string {
  return tables(groupsOf(yaml, 'outputs'), names => outputsTable(actionFile, names));
}

function tables(groups: ReadonlyMap<string, readonly string[]>, tableOf: (names: readonly string[]) => string): string {
  return [...groups].map(([title, names]) => `## ${title}\n\n${tableOf(names)}`).join('\n\n');
}

/**
 * Returns one table of these inputs.
 * @throws Error when action.yml does not have one of them.
 */
export function inputsTable({ inputs }: ActionFile, names: readonly string[]): string {
  const rows = names.map(name => {
    const input = inputs[name];
    if (input === undefined) throw new Error(`action.yml has no input ${name}`);
    return [`\`${name}\``, defaultCell(name, input.default), cell(input.description)];
  });
  return table(['input', 'default', 'meaning'], rows);
}

function outputsTable({ outputs }: ActionFile, names: readonly string[]): string {
  return table(
    ['output', 'meaning'],
    names.map(name => [`\`${name}\``, cell(outputs[name]?.description ?? '')]),
  );
}

/** Returns the names of the inputs by group, in the order of action.yml. */
export function groupInputs(yaml: string): ReadonlyMap<string, readonly string[]> {
  return groupsOf(yaml, 'inputs');
}

/** Groups the entries of a section; the comment above the first entry of a group is the title of the group. */
function groupsOf(yaml: string, section: Section): ReadonlyMap<string, readonly string[]> {
  const entries: unknown = parseDocument(yaml).get(section);
  if (!isMap(entries)) throw new Error(`action.yml has no mapping named ${section}`);
  const groups = new Map<string, string[]>();
  // YAML attaches the comment above the first key of a mapping to the mapping.
  let title = (entries.commentBefore ?? '').trim();
  for (const { key } of entries.items) {
    if (!isScalar(key) || typeof key.value !== 'string')
      throw new Error(`every entry of ${section} needs a plain name`);
    title = key.commentBefore?.trim() ?? title;
    if (title === '') throw new Error(`no comment in action.yml names the group of ${key.value}`);
    groups.set(title, [...(groups.get(title) ?? []), key.value]);
  }
  return groups;
}

function defaultCell(name: string, text: string): string {
  if (isSecret(name)) return 'secret';
  return text === '' ? '' : `\`${text}\``;
}

/** Returns a text as one cell: in Markdown a bar would end the cell, and a line break the row. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}

/** Returns a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n');
}
