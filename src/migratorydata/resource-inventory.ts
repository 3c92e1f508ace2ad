import type { ConfigMap } from '../kubernetes/types.js';
import { asOptionalList, text } from '../runtime/json.js';
import { ownershipLabels } from './object-names.js';
import { isResourceName, type ResourceName } from './resources.js';

/** The ConfigMap with the names of all objects that were applied, so that what leaves the files is deleted. */
export const inventoryName = 'migratorydata-aks-resources';

/** Renders the inventory. */
export function renderInventory(namespace: string, names: readonly ResourceName[]): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: inventoryName, namespace, labels: ownershipLabels },
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
