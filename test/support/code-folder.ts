import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';

const folder = resolve('build', 'compiled-code');

/**
 * Returns the folder in which the steps of all tests keep the code that V8 compiles, as the value of NODE_COMPILE_CACHE:
 * otherwise, the first step of each job would compile it again.
 */
export async function sharedCodeFolder(): Promise<string> {
  // Only its owner may change it; otherwise the action does not use it.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
