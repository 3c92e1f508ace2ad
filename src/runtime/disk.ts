import { dirname } from 'node:path';
import { ActionError } from '../errors/action-error.js';
import { mkdir, stat } from './file-system.js';
import { codeOf, reasonOf } from './thrown.js';

/**
 * Runs a write to the disk of the runner. @throws ActionError `file-unwritable` with the path and the reason of the
 * system, such as a full disk.
 */
export async function orUnwritable<T>(path: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw new ActionError('file-unwritable', `${path} could not be written: ${reasonOf(cause)}.`, { cause });
  }
}

/**
 * Makes a folder with its parents. The recursive mkdir of Node never returns where the system allows no new folder in an
 * existing one, such as /proc.
 */
export async function makeFolders(path: string, mode: number, makeParents = true): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (codeOf(error) !== 'ENOENT' || !makeParents || parent === path) throw error;
    await makeFolders(parent, mode);
    await makeFolders(path, mode, false);
  }
}
