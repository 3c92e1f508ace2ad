import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { catalogue, type CatalogueEntry, catalogueGroups } from '../../../src/errors/catalogue.js';

const entries: [string, CatalogueEntry][] = Object.entries(catalogue);

const actionFile = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> };

/** Single words in backticks are names of inputs; commands and settings contain a space or a colon. */
function inputsNamedIn(hint: string): string[] {
  return [...hint.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(match => match[1] ?? '');
}

describe('the error catalogue', () => {
  it.each(entries)('%s has a meaning of one sentence and a hint of full sentences', (_, entry) => {
    expect(entry.meaning).toMatch(/^[A-Z][^\n]+[^.]\.$/);
    expect(entry.meaning).not.toMatch(/\. [A-Z]/);
    expect(entry.hint).toMatch(/^[A-Z][^\n]+[^.]\.$/);
  });

  it.each(entries)('%s names only inputs that exist in action.yml', (_, entry) => {
    for (const name of inputsNamedIn(entry.hint)) expect(Object.keys(actionFile.inputs)).toContain(name);
  });

  it('always puts names of inputs in backticks, so that the check above finds them', () => {
    const compound = Object.keys(actionFile.inputs).filter(name => name.includes('-'));
    const bare = entries.flatMap(([code, { hint }]) =>
      compound
        .filter(name => new RegExp(`(?<![\`\\w-])${name}(?![\`\\w-])`).test(hint))
        .map(name => `${code}: ${name}`),
    );
    expect(bare).toEqual([]);
  });

  it.each(entries.map(([code]) => code))('%s is in kebab case', code => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('lists every code under exactly one heading', () => {
    const grouped = catalogueGroups.flatMap(group => Object.keys(group.entries));
    expect([...grouped].sort()).toEqual(Object.keys(catalogue).sort());
    expect(new Set(grouped).size).toBe(grouped.length);
  });

  it('marks as transient only errors that may resolve without a change', () => {
    const transient = entries.filter(([, entry]) => entry.transient).map(([code]) => code);
    expect(transient).toContain('azure-throttled');
    expect(transient).toContain('image-rate-limit');
    for (const code of ['invalid-input', 'azure-quota', 'azure-forbidden', 'crash-loop', 'ownership-mismatch']) {
      expect(transient).not.toContain(code);
    }
  });
});
