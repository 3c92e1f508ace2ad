import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { everyText } from './corpus.js';
import { type Row, type Rows, rows } from './rows.js';

/** A word that is in no template. */
const plain = 'quokka';

/** The functions that a module exports, by its path below src. */
async function functionsOf(module: string): Promise<readonly string[]> {
  const exported = (await import(`../../../src/${module}.js`)) as Readonly<Record<string, unknown>>;
  return Object.keys(exported).filter(name => typeof exported[name] === 'function' && !isClass(exported[name]));
}

function isClass(value: unknown): boolean {
  return String(value).startsWith('class ');
}

function modulesIn(folder: string): readonly string[] {
  const files = readdirSync(`build/src/${folder}`).filter(name => name.endsWith('.js'));
  return files.map(name => `${folder}/${name.slice(0, -'.js'.length)}`).sort();
}

function entriesOf(all: Rows): readonly (readonly [name: string, row: Row])[] {
  return Object.entries(all).flatMap(([module, functions]) =>
    Object.entries(functions).flatMap(([name, row]) =>
      typeof row === 'string' ? [] : [[`${name} of ${module}`, row] as const],
    ),
  );
}

describe('the table of text from outside', () => {
  it.each(['report', 'github'])('has every module of %s', folder => {
    const listed = Object.keys(rows).filter(module => module.startsWith(`${folder}/`));
    expect(listed.sort()).toEqual(modulesIn(folder));
  });

  it.each(Object.keys(rows))('has every function of %s', async module => {
    expect(Object.keys(rows[module] ?? {}).sort()).toEqual([...(await functionsOf(module))].sort());
  });
});

describe('text from outside is only text', () => {
  it.each(entriesOf(rows))('in %s', async (_, { reader, render }) => {
    const harmless = await render(plain);
    const problems: string[] = [];
    for (const text of everyText) {
      const found = reader(await render(text), harmless);
      if (found.length > 0) problems.push(`${JSON.stringify(text)}: ${found.join('; ')}`);
    }
    expect(problems).toEqual([]);
  });
});
