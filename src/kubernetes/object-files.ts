import { extname, join } from 'node:path';
import { ActionError } from '../errors/action-error.js';
import { resolveInside, resolveNamed } from '../runtime/contained-path.js';
import type { Files } from '../runtime/ports.js';
import { reasonOf } from '../runtime/thrown.js';
import { parseForeignYaml } from '../runtime/yaml.js';

/** A YAML document in a file of the user, of which nothing is known yet. */
export interface FoundObject {
  /** The path that the user knows, for error messages. */
  readonly source: string;
  readonly content: unknown;
  /** What the user has written. */
  readonly text: string;
}

/** The inputs that name files of objects, each with the code of its errors. */
const codes = { patches: 'patches-failed', resources: 'resources-failed' } as const;
type FileInput = keyof typeof codes;

const extensions = ['.yaml', '.yml', '.json'];

/**
 * Returns the documents in a file, or in the files of a folder, in the order of their names.
 * @throws ActionError `patches-failed` or `resources-failed` when a file cannot be read, a link in the folder leads out of
 * it, or the folder contains folders.
 */
export async function readObjectFiles(files: Files, input: FileInput, path: string): Promise<readonly FoundObject[]> {
  const named = await resolveInput(files, input, path);
  if (!(await files.isFolder(named))) return readFile(files, input, path, named);
  const visible = (await files.list(named)).filter(name => !name.startsWith('.')).sort();
  const areFolders = await Promise.all(visible.map(name => files.isFolder(join(named, name))));
  const folders = visible.filter((_, index) => areFolders[index]);
  if (folders.length > 0) {
    const problem = `${path} contains folders, which are not read: ${folders.join(', ')}`;
    throw problemOf(input, `${problem}. Move their files up, or name one folder.`);
  }
  const names = visible.filter(name => extensions.includes(extname(name).toLowerCase()));
  if (names.length === 0) {
    throw problemOf(input, `${path} contains no file with extension ${extensions.join(', ')}.`);
  }
  return (await Promise.all(names.map(name => readFileInside(files, input, path, name)))).flat();
}

/**
 * Returns the real path of what an input names.
 * @throws ActionError as `readObjectFiles`.
 */
export async function resolveInput(files: Files, input: FileInput, path: string): Promise<string> {
  if (!(await files.exists(path))) throw problemOf(input, `${path} does not exist.`);
  return orRefuse(input, path, () => resolveNamed(files, path));
}

/**
 * Returns the documents in a file of a folder that an input names.
 * @throws ActionError as `readObjectFiles`.
 */
export async function readFileInside(
  files: Files,
  input: FileInput,
  folder: string,
  name: string,
): Promise<readonly FoundObject[]> {
  const source = `${folder}/${name}`;
  const real = await resolveInput(files, input, folder);
  return readFile(files, input, source, await orRefuse(input, source, () => resolveInside(files, real, name)));
}

/** Reads a file from its real path. `source` is the path that the user knows. */
async function readFile(files: Files, input: FileInput, source: string, path: string): Promise<readonly FoundObject[]> {
  return parseDocuments(input, source, () => files.readText(path));
}

/**
 * Returns the documents in a text.
 * @param source what has the text, for error messages.
 * @throws ActionError `patches-failed` or `resources-failed` when it cannot be read.
 */
export async function parseDocuments(
  input: FileInput,
  source: string,
  read: () => string | Promise<string>,
): Promise<readonly FoundObject[]> {
  const documents = await orRefuse(input, source, async () => parseForeignYaml(await read()));
  return documents.map(({ value, text }) => ({ source, content: value, text }));
}

async function orRefuse<T>(input: FileInput, source: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw problemOf(input, `${source} cannot be read: ${reasonOf(error)}.`, error);
  }
}

function problemOf(input: FileInput, problem: string, cause?: unknown): ActionError {
  return new ActionError(codes[input], `${input}: ${problem}`, { cause });
}
