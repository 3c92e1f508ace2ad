import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The absolute path of a file of this repository that the compiler does not copy, such as go.mod. The compiled code
 * lies at another depth than the source, so the folders above it are searched, then those above the working folder.
 * @throws Error when it is nowhere.
 */
export function projectFile(relative: string): string {
  for (const start of [dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; ; folder = dirname(folder)) {
      const file = join(folder, relative);
      if (existsSync(file)) return file;
      if (folder === dirname(folder)) break;
    }
  }
  throw new Error(`${relative} was not found in any folder above the lab's code or the working folder`);
}
