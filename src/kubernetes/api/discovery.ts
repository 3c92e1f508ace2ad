import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from './api-error.js';
import { knownPlace, type ResourcePlace } from './kinds.js';
import { groupPath } from './paths.js';
import type { Requester } from './requester.js';
import type { KubernetesObject } from './types.js';

/** The fields of an APIResourceList that map a kind to its path. */
interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/**
 * Returns where the API server serves the kind of an object. Kinds from the user's files are looked up in the
 * discovery document of their group. @throws ActionError `api-error` when the server does not support the kind.
 */
export async function discoverPlace(
  requester: Pick<Requester, 'send'>,
  object: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
): Promise<ResourcePlace> {
  const known = knownPlace(object);
  if (known !== undefined) return known;
  const { apiVersion, kind } = object;
  const list = await listResources(requester, apiVersion, `look up the kind ${kind} of ${apiVersion}`);
  // Subresources are listed as plural/subresource, some of them with the kind of their parent.
  const found = list.resources.find(resource => resource.kind === kind && !resource.name.includes('/'));
  if (found === undefined) {
    throw new ActionError('api-error', `The cluster does not support the kind ${kind} in ${apiVersion}.`, {
      hint: 'Correct apiVersion and kind in `resources`, or install the custom resource definition first.',
    });
  }
  return { apiVersion, plural: found.name, namespaced: found.namespaced };
}

async function listResources(
  requester: Pick<Requester, 'send'>,
  apiVersion: string,
  why: string,
): Promise<ResourceList> {
  try {
    return JSON.parse(await requester.send({ method: 'GET', path: groupPath(apiVersion), why })) as ResourceList;
  } catch (error) {
    if (hasStatus(error, 404)) return { resources: [] };
    throw error;
  }
}
