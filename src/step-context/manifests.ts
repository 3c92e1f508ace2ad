import { join } from 'node:path';
import { ActionError } from '../errors/action-error.js';
import { applyPatches } from '../kubernetes/kustomize.js';
import type { KubernetesObject, StatefulSet } from '../kubernetes/types.js';
import { renderManifests, toYaml } from '../migratorydata/manifests/render-manifests.js';
import type { ManifestFile } from '../migratorydata/manifests/shapes.js';
import { checkOptionsSurvived } from '../migratorydata/options-check.js';
import { type Resource, withResourceDigest } from '../migratorydata/resources.js';
import type { SecretNames } from '../migratorydata/secret-plan.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';
import { stampTemplate } from '../migratorydata/template-stamp.js';
import { toOneLine } from '../runtime/text.js';
import { clientNetwork } from './client-network.js';
import type { Context } from './context.js';
import { readResources } from './resources.js';
import { withRunnerAddress } from './runner-ranges.js';

export interface ManifestChoices {
  readonly deployment: Deployment;
  readonly replicas: number;
  readonly secretNames: SecretNames;
  readonly autoscaling?: Autoscaling;
}

export interface Manifests {
  readonly statefulSet: StatefulSet;
  /** All objects except the StatefulSet, in the order in which they must be created. */
  readonly others: readonly KubernetesObject[];
  /** The further objects of the user, in the order in which they must be created. */
  readonly resources: readonly Resource[];
  readonly files: readonly ManifestFile[];
}

/**
 * Renders the manifests and applies the user's patches to them.
 * @throws ActionError `patches-failed`, `options-lost`, `resources-failed`, `invalid-input` for `tls-ca`.
 */
export async function buildManifests(context: Context, choices: ManifestChoices): Promise<Manifests> {
  const { deployment } = choices;
  // An authority that cannot be read is an error before anything changes.
  await clientNetwork(context, deployment.exposure);
  const sourceRanges = await withRunnerAddress(context, deployment.exposure.sourceRanges);
  const rendered = renderManifests({ ...choices, sourceRanges });
  const objects = rendered.map(({ object }) => object);
  const patched = await applyPatches(context.ports, objects, deployment.patches, context.signal);
  const files = rendered.map(file => {
    const object = patched.find(other => isSame(other, file.object));
    return { ...file, object: object ?? missing(file.object) };
  });
  const resources = await readResources(context, deployment, objects);
  const added = patched.filter(object => !objects.some(other => isSame(other, object)));
  const all = [...files.map(({ object }) => object), ...added];
  const patchedSet = all.find(isStatefulSet);
  const before = objects.find(isStatefulSet);
  if (patchedSet === undefined || before === undefined) throw new Error('a deployment has a StatefulSet');
  checkOptionsSurvived(before, patchedSet);
  // Patches and resources change the digest of the template.
  const statefulSet = stampTemplate(withResourceDigest(patchedSet, resources));
  return {
    statefulSet,
    others: all.filter(object => object !== patchedSet),
    resources,
    files: [
      ...files.map(file => (file.object === patchedSet ? { ...file, object: statefulSet } : file)),
      ...resourceFiles(resources),
    ],
  };
}

/** Returns the files of further objects, which sort after the namespace. Secrets are never written to files. */
function resourceFiles(resources: readonly Resource[]): readonly ManifestFile[] {
  return resources
    .filter(({ object }) => object.kind !== 'Secret')
    .map(({ source, object }, index) => ({
      fileName: `1-resource-${String(index + 1).padStart(3, '0')}.yaml`,
      comment: [`From ${toOneLine(source)}.`],
      object,
    }));
}

/** Writes the manifests to files that users can keep and apply manually. Returns their folder. */
export async function writeManifests(
  { ports }: Context,
  reportDirectory: string,
  files: readonly ManifestFile[],
): Promise<string> {
  const folder = join(reportDirectory, 'manifests');
  for (const file of files) await ports.files.writeText(join(folder, file.fileName), toYaml(file));
  ports.outputs.set('manifests', folder);
  return folder;
}

function isStatefulSet(object: KubernetesObject): object is StatefulSet {
  return object.kind === 'StatefulSet';
}

function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name;
}

function missing({ kind, metadata }: KubernetesObject): never {
  throw new ActionError('patches-failed', `The patches remove ${kind} ${metadata.name}, which is required.`);
}
