import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { readText } from './support/project-files.js';

interface Described {
  readonly description?: string;
}

interface ActionYml {
  readonly name: string;
  readonly description: string;
  readonly branding: { readonly icon: string; readonly color: string };
  readonly inputs: Readonly<Record<string, Described & { readonly required?: boolean; readonly default?: unknown }>>;
  readonly outputs: Readonly<Record<string, Described>>;
  readonly runs: {
    readonly using: string;
    readonly main: string;
    readonly post: string;
    readonly 'post-if': string;
  };
}

const action = parse(readText('action.yml')) as ActionYml;

/** Names of entries for which something does not hold. */
function failing<T>(entries: Readonly<Record<string, T>>, holds: (entry: T) => boolean): readonly string[] {
  return Object.entries(entries).flatMap(([name, entry]) => (holds(entry) ? [] : [name]));
}

describe('action.yml', () => {
  it('runs one bundle on Node 24, and the same again after the job, whatever happened', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'dist/index.js',
      post: 'dist/index.js',
      'post-if': 'always()',
    });
    expect(existsSync(action.runs.main)).toBe(true);
  });

  it('can be listed in the Marketplace', () => {
    expect(action.name).not.toBe('');
    // The Marketplace shows no more of it.
    expect(action.description.length).toBeLessThanOrEqual(125);
    expect(Object.keys(action.branding).sort()).toEqual(['color', 'icon']);
  });

  it('describes every input and output in sentences', () => {
    const isSentence = ({ description = '' }: Described): boolean => /^[A-Z`].*[.]$/s.test(description.trim());
    expect(failing(action.inputs, isSentence)).toEqual([]);
    expect(failing(action.outputs, isSentence)).toEqual([]);
  });

  it('requires no input, and lets the runner fill in only what it alone knows', () => {
    expect(failing(action.inputs, input => input.required === false)).toEqual([]);
    expect(failing(action.inputs, input => input.default === undefined)).toEqual(['instance']);
  });
});
