import { ActionError } from '../errors/action-error.js';
import { asRecord } from '../runtime/json.js';
import type { Files } from '../runtime/ports.js';
import { parseDocuments, readFileInside, readObjectFiles, resolveInput } from './object-files.js';

/** A patch, as kustomize reads it from a file. */
export interface Patch {
  /** The file of the user, for error messages. */
  readonly source: string;
  /** The objects that it changes, as kustomize selects them. A strategic merge patch names its only one itself. */
  readonly target: Readonly<Record<string, unknown>>;
  /** The fields at the top of an object that it may add. */
  readonly fields: readonly string[];
  /** What the user has written: kustomize reads it, so that a value means what it means to kubectl. */
  readonly text: string;
}

/** Everything in a file or folder of patches. */
export interface PatchFiles {
  readonly patches: readonly Patch[];
  /** The other fields of a kustomization that change objects. */
  readonly transformations: Readonly<Record<string, unknown>>;
}

/** The names that kustomize knows, in its order. */
const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** Fields that change the objects that exist, and name no file. Others may read files and addresses from anywhere. */
const transformations = ['images', 'labels', 'commonAnnotations'];
const knownFields = ['apiVersion', 'kind', 'metadata', 'patches', ...transformations];

/**
 * Reads patches: those that the kustomization of a folder lists; without one, strategic merge patches in a file or in the
 * files of a folder, each of which identifies its object by kind and name.
 * @throws ActionError `patches-failed` when a file cannot be read, a link leads out of the folder, the folder without a
 * kustomization contains folders, or the kustomization has fields that do not change the objects of a deployment.
 */
export async function readPatches(files: Files, path: string): Promise<PatchFiles> {
  const name = await findKustomization(files, path);
  if (name !== undefined) return readKustomization(files, path, name);
  const found = await readObjectFiles(files, 'patches', path);
  const patches = found.map(({ source, content, text }) => readPatch(`a document in ${source}`, source, content, text));
  return { patches, transformations: {} };
}

async function findKustomization(files: Files, path: string): Promise<string | undefined> {
  const named = await resolveInput(files, 'patches', path);
  if (!(await files.isFolder(named))) return undefined;
  const present = await files.list(named);
  return kustomizationNames.find(name => present.includes(name));
}

/** See "The Kustomization File" in the reference of kubectl, kubectl.docs.kubernetes.io/references/kustomize. */
async function readKustomization(files: Files, path: string, name: string): Promise<PatchFiles> {
  const source = `${path}/${name}`;
  const documents = await readFileInside(files, 'patches', path, name);
  const content = asRecord(documents[0]?.content);
  const unknown = Object.keys(content).filter(field => !knownFields.includes(field));
  if (documents.length !== 1 || unknown.length > 0) {
    const found = documents.length === 1 ? `has the fields ${unknown.join(', ')}` : `has ${documents.length} documents`;
    const remedy = `it may have patches, ${transformations.join(', ')}; put further objects under the input resources`;
    throw problemOf(`${source} ${found}, which are not used`, remedy);
  }
  const others = Object.entries(content).filter(([field]) => transformations.includes(field));
  const { patches: entries = [] } = content;
  if (!Array.isArray(entries) || entries.length + others.length === 0) {
    throw problemOf(`${source} has no list of patches`, 'write patches: and an item for each');
  }
  const patches = entries.map((entry, index) =>
    readEntry(files, path, `patches[${index}] of ${source}`, asRecord(entry)),
  );
  return { patches: (await Promise.all(patches)).flat(), transformations: Object.fromEntries(others) };
}

/** Reads an item of `patches`: a text or a file, with strategic merge patches or a JSON patch (RFC 6902). */
async function readEntry(
  files: Files,
  folder: string,
  what: string,
  { path, patch, target, ...others }: Readonly<Record<string, unknown>>,
): Promise<readonly Patch[]> {
  const isFile = typeof path === 'string';
  if (isFile === (typeof patch === 'string') || Object.keys(others).length > 0) {
    throw problemOf(`${what} must have a path or a patch, and may have a target`, 'remove everything else');
  }
  if (isFile && /^\/|^[a-z][a-z\d+.-]*:|(?:^|\/)\.\.(?:\/|$)/i.test(path)) {
    throw problemOf(`${what} names ${path}, which is not in its folder`, 'copy the file into the folder');
  }
  const source = isFile ? `${folder}/${path}` : what;
  const documents = isFile
    ? await readFileInside(files, 'patches', folder, path)
    : await parseDocuments('patches', what, () => String(patch));
  if (target === undefined || target === null) {
    return documents.map(({ content, text }) => readPatch(what, source, content, text));
  }
  const text = documents.map(document => document.text).join('');
  return [{ source, target: asRecord(target), fields: documents.flatMap(({ content }) => fieldsOf(content)), text }];
}

/** Returns a strategic merge patch, which identifies its object itself. */
function readPatch(what: string, source: string, content: unknown, text: string): Patch {
  const { kind, metadata } = asRecord(content);
  const { name } = asRecord(metadata);
  if (typeof kind !== 'string' || typeof name !== 'string') {
    const rule = 'each document must have the kind and the metadata.name of the object to patch';
    const list = 'a list of JSON patches needs a target, in a kustomization.yaml';
    throw problemOf(`${what} does not identify an object`, Array.isArray(content) ? list : rule);
  }
  // With an explicit target, a patch does not need the namespace, which the user may not know.
  return { source, target: { kind, name }, fields: fieldsOf(content), text };
}

/** Returns the fields at the top of an object that a patch of either form may add. */
function fieldsOf(content: unknown): readonly string[] {
  return Array.isArray(content)
    ? content.flatMap(operation => String(asRecord(operation)['path']).split('/')[1] ?? [])
    : Object.keys(asRecord(content));
}

function problemOf(problem: string, remedy: string): ActionError {
  return new ActionError('patches-failed', `patches: ${problem}; ${remedy}.`);
}
