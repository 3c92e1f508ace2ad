import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Texts } from './tokens.js';

/** The artifacts of one run. */
export interface Artifacts {
  /** Folders with the contents, by name. */
  folders(): Texts;
  /** @throws Error in the toolkit's words when there is one of that name, or the name or a path is not allowed */
  create(name: string, root: string, files: readonly string[]): Promise<void>;
  /** Nothing happens when there is none of that name. */
  remove(name: string): Promise<void>;
}

/** What may not be in a path inside an artifact; in its name, slashes neither (actions/toolkit, artifact, README). */
const forbidden = ['"', ':', '<', '>', '|', '*', '?', '\r', '\n'];

/** Artifacts that are kept in a folder. */
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
      // Taken before the first copy, so that of two jobs at the same time only one has it.
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
