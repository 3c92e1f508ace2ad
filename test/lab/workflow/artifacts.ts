import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Texts } from './tokens.js';

/** The artifacts of one run. */
export interface Artifacts {
  /** Returns folders with the contents, by name. */
  folders(): Texts;
  /** @throws Error in the words of the toolkit when the name exists, or when the name or a path is not allowed */
  create(name: string, root: string, files: readonly string[]): Promise<void>;
  /** Does nothing when no artifact has that name. */
  remove(name: string): Promise<void>;
}

/** Forbidden in a path inside an artifact; its name may have no slashes either (actions/toolkit, artifact, README). */
const forbidden = ['"', ':', '<', '>', '|', '*', '?', '\r', '\n'];

/** Creates artifacts that are kept in a folder. */
export function createArtifacts(folder: string): Artifacts {
  const folders = new Map<string, string>();
  return {
    folders: () => Object.fromEntries(folders),
    async create(name, root, files) {
      refuseCharacters('artifact name', name, [...forbidden, '\\', '/']);
      for (const file of files) refuseCharacters('path for one of the files in artifact', file, forbidden);
      if (folders.has(name)) {
        throw new Error(
          'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: ' +
            `an artifact with this name already exists on the workflow run: ${name}`,
        );
      }
      const target = join(folder, name);
      // Reserved before the first copy, so that only one of two jobs at the same time gets the name.
      folders.set(name, target);
      await mkdir(target, { recursive: true });
      for (const file of files) {
        const copy = join(target, relative(root, file));
        await mkdir(dirname(copy), { recursive: true });
        await cp(file, copy);
      }
    },
    async remove(name) {
      const target = folders.get(name);
      folders.delete(name);
      if (target !== undefined) await rm(target, { recursive: true, force: true });
    },
  };
}

function refuseCharacters(what: string, text: string, characters: readonly string[]): void {
  const found = characters.find(character => text.includes(character));
  if (found !== undefined) {
    throw new Error(`The ${what} is not valid: ${text}. Contains the following character: ${JSON.stringify(found)}`);
  }
}
