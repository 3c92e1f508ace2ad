import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';

/** The files that match a list of patterns. */
export interface FoundFiles {
  readonly files: readonly string[];
  /** The folder to which the paths inside the artifact are relative. */
  readonly root: string;
}

/**
 * Finds what upload-artifact would: files, folders with their contents, patterns with `*`, `**` and `?`, and `!` to
 * exclude. The root is the beginning of the only pattern, or the common beginning of several; for a single file, its
 * folder. Hidden files are excluded by default, as since version 4.4 (actions/upload-artifact, README and search.ts).
 * @param patterns one per line; relative ones start in the workspace, and `~` is the home folder
 */
export async function findFiles(
  patterns: string,
  { workspace, home, hidden }: { readonly workspace: string; readonly home: string; readonly hidden: boolean },
): Promise<FoundFiles> {
  const lines = patterns
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));
  const absolute = (pattern: string): string => {
    const atHome = pattern === '~' || pattern.startsWith('~/') ? join(home, pattern.slice(1)) : pattern;
    return isAbsolute(atHome) ? resolve(atHome) : resolve(workspace, atHome);
  };
  const included = lines.filter(line => !line.startsWith('!')).map(absolute);
  const excluded = lines.filter(line => line.startsWith('!')).map(line => toExpression(absolute(line.slice(1))));
  const roots = included.map(beginningOf);
  const all = (await Promise.all(roots.map(root => filesBelow(root, hidden)))).flat();
  const wanted = included.map(toExpression);
  const files = [...new Set(all)].filter(
    file => wanted.some(expression => expression.test(file)) && !excluded.some(expression => expression.test(file)),
  );
  const [first = workspace] = roots;
  if (roots.length > 1) return { files, root: commonFolder(roots) };
  return { files, root: files.length === 1 && files[0] === first ? dirname(first) : first };
}

/** Returns the part of a pattern before its first wildcard. */
function beginningOf(pattern: string): string {
  const parts = pattern.split(sep);
  const wild = parts.findIndex(part => /[*?]/.test(part));
  return wild < 0 ? pattern : parts.slice(0, wild).join(sep) || sep;
}

/** A folder includes all its contents, so a match may end at a slash. */
function toExpression(pattern: string): RegExp {
  const parts = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\u0000')
    .replaceAll('**', '\u0001')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\u0000', '(?:.*/)?')
    .replaceAll('\u0001', '.*');
  return new RegExp(`^${parts}(?:/.*)?$`);
}

async function filesBelow(path: string, hidden: boolean): Promise<readonly string[]> {
  if (!hidden && basename(path).startsWith('.')) return [];
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return (await Promise.all(names.map(name => filesBelow(join(path, name), hidden)))).flat();
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map(path => path.split(sep));
  const length = first.findIndex((part, index) => others.some(other => other[index] !== part));
  return (length < 0 ? first : first.slice(0, length)).join(sep) || sep;
}
