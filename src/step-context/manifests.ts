import { join } from 'node:path';
import type { Kind } from '../kubernetes/api/kinds.js';
import type { HorizontalPodAutoscaler, KubernetesObject, StatefulSet } from '../kubernetes/api/types.js';
import { applyPatches } from '../kubernetes/kustomize.js';
import { renderManifests, toYaml } from '../migratorydata/manifests/render-manifests.js';
import type { ManifestFile } from '../migratorydata/manifests/shapes.js';
import { deploymentNames } from '../migratorydata/object-names.js';
import { checkPatches } from '../migratorydata/patch-rules.js';
import { asPatched, isStatefulSet, objectOf } from '../migratorydata/patched-objects.js';
import { type Resource, withResourceDigest } from '../migratorydata/resources.js';
import { firstSecretNames, type SecretNames } from '../migratorydata/secret-plan.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';
import { stampTemplate } from '../migratorydata/template-stamp.js';
import { manifestWarnings } from '../migratorydata/warnings.js';
import { toOneLine } from '../runtime/text.js';
import { clientNetwork } from './client-network.js';
import type { Context } from './context.js';
import { readResources } from './resources.js';
import { withRunnerAddress } from './runner-ranges.js';

export interface ManifestChoices {
  readonly deployment: Deployment;
  readonly replicas: number;
  readonly secretNames: SecretNames;
  /** If set, the autoscaler is part of the result. Its patches are checked in any case. */
  readonly autoscaling?: Autoscaling;
}

export interface Manifests {
  /** The deployment with what the patches change. */
  readonly deployment: Deployment;
  readonly statefulSet: StatefulSet;
  /** The objects that are applied with the StatefulSet, in the order in which they must be created. */
  readonly others: readonly KubernetesObject[];
  /** Applied by operation autoscale. */
  readonly autoscaler?: HorizontalPodAutoscaler;
  /** The further objects of the user, in the order in which they must be created. */
  readonly resources: readonly Resource[];
  readonly files: readonly ManifestFile[];
  /** Sentences for the user about valid but unexpected settings. */
  readonly warnings: readonly string[];
}

/**
 * Renders the manifests and applies the user's patches to them.
 * @throws ActionError `patches-failed`, `patches-refused`, `options-lost`, `resources-failed`, `invalid-input` for `tls-ca`.
 */
export async function buildManifests(context: Context, choices: ManifestChoices): Promise<Manifests> {
  const { patches, exposure } = choices.deployment;
  // An authority that cannot be read is an error before anything changes.
  await clientNetwork(context, exposure);
  const sourceRanges = await withRunnerAddress(context, exposure.sourceRanges);
  // Any target will do for an autoscaler of which only the patches are checked.
  const rendered = renderManifests({ autoscaling: { cpuPercent: 50 }, ...choices, sourceRanges });
  const before = rendered.map(({ object }) => object);
  const after = await applyPatches(context.ports, before, patches, context.signal);
  checkPatches(before, after, choices.deployment);
  const resources = await readResources(context, choices.deployment, before);
  const files = rendered
    .filter(({ object }) => choices.autoscaling !== undefined || !isAutoscaler(object))
    .map(file => ({ ...file, object: stamped(sameObject(after, file.object), resources) }));
  const objects = files.map(({ object }) => object);
  const deployment = asPatched(choices.deployment, objects);
  const autoscaler = objects.find(isAutoscaler);
  return {
    deployment,
    statefulSet: objectOf(objects, 'StatefulSet', deploymentNames(deployment.name).statefulSet),
    others: objects.filter(object => !isStatefulSet(object) && object !== autoscaler),
    ...(autoscaler && { autoscaler }),
    resources,
    files: [...files, ...resourceFiles(resources)],
    warnings: manifestWarnings(deployment, objects),
  };
}

/**
 * Renders the autoscaler with the user's patches.
 * @throws ActionError as `buildManifests`.
 */
export async function buildAutoscaler(
  context: Context,
  deployment: Deployment,
  autoscaling: Autoscaling,
): Promise<HorizontalPodAutoscaler> {
  // The autoscaler depends neither on who may connect, so the address of the runner need not be found, nor on resources.
  const exposure = { ...deployment.exposure, sourceRanges: [] };
  const choices = { replicas: deployment.replicas, secretNames: firstSecretNames(deployment), autoscaling };
  const { files } = await buildManifests(context, {
    deployment: { ...deployment, exposure, resources: '' },
    ...choices,
  });
  return objectOf(
    files.map(({ object }) => object),
    'HorizontalPodAutoscaler',
    deploymentNames(deployment.name).autoscaler,
  );
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

function isAutoscaler(object: KubernetesObject): object is HorizontalPodAutoscaler {
  return object.kind === 'HorizontalPodAutoscaler';
}

/** Patches and resources change the digest of the template. */
function stamped(object: KubernetesObject, resources: readonly Resource[]): KubernetesObject {
  return isStatefulSet(object) ? stampTemplate(withResourceDigest(object, resources)) : object;
}

/** Patches keep the kind and the name of each object, which `checkPatches` has found. */
function sameObject(patched: readonly KubernetesObject[], { kind, metadata }: KubernetesObject): KubernetesObject {
  return objectOf(patched, kind as Kind, metadata.name);
}
