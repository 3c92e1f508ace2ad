import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The text of a file of the project; tests run in its root. */
export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The files below a folder whose names end so, sorted; none where the folder does not exist. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => join(folder, name))
    .sort();
}

/** What a person reads: the pages at the root and in docs, and notes that lie beside what they explain. */
export function documents(): readonly string[] {
  const root = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
  return [...root, ...filesBelow('docs', '.md'), ...filesBelow('test', '.md'), ...filesBelow('examples', '.md')];
}

/** Workflows that users copy. */
export function exampleFiles(): readonly string[] {
  return filesBelow('examples', '.yml');
}

/** The project's own CI: workflows whose names begin so. */
export function ciFiles(): readonly string[] {
  return filesBelow('.github/workflows', '.yml').filter(path => basename(path).startsWith('ci'));
}
