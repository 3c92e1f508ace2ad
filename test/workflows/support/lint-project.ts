import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesBelow, readText } from './project-files.js';

/** The files of a repository by path, as linters shall see them. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** All of this project that a linter of GitHub Actions understands, and what those files refer to. */
export function lintedFiles(): ProjectFiles {
  const paths = [
    'action.yml',
    ...filesBelow('.github', '.yml'),
    ...filesBelow('examples', '.yml'),
    // actionlint looks whether the files are there that action.yml names.
    ...filesBelow('dist', '.js'),
  ];
  return Object.fromEntries(paths.filter(existsSync).map(path => [path, path.endsWith('.yml') ? readText(path) : '']));
}

/** The owner of this action in the copies, for the documents write a placeholder that no reference may contain. */
export const copiedOwner = 'owner';

/** A folder with a copy of the files, removed at its disposal. */
export interface LintProject extends AsyncDisposable {
  readonly folder: string;
  /** The file of the project whose copy a linter names. */
  original(path: string): string;
}

/**
 * Lays the files out as a repository. Examples come where workflows lie, since a linter knows workflows by their place.
 * The files may be changed on the way, but not their lines.
 */
export async function layOut(files: ProjectFiles, change: (text: string) => string): Promise<LintProject> {
  const folder = await mkdtemp(join(tmpdir(), 'workflows-'));
  // By such a folder actionlint finds the root of a repository.
  await mkdir(join(folder, '.git'));
  const originals = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    const place = path.replace(/^examples\/(.*)$/, (_, name: string) => {
      return `.github/workflows/example-${name.replaceAll('/', '-')}`;
    });
    originals.set(place, path);
    await mkdir(dirname(join(folder, place)), { recursive: true });
    await writeFile(join(folder, place), change(text.replaceAll('<owner>', copiedOwner)));
  }
  return {
    folder,
    original: path => originals.get(path) ?? path,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Writes references to this very repository as paths. actionlint 1.7.12 knows neither `$/` (rhysd/actionlint issue 711)
 * nor what a repository elsewhere holds, but it follows paths: so it compares inputs, secrets and outputs with the
 * action or workflow that is meant, in place of refusing the reference.
 */
export function withLocalReferences(text: string): string {
  const ownReference = new RegExp(String.raw`\b${copiedOwner}/migratorydata-aks((?:/[\w./-]+)?)@v\d+`, 'g');
  return text.replaceAll(/^([ -]*uses: *)(\S+)/gm, (_, key: string, reference: string) => {
    const local = reference.replace(ownReference, (__, path: string) => `.${path === '' ? '/' : path}`);
    return `${key}${local.replace(/^\$\//, './')}`;
  });
}
