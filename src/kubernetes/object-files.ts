import { extname } from 'node:path';
import { ActionError } from '../errors/action-error.js';
import { resolveInside, resolveNamed } from '../runtime/contained-path.js';
import { parseForeignYaml } from '../runtime/foreign-yaml.js';
import type { Files } from '../runtime/ports.js';

/** An object in a file of the user, of which nothing is known yet. */
export interface FoundObject {
  /** The path that the user knows, for error messages. */
  readonly source: string;
  readonly content: unknown;
}

const extensions = ['.yaml', '.yml', '.json'];

/**
 * Returns the objects in a file, or in the files of a folder, in the order of their names.
 * @throws ActionError `resources-failed` when a file cannot be read, or a link in the folder leads out of it.
 */
export async function readObjectFiles(files: Files, path: string): Promise<readonly FoundObject[]> {
  const isRead = (name: string): boolean => extensions.includes(extname(name));
  const named = await orRefuse(path, () => resolveNamed(files, path));
  if (isRead(path)) return readFile(files, path, named);
  const names = (await orRefuse(path, () => files.list(named))).filter(isRead).sort();
  if (names.length === 0) {
    const message = `resources: ${path} contains no file with extension ${extensions.join(', ')}.`;
    throw new ActionError('resources-failed', message);
  }
  const found = names.map(async name => {
    const source = `${path}/${name}`;
    return readFile(files, source, await orRefuse(source, () => resolveInside(files, named, name)));
  });
  return (await Promise.all(found)).flat();
}

async function readFile(files: Files, source: string, path: string): Promise<readonly FoundObject[]> {
  const contents = await orRefuse(source, async () => parseForeignYaml(await files.readText(path)));
  return contents.map(content => ({ source, content }));
}

async function orRefuse<T>(source: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ActionError('resources-failed', `resources: ${source} cannot be read: ${reason}.`, { cause: error });
  }
}
