import { ActionError, hasCode } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { ResourcePlace } from '../kubernetes/api/kinds.js';
import type { KubernetesObject } from '../kubernetes/api/types.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { readObjectFiles } from '../kubernetes/object-files.js';
import { type DeploymentKey, deploymentNames } from '../migratorydata/object-names.js';
import { readInventory, renderInventory } from '../migratorydata/resource-inventory.js';
import {
  idOf,
  isResource,
  nameOf,
  prepareResources,
  type Resource,
  type ResourceName,
  secretValuesIn,
} from '../migratorydata/resources.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { Context } from './context.js';

/** A shorter text cannot be hidden without hiding ordinary words. */
const shortestSecret = 8;

/**
 * Reads the further objects of a deployment, and hides the values of their Secrets.
 * @param own the objects of the deployment itself.
 * @throws ActionError `resources-failed`.
 */
export async function readResources(
  context: Context,
  { resources: path, ...deployment }: Pick<Deployment, 'resources'> & DeploymentKey,
  own: readonly KubernetesObject[],
): Promise<readonly Resource[]> {
  if (path === '') return [];
  const resources = prepareResources(await readObjectFiles(context.ports.files, 'resources', path), deployment, own);
  for (const value of secretValuesIn(resources)) if (value.length >= shortestSecret) context.hide(value);
  return resources;
}

/** The further objects of a deployment, and those that earlier steps have applied. */
export interface ResourceUpdate {
  /** Applies the objects, those that others refer to first. Returns whether any of them changed. */
  apply(note: Note): Promise<boolean>;
  /** Deletes what is no longer in the files; call it when no member uses it any more. */
  prune(note: Note): Promise<boolean>;
}

/**
 * Checks that all objects can be applied, before anything is changed: the API server must serve their kinds, within a
 * namespace, and no one else may have created them.
 * @throws ActionError `resources-failed`, `api-error` for a kind that the API server does not serve.
 */
export async function planResources(
  context: Context,
  api: KubernetesApi,
  deployment: DeploymentKey,
  resources: readonly Resource[],
): Promise<ResourceUpdate> {
  const former = await readFormer(api, deployment, resources.length > 0);
  const wanted = resources.map(({ object }) => nameOf(object));
  const wantedIds = new Set(wanted.map(idOf));
  const removed = former.filter(name => !wantedIds.has(idOf(name)));
  const versions = await checkResources(api, deployment, resources);
  const record = async (names: readonly ResourceName[]): Promise<void> => {
    await api.apply(renderInventory(deployment, names), 'record which resources exist');
  };
  return {
    async apply(note) {
      if (resources.length === 0) return false;
      // Before the objects, so that none is forgotten when the step dies.
      await record([...wanted, ...removed]);
      const changed: string[] = [];
      for (const { object } of resources) {
        const what = `${object.kind} ${object.metadata.name}`;
        const { metadata } = await api.apply(object, `apply ${what}`);
        if (metadata.resourceVersion !== versions.get(object)) changed.push(what);
      }
      if (changed.length > 0) note(`Applied from resources: ${changed.join(', ')}.`);
      return changed.length > 0;
    },
    async prune(note) {
      if (removed.length === 0) return false;
      const gone = await removeAll(context, api, deployment, removed);
      await record(wanted);
      if (gone.length > 0) note(`Deleted, because resources no longer has it: ${gone.join(', ')}.`);
      return gone.length > 0;
    },
  };
}

/** Returns the names in the inventory. A deployment without `resources` can do without. */
async function readFormer(
  api: KubernetesApi,
  { namespace, name }: DeploymentKey,
  isNeeded: boolean,
): Promise<readonly ResourceName[]> {
  const key = { namespace, name: deploymentNames(name).inventory };
  const inventory = api.find('ConfigMap', key, 'read which resources exist');
  return readInventory((await (isNeeded ? inventory : api.unlessForbidden(inventory, unseen.formerResources)))?.data);
}

/** Returns the versions of the objects that exist. */
async function checkResources(
  api: KubernetesApi,
  { namespace, name }: DeploymentKey,
  resources: readonly Resource[],
): Promise<ReadonlyMap<KubernetesObject, string | undefined>> {
  const checked = await Promise.all(
    resources.map(async ({ source, object }) => {
      const { kind, metadata } = object;
      const what = `${kind} ${metadata.name} (${source})`;
      const place = await api.locate(object);
      if (!place.namespaced) return { object, problem: `${what} is of a kind that belongs to no namespace` };
      const live = await api.findAt(place, { namespace, name: metadata.name }, `check whether ${kind} exists`);
      if (live === undefined || isResource(live, name)) return { object, version: live?.metadata.resourceVersion };
      return { object, problem: `${what} exists, and was not created from resources of deployment ${name}` };
    }),
  );
  const problems = checked.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw new ActionError('resources-failed', `resources: ${problems.join('; ')}.`);
  return new Map(checked.map(({ object, version }) => [object, version]));
}

/** Deletes what a deployment that is deleted has made from `resources`. */
export async function removeResources(context: Context, api: KubernetesApi, deployment: DeploymentKey): Promise<void> {
  await removeAll(context, api, deployment, await readFormer(api, deployment, true));
}

/** Returns what was deleted, by kind and name. */
async function removeAll(
  context: Context,
  api: KubernetesApi,
  deployment: DeploymentKey,
  names: readonly ResourceName[],
): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const name of names) if (await remove(context, api, deployment, name)) gone.push(`${name.kind} ${name.name}`);
  return gone;
}

/** The inventory is a hint: only what carries our labels is deleted. */
async function remove(
  { journal }: Context,
  api: KubernetesApi,
  { namespace, name: deployment }: DeploymentKey,
  name: ResourceName,
): Promise<boolean> {
  const what = `${name.kind} ${name.name}`;
  const key = { namespace, name: name.name };
  const place = await placeOf(api, name);
  const live = place && (await api.findAt(place, key, `check who owns ${what}`));
  if (place === undefined || live === undefined) return false;
  if (!place.namespaced || !isResource(live, deployment)) {
    journal.warn(
      `${what} is no longer in resources, and does not carry the labels of deployment ${deployment}: it is kept.`,
    );
    return false;
  }
  const { uid } = live.metadata;
  return api.removeAt(place, key, `delete ${what}`, { uid });
}

/** A kind whose definition was removed has no objects any more. */
async function placeOf(api: KubernetesApi, name: ResourceName): Promise<ResourcePlace | undefined> {
  try {
    return await api.locate(name);
  } catch (error) {
    if (hasCode(error, 'api-error')) return undefined;
    throw error;
  }
}
