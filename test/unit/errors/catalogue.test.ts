import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { catalogue, type CatalogueEntry, catalogueGroups } from '../../../src/errors/catalogue.js';

const entries: [string, CatalogueEntry][] = Object.entries(catalogue);

const actionFile = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> };

/** Lone words in backticks are names of inputs; commands and settings hold a space or a colon. */
function inputsNamedIn(hint: string): string[] {
  return [...hint.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(match => match[1] ?? '');
}

describe('the catalogue of errors', () => {
  it.each(entries)('%s says in one sentence what happened, and in whole sentences what to do', (_, entry) => {
    expect(entry.meaning).toMatch(/^[A-Z][^\n]+[^.]\.$/);
    expect(entry.meaning).not.toMatch(/\. [A-Z]/);
    expect(entry.hint).toMatch(/^[A-Z][^\n]+[^.]\.$/);
  });

  it.each(entries)('%s names only inputs that action.yml has', (_, entry) => {
    for (const name of inputsNamedIn(entry.hint)) expect(Object.keys(actionFile.inputs)).toContain(name);
  });

  it('names inputs in backticks throughout, so that the check above sees them', () => {
    const compound = Object.keys(actionFile.inputs).filter(name => name.includes('-'));
    const bare = entries.flatMap(([code, { hint }]) =>
      compound
        .filter(name => new RegExp(`(?<![\`\\w-])${name}(?![\`\\w-])`).test(hint))
        .map(name => `${code}: ${name}`),
    );
    expect(bare).toEqual([]);
  });

  it.each(entries.map(([code]) => code))('%s is a code in kebab case', code => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('lists every code under exactly one heading', () => {
    const grouped = catalogueGroups.flatMap(group => Object.keys(group.entries));
    expect([...grouped].sort()).toEqual(Object.keys(catalogue).sort());
    expect(new Set(grouped).size).toBe(grouped.length);
  });

  it('calls transient what passes by itself, and nothing that a person must change first', () => {
    const transient = entries.filter(([, entry]) => entry.transient).map(([code]) => code);
    expect(transient).toContain('azure-throttled');
    expect(transient).toContain('image-rate-limit');
    for (const code of ['invalid-input', 'azure-quota', 'azure-forbidden', 'crash-loop', 'ownership-mismatch']) {
      expect(transient).not.toContain(code);
    }
  });
});
