import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Files } from './ports.js';

/**
 * Returns the real path of a file or folder that the user named. A path inside the workspace must stay there, so that a
 * link in a pull request cannot name another file of the runner.
 * @throws Error when a link leads out of the workspace, or nothing is there.
 */
export async function resolveNamed(files: Files, path: string): Promise<string> {
  const workspace = await files.realPath('.');
  const real = await files.realPath(path);
  if (isInside(workspace, resolve(workspace, path)) && !isInside(workspace, real)) {
    throw new Error('it is a link to a place outside of the workspace');
  }
  return real;
}

/**
 * Returns the real path of a file or folder in the workspace.
 * @throws Error when it is outside, also by a link, or nothing is there.
 */
export async function resolveInWorkspace(files: Files, path: string): Promise<string> {
  const real = await files.realPath(path);
  if (!isInside(await files.realPath('.'), real)) throw new Error('it is outside of the workspace');
  return real;
}

/**
 * Returns the real path of a name in a folder.
 * @throws Error when a link leads out of the folder, or nothing is there.
 */
export async function resolveInside(files: Files, folder: string, name: string): Promise<string> {
  const real = await files.realPath(join(folder, name));
  if (!isInside(await files.realPath(folder), real)) throw new Error('it is a link to a place outside of its folder');
  return real;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}
