import type { ConfigMap } from '../kubernetes/api/types.js';
import { asOptionalList, text } from '../runtime/json.js';
import { type DeploymentKey, deploymentNames, metadataOf } from './object-names.js';
import { isResourceName, type ResourceName } from './resources.js';

/** Renders the list of all further objects that were applied, so that what leaves the files is deleted. */
export function renderInventory(deployment: DeploymentKey, names: readonly ResourceName[]): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(deploymentNames(deployment.name).inventory, deployment),
    data: { objects: JSON.stringify(names) },
  };
}

/** Returns the names in an inventory. Others may have written it, so what is no name of an object is left out. */
export function readInventory(data: Readonly<Record<string, string>> | undefined): readonly ResourceName[] {
  try {
    return asOptionalList(JSON.parse(data?.['objects'] ?? '[]'))
      .map(item => ({ apiVersion: text(item['apiVersion']), kind: text(item['kind']), name: text(item['name']) }))
      .filter(isResourceName);
  } catch {
    return [];
  }
}
