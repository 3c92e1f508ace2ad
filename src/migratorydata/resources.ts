import { ActionError } from '../errors/action-error.js';
import { groupOf } from '../kubernetes/api/kinds.js';
import type { KubernetesObject, StatefulSet } from '../kubernetes/api/types.js';
import type { FoundObject } from '../kubernetes/object-files.js';
import { isIdentifier } from '../runtime/identifiers.js';
import { sha256 } from '../runtime/sha256.js';
import { annotationKey, type DeploymentKey, isOurs, ownershipLabels } from './object-names.js';
import { isSecretName } from './secret-generations.js';

/** A further object of a deployment, from a file of the user. */
export interface Resource {
  readonly source: string;
  readonly object: KubernetesObject;
}

/** What identifies an object of any kind within the namespace. */
export interface ResourceName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * The label of these objects, with the name of the deployment: only what carries it, and the label of this project, is
 * ever changed or deleted.
 */
const resourceLabel = annotationKey('resource');

/** The kinds that others refer to come first; all kinds that are not named here come last, in the order of the files. */
const order = ['ServiceAccount', 'Secret', 'ConfigMap', 'Role', 'RoleBinding', 'NetworkPolicy', 'Service'];

/**
 * Returns the objects as they are applied: with our labels, in the namespace of the deployment, ordered by kind.
 * @param own the objects of the deployment itself, which must stay as they are.
 * @throws ActionError `resources-failed` with everything that is wrong.
 */
export function prepareResources(
  found: readonly FoundObject[],
  { namespace, name: deployment }: DeploymentKey,
  own: readonly KubernetesObject[],
): readonly Resource[] {
  const taken = new Map<string, string>(
    own.map(object => [idOf(nameOf(object)), 'is an object of the deployment itself'] as const),
  );
  const problems: string[] = [];
  const resources = found.flatMap(({ source, content }) => {
    const object = asObject(content);
    if (object === undefined) {
      problems.push(`a document in ${source} has no valid apiVersion, kind and metadata.name`);
      return [];
    }
    const name = nameOf(object);
    const reason = taken.get(idOf(name)) ?? whyRefused(object, { namespace, name: deployment });
    if (reason !== undefined) problems.push(`${name.kind} ${name.name} (${source}) ${reason}`);
    taken.set(idOf(name), `is also in ${source}`);
    const { metadata } = object;
    const labels = { ...metadata.labels, ...ownershipLabels, [resourceLabel]: deployment };
    return [{ source, object: { ...object, metadata: { ...metadata, namespace, labels } } }];
  });
  if (problems.length > 0) throw new ActionError('resources-failed', `resources: ${problems.join('; ')}.`);
  return resources.sort((a, b) => rankOf(a.object) - rankOf(b.object));
}

/** Returns the name of an object within its namespace. */
export function nameOf({ apiVersion, kind, metadata: { name } }: KubernetesObject): ResourceName {
  return { apiVersion, kind, name };
}

/** Returns a text that is different for different objects of one namespace; versions of a group have the same objects. */
export function idOf({ apiVersion, kind, name }: ResourceName): string {
  return `${groupOf(apiVersion)}/${kind}/${name}`;
}

/** Returns whether a live object was made from a file of `resources` of a deployment. */
export function isResource(object: Pick<KubernetesObject, 'metadata'>, deployment: string): boolean {
  return isOurs(object) && object.metadata.labels?.[resourceLabel] === deployment;
}

/** Returns whether all parts have the form of their kind, so that they may be part of a path. */
export function isResourceName({ apiVersion, kind, name }: Readonly<Record<keyof ResourceName, unknown>>): boolean {
  return (
    typeof apiVersion === 'string' &&
    /^(?:[a-z0-9][a-z0-9.-]{0,252}\/)?v[a-z0-9]{1,20}$/.test(apiVersion) &&
    typeof kind === 'string' &&
    /^[A-Za-z][A-Za-z0-9]{0,62}$/.test(kind) &&
    typeof name === 'string' &&
    isIdentifier('node name', name)
  );
}

/**
 * Adds a digest of the ConfigMaps and Secrets of `resources` that the pods use, so that a change of them updates the
 * members: most containers read them at their start only. The digest of the template must be set afterwards.
 */
export function withResourceDigest<T extends StatefulSet>(statefulSet: T, resources: readonly Resource[]): T {
  const { template } = statefulSet.spec;
  const used = referencesIn(template.spec);
  const objects = resources
    .map(({ object }) => object)
    .filter(({ kind, metadata }) => used.has(`${kind}/${metadata.name}`));
  if (objects.length === 0) return statefulSet;
  const digest = sha256(JSON.stringify(objects)).slice(0, 16);
  const annotations = { ...template.metadata?.annotations, [annotationKey('resources')]: digest };
  const metadata = { ...template.metadata, annotations };
  return { ...statefulSet, spec: { ...statefulSet.spec, template: { ...template, metadata } } };
}

/** The fields of a pod that refer to a ConfigMap or a Secret, each with the field of the name ("PodSpec" in the API). */
const referenceFields: Readonly<Record<string, readonly [kind: string, name: string]>> = {
  configMap: ['ConfigMap', 'name'],
  configMapRef: ['ConfigMap', 'name'],
  configMapKeyRef: ['ConfigMap', 'name'],
  secret: ['Secret', 'secretName'],
  secretRef: ['Secret', 'name'],
  secretKeyRef: ['Secret', 'name'],
};

/** Returns the ConfigMaps and Secrets to which a pod refers, as `kind/name`. In a projected volume a Secret has a name. */
function referencesIn(pod: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [field, inner] of Object.entries(value)) {
      const [kind, name = ''] = referenceFields[field] ?? [];
      const fields = inner as Readonly<Record<string, unknown>> | null;
      if (kind !== undefined) found.add(`${kind}/${String(fields?.[name] ?? fields?.['name'])}`);
      visit(inner);
    }
  };
  visit(pod);
  return found;
}

/** Returns the secret values in the objects, to be masked. */
export function secretValuesIn(resources: readonly Resource[]): readonly string[] {
  return resources
    .filter(({ object }) => object.kind === 'Secret')
    .flatMap(({ object }) => {
      const { data, stringData } = object as { readonly data?: object; readonly stringData?: object };
      const decoded = Object.values(data ?? {}).map(value => Buffer.from(String(value), 'base64').toString('utf8'));
      return [...decoded, ...Object.values(stringData ?? {}).map(String)];
    });
}

function asObject(content: unknown): KubernetesObject | undefined {
  const { apiVersion, kind, metadata } = (content ?? {}) as Partial<KubernetesObject>;
  return isResourceName({ apiVersion, kind, name: metadata?.name }) ? (content as KubernetesObject) : undefined;
}

function whyRefused(
  { kind, metadata: { name, namespace } }: KubernetesObject,
  deployment: DeploymentKey,
): string | undefined {
  if (namespace !== undefined && namespace !== deployment.namespace) {
    return `is for namespace ${namespace} and not ${deployment.namespace}: remove its namespace`;
  }
  const isReserved = name.startsWith('migratorydata-aks') || (kind === 'Secret' && isSecretName(name, deployment.name));
  return isReserved ? 'has a name that the action uses itself' : undefined;
}

function rankOf({ kind }: KubernetesObject): number {
  const rank = order.indexOf(kind);
  return rank < 0 ? order.length : rank;
}
