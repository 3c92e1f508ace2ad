import { describe, expect, it } from '@jest/globals';
import { commonInputs } from '../../../scripts/docs/common-inputs.js';
import { errorsPage } from '../../../scripts/docs/errors-page.js';
import { fillMarkers } from '../../../scripts/docs/markers.js';
import { cell, groupInputs, inputsTable, inputsTables, outputsTables, table } from '../../../scripts/docs/tables.js';
import { catalogue, catalogueGroups } from '../../../src/errors/catalogue.js';
import { inputGroups } from '../../../src/inputs/input-defaults.js';
import { actionFile, actionYaml } from './read.js';

describe('the tables of docs/inputs.md and docs/outputs.md', () => {
  it('hold every input once, in the groups of action.yml', () => {
    const groups = groupInputs(actionYaml);
    expect([...groups]).toEqual(Object.entries(inputGroups).map(([title, group]) => [title, Object.keys(group)]));
    const tables = inputsTables(actionFile, actionYaml);
    for (const name of Object.keys(actionFile.inputs)) expect(tables.split(`\n| \`${name}\` |`)).toHaveLength(2);
    expect(tables).toContain('| `location` | `eastus` | Azure region');
    expect(tables).toContain('| `license-key` | secret | Secret.');
  });

  it('hold every output once, in the groups of action.yml', () => {
    const tables = outputsTables(actionFile, actionYaml);
    expect([...tables.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name)).toEqual(Object.keys(actionFile.outputs));
    expect([...tables.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
      ...['Step', 'Cluster', 'Deployment', 'Experiments', 'Reports', 'Ownership and deletion', 'Errors'],
    ]);
  });

  it('fail when no comment names a group', () => {
    expect(() => groupInputs('inputs:\n  a: {}\n')).toThrow('no comment in action.yml names the group of a');
  });

  it('keep bars and line breaks from breaking a row', () => {
    expect(table(['a'], [[cell('x | y\n z')]])).toBe('| a |\n| --- |\n| x \\| y z |');
  });
});

describe('the table of the README', () => {
  it('holds twenty inputs, each once', () => {
    expect(new Set(commonInputs).size).toBe(20);
    const rows = inputsTable(actionFile, commonInputs).split('\n').slice(2);
    expect(rows.map(row => row.split('`')[1])).toEqual(commonInputs);
  });

  it('refuses a name that action.yml does not have', () => {
    expect(() => inputsTable(actionFile, ['regoin'])).toThrow('action.yml has no input regoin');
  });
});

describe('fillMarkers', () => {
  it('replaces what is between the markers, and only once', () => {
    const once = fillMarkers('a\n<!-- x:start -->\nold\n<!-- x:end -->\nb\n', 'x', 'new $& text\n');
    expect(once).toBe('a\n<!-- x:start -->\n\nnew $& text\n\n<!-- x:end -->\nb\n');
    expect(fillMarkers(once, 'x', 'new $& text')).toBe(once);
  });

  it.each(['', '<!-- x:start -->', '<!-- x:end --><!-- x:start -->', '<!-- x:start --><!-- x:start --><!-- x:end -->'])(
    'refuses %j',
    text => {
      expect(() => fillMarkers(text, 'x', 'new')).toThrow('needs exactly one <!-- x:');
    },
  );
});

describe('docs/errors.md', () => {
  it('has a row for every code', () => {
    const rows = errorsPage(catalogueGroups)
      .split('\n')
      .filter(line => line.startsWith('| `'));
    expect(rows.map(row => row.split('`')[1])).toEqual(Object.keys(catalogue));
  });

  it('says what happened, whether to try again and what to do', () => {
    const entry = { transient: true, meaning: 'It | broke.', hint: 'Repair it.' };
    expect(errorsPage([{ title: 'Things', entries: { broken: entry } }])).toContain(
      '## Things\n\n| code | what happened | again | what to do |\n| --- | --- | --- | --- |\n' +
        '| `broken` | It \\| broke. | yes | Repair it. |\n',
    );
  });
});
