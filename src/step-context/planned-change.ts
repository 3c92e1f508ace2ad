import type { Note } from '../journal/journal.js';
import { isDryRunUnsupported } from '../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { KubernetesObject, StatefulSet } from '../kubernetes/api/types.js';
import { isConfigurationChanged } from '../kubernetes/configuration.js';
import { changeAsRendered, changeBetween, type DeploymentChange, needsFullRestart } from '../migratorydata/changes.js';

/**
 * Decides how the desired StatefulSet replaces the live one, by a dry run of its apply.
 * @throws ActionError `immutable-field`, `full-restart-needed`, or why the API server refuses the apply.
 */
export async function planChange(
  api: KubernetesApi,
  live: StatefulSet,
  wanted: StatefulSet,
  limits: { readonly allowFullRestart: boolean },
  note: Note,
): Promise<DeploymentChange> {
  if (needsFullRestart(live, wanted, limits)) return 'full-restart';
  try {
    const why = `check what an apply of StatefulSet ${live.metadata.name} would change`;
    return changeBetween(live, await api.apply(wanted, why, { dryRun: true }));
  } catch (error) {
    if (!isDryRunUnsupported(error)) throw error;
    note(`${error.message} The manifest is compared with the live StatefulSet instead.`);
    return changeAsRendered(live, wanted);
  }
}

/** Applies an object, which was as `before`. Returns whether that has changed it; always true if it did not exist. */
export async function applyObject(
  api: KubernetesApi,
  object: KubernetesObject,
  before: KubernetesObject | undefined,
): Promise<boolean> {
  const after = await api.apply(object, `apply ${object.kind} ${object.metadata.name}`);
  return before === undefined || isConfigurationChanged(before, after);
}
