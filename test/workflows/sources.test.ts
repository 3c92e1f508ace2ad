import { describe, expect, it } from '@jest/globals';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, readText } from './support/project-files.js';

const sources = filesBelow('src', '.ts');
const entry = 'src/index.ts';
/** The small programs of the workflows. */
const workflowEntries = ['src/workflows/fold-step.ts', 'src/workflows/plan-step.ts'];
/** What GitHub runs. */
const entries = [entry, ...workflowEntries];
const longestBytes = 12 * 1024;

/** What a source file imports, as written. */
function importsOf(path: string): readonly string[] {
  return [...readText(path).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, module = '']) => module);
}

/** The source files that a source file imports. */
function neighboursOf(path: string): readonly string[] {
  return importsOf(path)
    .filter(module => module.startsWith('.') && module.endsWith('.js'))
    .map(module => join(dirname(path), module).replace(/\.js$/, '.ts'));
}

function reachableFrom(start: string): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const path of seen) for (const next of neighboursOf(path)) seen.add(next);
  return seen;
}

/** The first folder of a path below src; for a file that lies directly in it, its name. */
function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** The first two folders of a path below src; for a file that lies directly in the first, that folder and its name. */
function innerFolderOf(path: string): string {
  return path.split('/').slice(1, 3).join('/');
}

/**
 * What each folder may import besides itself. Data flows one way, from inputs to reports, and what lies below knows
 * nothing of what lies above: a row names only rows above it.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  runtime: ['errors'],
  journal: ['errors', 'runtime'],
  report: ['runtime', 'journal'],
  github: ['runtime', 'journal', 'report'],
  kubernetes: ['errors', 'runtime', 'journal'],
  azure: ['errors', 'runtime', 'journal'],
  migratorydata: ['errors', 'runtime', 'journal', 'kubernetes'],
  chaos: ['errors', 'runtime', 'journal', 'kubernetes', 'migratorydata'],
  inputs: ['errors', 'runtime', 'journal', 'github', 'azure', 'migratorydata', 'chaos'],
  'step-context': ['errors', 'runtime', 'journal', 'kubernetes', 'azure', 'migratorydata', 'chaos', 'inputs'],
  operations: [
    ...['errors', 'runtime', 'journal', 'report', 'github', 'kubernetes', 'azure', 'migratorydata', 'chaos', 'inputs'],
    'step-context',
  ],
  workflows: ['errors', 'runtime', 'journal', 'report', 'chaos', 'inputs'],
  'post.ts': ['errors', 'runtime', 'journal', 'inputs', 'step-context'],
  'main.ts': ['errors', 'runtime', 'journal', 'report', 'github', 'inputs', 'step-context', 'operations'],
  'action.ts': ['errors', 'runtime', 'main.ts', 'post.ts'],
  'index.ts': ['action.ts'],
};

/** What each folder within `azure` and `kubernetes` may import of the same room, besides itself. */
const innerLayers: Readonly<Record<string, readonly string[]>> = {
  'azure/errors': [],
  'azure/cli': ['azure/spec.ts', 'azure/effect.ts', 'azure/errors'],
  'azure/arm': ['azure/effect.ts', 'azure/errors', 'azure/cli'],
  'azure/ownership': [],
  'azure/cluster': ['azure/spec.ts', 'azure/ref.ts', 'azure/errors', 'azure/cli', 'azure/arm', 'azure/ownership'],
  'azure/deletion': ['azure/ref.ts', 'azure/arm', 'azure/ownership', 'azure/cluster'],
  'azure/creation': ['azure/spec.ts', 'azure/arm', 'azure/ownership', 'azure/cluster', 'azure/deletion'],
  'azure/machines': ['azure/ref.ts', 'azure/cli', 'azure/arm', 'azure/ownership', 'azure/cluster'],
  'azure/preflight': [
    ...['azure/spec.ts', 'azure/role-actions.ts', 'azure/cli', 'azure/arm', 'azure/cluster', 'azure/creation'],
  ],
  'kubernetes/api': [],
  'kubernetes/informer': ['kubernetes/api'],
  'kubernetes/rollout': ['kubernetes/pods.ts', 'kubernetes/api', 'kubernetes/informer'],
};

describe('the sources', () => {
  it('are all part of a bundle', () => {
    const reached = new Set(entries.flatMap(path => [...reachableFrom(path)]));
    expect(sources.filter(path => !reached.has(path))).toEqual([]);
    expect([...reached].filter(path => !sources.includes(path))).toEqual([]);
  });

  it('use the Actions toolkit only in adapters', () => {
    const users = sources.filter(path => importsOf(path).some(module => module.startsWith('@actions/')));
    expect(users.filter(path => folderOf(path) !== 'runtime')).toEqual([]);
    expect(users).not.toEqual([]);
  });

  it('keep their layers', () => {
    const breaches = sources.flatMap(path => {
      const folder = folderOf(path);
      const allowed = [folder, ...(layers[folder] ?? [])];
      return neighboursOf(path)
        .filter(other => !allowed.includes(folderOf(other)))
        .map(other => `${path} imports ${other}`);
    });
    expect(breaches).toEqual([]);
  });

  it('keep the layers within a folder, where each row is what is used', () => {
    const inner = sources.filter(path => /^src\/(azure|kubernetes)\/.*\//.test(path));
    const used = Object.fromEntries(inner.map(path => [innerFolderOf(path), new Set<string>()]));
    for (const path of inner) {
      for (const other of neighboursOf(path)) {
        const same = innerFolderOf(other) === innerFolderOf(path);
        if (folderOf(other) === folderOf(path) && !same) used[innerFolderOf(path)]?.add(innerFolderOf(other));
      }
    }
    const rows = Object.entries(innerLayers).map(([folder, below]) => [folder, new Set(below)]);
    expect(used).toEqual(Object.fromEntries(rows));
  });

  it('are described in docs/architecture.md, folder by folder', () => {
    const [, section = ''] = readText('docs/architecture.md').split('## Folders\n');
    const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([\w./-]+)` \|/gm)];
    expect(rows.map(([, folder]) => folder)).toEqual([...Object.keys(layers), ...Object.keys(innerLayers)]);
  });

  it('give no layer what it does not use', () => {
    const used = new Set(
      sources.flatMap(path => neighboursOf(path).map(other => `${folderOf(path)} uses ${folderOf(other)}`)),
    );
    const unused = Object.entries(layers).flatMap(([folder, below]) =>
      below.map(other => `${folder} uses ${other}`).filter(use => !used.has(use)),
    );
    expect(unused).toEqual([]);
  });

  it('import in no circle, not even types', () => {
    const circular = sources.filter(path => neighboursOf(path).some(next => reachableFrom(next).has(path)));
    expect(circular).toEqual([]);
  });

  it('know the adapters only where they are put together', () => {
    // node:path only computes.
    const adapters = sources.filter(
      path =>
        folderOf(path) === 'runtime' && importsOf(path).some(module => /^(@actions\/|node:(?!path$))/.test(module)),
    );
    const users = sources.filter(
      path => folderOf(path) !== 'runtime' && neighboursOf(path).some(other => adapters.includes(other)),
    );
    expect(users).toEqual(['src/action.ts', ...workflowEntries]);
  });

  it('load node:crypto only when it is needed', () => {
    const eager = [...reachableFrom('src/action.ts')].filter(path => importsOf(path).includes('node:crypto'));
    expect(eager).toEqual([]);
  });

  it('have no file that is too long to read in one go', () => {
    expect(sources.filter(path => statSync(path).size > longestBytes)).toEqual([]);
  });
});
