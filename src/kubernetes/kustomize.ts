import { basename, extname } from 'node:path';
import { ActionError } from '../errors/action-error.js';
import type { Files, Ports } from '../runtime/ports.js';
import { onlyResult } from '../runtime/program-output.js';
import { parseForeignYaml, writeYaml } from '../runtime/yaml.js';
import { readObjectFiles } from './object-files.js';
import type { KubernetesObject } from './types.js';

/** A patch of one object, as kustomize reads it from a file. */
export interface Patch {
  /** The file of the user, for error messages. */
  readonly source: string;
  /** The object that it identifies. */
  readonly content: KubernetesObject;
  /** What the user has written: kustomize reads it, so that a value means what it means to kubectl. */
  readonly text: string;
}

/**
 * Applies the user's patches to the manifests with the kustomize of kubectl. `patches` is a file or a folder of files;
 * each document is a strategic merge patch that identifies its object by kind and name. Secrets cannot be patched and
 * are never written to a file; they are returned last. Without patches, no process is started.
 * @throws ActionError `patches-failed` with the message of kustomize when a file cannot be read or applied, a link in
 * the folder leads out of it, or the folder contains folders.
 */
export async function applyPatches(
  ports: Pick<Ports, 'runner' | 'files' | 'run'>,
  objects: readonly KubernetesObject[],
  patches: string,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  if (patches === '') return objects;
  const found = await readPatches(ports.files, patches);
  const patched = objects.filter(({ kind }) => kind !== 'Secret');
  const secrets = objects.filter(({ kind }) => kind === 'Secret');
  rejectUnmatchedPatches(found, patched);
  const folder = `${ports.run.tempFolder}/kustomize-${crypto.randomUUID()}`;
  try {
    await ports.files.makeFolder(folder, 0o700);
    for (const { name, text } of kustomization(patched, found)) await ports.files.writeText(`${folder}/${name}`, text);
    const argv = ['kustomize', folder];
    const why = 'apply the patches to the manifests';
    const result = await ports.runner.run({ tool: 'kubectl', argv, why, timeoutMs: 60_000 }, signal);
    if (result.code !== 0) {
      const reason = result.stderr
        .trim()
        .replaceAll(`${folder}/`, '')
        .replace(/^error: /, '');
      throw new ActionError('patches-failed', `The patches in ${patches} cannot be applied: ${reason}`);
    }
    const results = parseOutput(result.stdout);
    rejectForeignFields(results, [...patched, ...found.map(({ content }) => content)]);
    return [...results, ...secrets];
  } finally {
    await ports.files.remove(folder);
  }
}

function parseOutput(output: string): readonly KubernetesObject[] {
  try {
    return parseForeignYaml(output).map(({ value }) => value as KubernetesObject);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `patches: the output of kubectl kustomize cannot be read: ${reason}.`;
    throw new ActionError('patches-failed', message, { cause: error });
  }
}

/** Rejects what kustomize cannot have printed: a line of a wrapper of kubectl looks like one more field of an object. */
function rejectForeignFields(output: readonly object[], sources: readonly object[]): void {
  const known = sources.flatMap(Object.keys);
  const foreign = output.flatMap(Object.keys).find(field => !known.includes(field));
  if (foreign === undefined) return;
  const message = `patches: the output of kubectl kustomize has the field ${foreign}, which no manifest and no patch has.`;
  throw new ActionError('patches-failed', message, { hint: onlyResult('kubectl') });
}

/** Rejects patches without a target: kustomize ignores them, and the user would not notice. */
function rejectUnmatchedPatches(patches: readonly Patch[], objects: readonly KubernetesObject[]): void {
  const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;
  const known = objects.map(nameOf);
  const unmatched = patches.filter(({ content }) => !known.includes(nameOf(content)));
  if (unmatched.length === 0) return;
  const list = unmatched.map(({ source, content }) => `${nameOf(content)} (${source})`).join(', ');
  const message = `patches: ${list} does not exist; these objects can be patched: ${known.join(', ')}.`;
  throw new ActionError('patches-failed', message);
}

/** Returns the files of a kustomize folder: the manifests, the patches and the kustomization. */
export function kustomization(
  objects: readonly KubernetesObject[],
  patches: readonly Patch[],
): readonly { readonly name: string; readonly text: string }[] {
  const files = patches.map(({ source, content, text }, index) => ({
    name: `${index + 1}-${basename(source, extname(source))}.yaml`,
    // With an explicit target, a patch does not need the namespace, which the user may not know.
    target: { kind: content.kind, name: content.metadata.name },
    text,
  }));
  const root = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['objects.yaml'],
    patches: files.map(({ name, target }) => ({ path: name, target })),
  };
  return [
    { name: 'objects.yaml', text: objects.map(object => writeYaml(object)).join('---\n') },
    ...files.map(({ name, text }) => ({ name, text })),
    { name: 'kustomization.yaml', text: writeYaml(root) },
  ];
}

async function readPatches(files: Files, path: string): Promise<readonly Patch[]> {
  const found = await readObjectFiles(files, 'patches', path);
  return found.map(({ source, content, text }) => {
    const { kind, metadata } = content as Partial<KubernetesObject>;
    if (kind === undefined || metadata?.name === undefined) {
      const rule = 'each document must have the kind and the metadata.name of the object to patch';
      throw new ActionError('patches-failed', `patches: a document in ${source} does not identify an object; ${rule}.`);
    }
    return { source, content: content as KubernetesObject, text };
  });
}
