import { commandLine, type CommandStep, quoteWord } from '../../runtime/command-line.js';
import { type Key, objectPath } from './paths.js';
import type { KubernetesObject } from './types.js';

/** The field manager: the API server records under this name which fields the action owns. */
export const fieldManager = 'migratorydata-aks';

/** A change of the cluster, with the data that the equivalent kubectl command needs. */
export type Mutation =
  | { readonly verb: 'create'; readonly object: KubernetesObject }
  | { readonly verb: 'apply'; readonly object: KubernetesObject; readonly force: boolean }
  | { readonly verb: 'patch'; readonly kind: string; readonly key: Key; readonly patch: object }
  | { readonly verb: 'delete'; readonly kind: string; readonly key: Key }
  | { readonly verb: 'scale'; readonly kind: string; readonly key: Key; readonly replicas: number }
  | { readonly verb: 'evict'; readonly path: string; readonly eviction: object };

/**
 * Returns the equivalent kubectl command as one line to copy. It never contains the contents of a Secret: objects are
 * represented by a file name.
 */
export function equivalentCommand(mutation: Mutation): string {
  switch (mutation.verb) {
    case 'create':
      return kubectl('create', ...inNamespace(mutation.object.metadata), '-f', fileOf(mutation.object));
    case 'apply': {
      const force = mutation.force ? ['--force-conflicts'] : [];
      const flags = ['--server-side', `--field-manager=${fieldManager}`, ...force];
      return kubectl('apply', ...flags, ...inNamespace(mutation.object.metadata), '-f', fileOf(mutation.object));
    }
    case 'patch':
      return patchCommand(mutation.kind, mutation.key, mutation.patch);
    case 'delete':
      return kubectl('delete', ...inNamespace(mutation.key), target(mutation.kind, mutation.key));
    case 'scale': {
      const scaled = target(mutation.kind, mutation.key);
      return kubectl('scale', ...inNamespace(mutation.key), scaled, `--replicas=${mutation.replicas}`);
    }
    case 'evict':
      // kubectl has no command for a single eviction.
      return `echo ${quoteWord(JSON.stringify(mutation.eviction))} | ${kubectl('create', '--raw', mutation.path, '-f', '-')}`;
  }
}

/** An eviction as the API takes it. With `uid`, only of that very pod. */
export function evictionOf(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { dryRun, uid }: { readonly dryRun: boolean; readonly uid: string | undefined },
): Extract<Mutation, { verb: 'evict' }> {
  const metadata = { namespace, name };
  const deleteOptions = {
    ...(dryRun ? { dryRun: ['All'] } : {}),
    ...(uid === undefined ? {} : { preconditions: { uid } }),
  };
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata, deleteOptions };
  return { verb: 'evict', path: objectPath('Pod', metadata, 'eviction'), eviction };
}

/** The command of one eviction, for a dry run. */
export function evictionCommand(
  pod: { readonly namespace: string; readonly name: string },
  uid: string,
  why: string,
): CommandStep {
  return { line: equivalentCommand(evictionOf(pod, { dryRun: false, uid })), why };
}

/** The command of one deletion, for a dry run. */
export function deletionCommand(kind: string, key: Key, why: string): CommandStep {
  return { line: equivalentCommand({ verb: 'delete', kind, key }), why };
}

/** The command that applies an object, for a dry run. */
export function applyCommand(object: KubernetesObject, why: string): CommandStep {
  return { line: equivalentCommand({ verb: 'apply', object, force: true }), why };
}

/** The command that creates an object, for a dry run. */
export function creationCommand(object: KubernetesObject, why: string): CommandStep {
  return { line: equivalentCommand({ verb: 'create', object }), why };
}

function patchCommand(kind: string, key: Key, patch: { readonly spec?: { readonly unschedulable?: unknown } }): string {
  // The patch also sets an annotation with the owner of the cordon, which has no effect on scheduling.
  if (kind === 'Node' && patch.spec?.unschedulable === true) return kubectl('cordon', key.name);
  if (kind === 'Node' && patch.spec?.unschedulable === null) return kubectl('uncordon', key.name);
  const shown = kind === 'Secret' ? '{...}' : JSON.stringify(patch);
  return kubectl('patch', ...inNamespace(key), target(kind, key), '--type=merge', '-p', shown);
}

function kubectl(...argv: readonly string[]): string {
  return commandLine({ tool: 'kubectl', argv });
}

function inNamespace({ namespace }: { readonly namespace?: string }): readonly string[] {
  return namespace === undefined ? [] : ['-n', namespace];
}

/** Returns an object as kubectl names it, such as `statefulset/web`. */
export function target(kind: string, { name }: Key): string {
  return `${kind.toLowerCase()}/${name}`;
}

function fileOf({ kind, metadata }: KubernetesObject): string {
  return `${kind.toLowerCase()}-${metadata.name}.yaml`;
}
