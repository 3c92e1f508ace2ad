import { asList, asRecord, texts } from '../runtime/json.js';

/** One set of rights of the caller: what it grants, less what it excepts. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** What creating and deleting clusters needs, in a subscription where the resource group is made as well. */
export const neededActions: readonly string[] = [
  'Microsoft.Resources/subscriptions/resourceGroups/write',
  'Microsoft.Resources/subscriptions/resourceGroups/delete',
  'Microsoft.ContainerService/managedClusters/write',
  'Microsoft.ContainerService/managedClusters/delete',
  'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
];

/** Reads the answer of the permissions API. @throws TypeError for anything else. */
export function parsePermissions(json: unknown): readonly Permission[] {
  return asList(asRecord(json)['value']).map(({ actions, notActions }) => ({
    actions: texts(actions),
    notActions: texts(notActions),
  }));
}

/** The actions that no set of rights grants. Patterns match without case, `*` any text ("Azure role definitions"). */
export function missingActions(permissions: readonly Permission[], actions: readonly string[]): readonly string[] {
  return actions.filter(
    action =>
      !permissions.some(granted => granted.actions.some(matches(action)) && !granted.notActions.some(matches(action))),
  );
}

function matches(action: string): (pattern: string) => boolean {
  return pattern => {
    const expression = pattern.split('*').map(escape).join('.*');
    return new RegExp(`^${expression}$`, 'i').test(action);
  };
}

function escape(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&');
}
