import { asRecord, texts } from '../../runtime/json.js';
import { connectActions, createActions, deleteActions } from '../role-actions.js';

/** One set of permissions of the caller: the granted actions, except `notActions`. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** The writes that are needed to create, use and delete clusters, including their resource group. */
export const neededActions: readonly string[] = [
  ...new Set(
    [...createActions, ...connectActions.filter(({ when }) => when === undefined), ...deleteActions].map(
      ({ action }) => action,
    ),
  ),
].filter(action => !action.endsWith('/read'));

export function parsePermission(json: unknown): Permission {
  const { actions, notActions } = asRecord(json);
  return { actions: texts(actions), notActions: texts(notActions) };
}

/**
 * Returns the actions that no permission grants. Patterns are case-insensitive, and `*` matches any text ("Azure role
 * definitions").
 */
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
