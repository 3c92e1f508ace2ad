import { basename, extname } from 'node:path';
import { ActionError } from '../errors/action-error.js';
import type { Ports } from '../runtime/ports.js';
import { onlyResult } from '../runtime/program-output.js';
import { writeYaml } from '../runtime/yaml.js';
import type { KubernetesObject } from './api/types.js';
import { parseDocuments } from './object-files.js';
import { type Patch, type PatchFiles, readPatches } from './patch-files.js';

/**
 * Applies the user's patches to the manifests with the kustomize of kubectl. `patches` is a file or a folder: see
 * `readPatches`. Secrets cannot be patched and are never written to a file; they are returned last. Without patches, no
 * process is started.
 * @throws ActionError `patches-failed` with the message of kustomize, or as `readPatches`.
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
  rejectUnmatchedPatches(found.patches, patched);
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
    const output = await parseDocuments('patches', 'the output of kubectl kustomize', () => result.stdout);
    const results = output.map(({ content }) => content as KubernetesObject);
    rejectForeignFields(results, [...patched.flatMap(Object.keys), ...found.patches.flatMap(({ fields }) => fields)]);
    return [...results, ...secrets];
  } finally {
    await ports.files.remove(folder);
  }
}

/** Rejects what kustomize cannot have printed: a line of a wrapper of kubectl looks like one more field of an object. */
function rejectForeignFields(output: readonly object[], known: readonly string[]): void {
  const foreign = output.flatMap(Object.keys).find(field => !known.includes(field));
  if (foreign === undefined) return;
  const message = `patches: the output of kubectl kustomize has the field ${foreign}, which no manifest and no patch has.`;
  throw new ActionError('patches-failed', message, { hint: onlyResult('kubectl') });
}

/** Rejects patches whose target does not exist: kustomize ignores them, and the user would not notice. */
function rejectUnmatchedPatches(patches: readonly Patch[], objects: readonly KubernetesObject[]): void {
  const unmatched = patches.filter(({ target }) => !objects.some(object => isSelected(object, target)));
  if (unmatched.length === 0) return;
  const list = unmatched.map(({ source, target: { kind, name } }) => {
    const words = [kind, name].flatMap(part => (part === undefined ? [] : toText(part)));
    return `${words.join(' ') || 'an object'} (${source})`;
  });
  const known = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ');
  const message = `patches: ${list.join(', ')} does not exist; these objects can be patched: ${known}.`;
  throw new ActionError('patches-failed', message);
}

/** Kind and name are regular expressions for the whole text, and both may be absent. */
function isSelected({ kind, metadata }: KubernetesObject, target: Patch['target']): boolean {
  const fits = (found: string, pattern: unknown): boolean => {
    try {
      return pattern === undefined || new RegExp(`^(?:${toText(pattern)})$`).test(found);
    } catch {
      return false;
    }
  };
  return fits(kind, target['kind']) && fits(metadata.name, target['name']);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Returns the files of a kustomize folder: the manifests, the patches and the kustomization. */
export function kustomization(
  objects: readonly KubernetesObject[],
  { patches, transformations }: PatchFiles,
): readonly { readonly name: string; readonly text: string }[] {
  const files = patches.map(({ source, target, text }, index) => ({
    name: `${index + 1}-${basename(source, extname(source))}.yaml`,
    target,
    text,
  }));
  const root = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['objects.yaml'],
    patches: files.map(({ name, target }) => ({ path: name, target })),
    ...transformations,
  };
  return [
    { name: 'objects.yaml', text: objects.map(object => writeYaml(object)).join('---\n') },
    ...files.map(({ name, text }) => ({ name, text })),
    { name: 'kustomization.yaml', text: writeYaml(root) },
  ];
}
