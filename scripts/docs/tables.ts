import { isMap, isScalar, parseDocument } from 'yaml';
import type { ActionFile } from '../../src/inputs/action-file.js';
import { isSecret } from '../../src/inputs/secret-inputs.js';

/** The inputs of action.yml as one table for each group; a group is named by the comment above its first input. */
export function inputsTables(actionFile: ActionFile, yaml: string): string {
  const groups = groupInputs(yaml);
  return [...groups].map(([title, names]) => `### ${title}\n\n${inputsTable(actionFile, names)}`).join('\n\n');
}

function inputsTable({ inputs }: ActionFile, names: readonly string[]): string {
  const rows = names.map(name => {
    const input = inputs[name];
    if (input === undefined) throw new Error(`action.yml has no input ${name}`);
    return [`\`${name}\``, defaultCell(name, input.default), cell(input.description)];
  });
  return table(['input', 'default', 'meaning'], rows);
}

/** The outputs of action.yml as one table. */
export function outputsTable({ outputs }: ActionFile): string {
  const rows = Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, cell(description)]);
  return table(['output', 'meaning'], rows);
}

/** The names of the inputs by group, in the order of the file. */
export function groupInputs(yaml: string): ReadonlyMap<string, readonly string[]> {
  const inputs: unknown = parseDocument(yaml).get('inputs');
  if (!isMap(inputs)) throw new Error('action.yml has no mapping named inputs');
  const groups = new Map<string, string[]>();
  // The comment above the first key of a mapping belongs to the mapping.
  let title = (inputs.commentBefore ?? '').trim();
  for (const { key } of inputs.items) {
    if (!isScalar(key) || typeof key.value !== 'string') throw new Error('every input must have a plain name');
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

/** A text as one cell: Markdown would end the cell at a bar and the row at a line break. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n');
}
