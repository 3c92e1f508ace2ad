import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { ConfigMap } from '../../kubernetes/types.js';
import { ownershipLabels } from '../../migratorydata/names.js';
import { type Mark, type MarkReading, readMarkText } from './mark.js';

/** The name of the ConfigMap, in the namespace of the deployment. */
export const markName = 'migratorydata-aks-mark';
const dataKey = 'mark';

/**
 * Writes the mark of an experiment that is about to begin. It never replaces another: that one is of an experiment that
 * was not undone.
 * @throws ActionError `mark-found`, `record-invalid`.
 */
export async function writeMark(api: KubernetesApi, mark: Mark): Promise<void> {
  const { namespace } = mark;
  const object: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: markName, namespace, labels: ownershipLabels },
    data: { [dataKey]: JSON.stringify(mark, undefined, 2) },
  };
  try {
    await api.create(object, 'write down what would have to be undone');
  } catch (error) {
    // A lost answer is repeated by nobody, so a mark of ours from a moment ago would be ours as well.
    if (!hasStatus(error, 409)) throw error;
    const found = await readMark(api, namespace);
    if (found !== undefined && 'problems' in found) throw invalidRecord([explainInvalid(namespace, found.problems)]);
    if (found?.mark.writtenAt === mark.writtenAt && found.mark.holder === mark.holder) return;
    throw new ActionError(
      'mark-found',
      `ConfigMap ${markName} in namespace ${namespace} says that experiment ${found?.mark.experiment ?? 'of somebody'} was not undone.`,
      { cause: error },
    );
  }
}

/** The mark in a namespace, or what is wrong with it; undefined when there is none. */
export async function readMark(api: KubernetesApi, namespace: string): Promise<MarkReading | undefined> {
  const object = await api.find('ConfigMap', { namespace, name: markName }, 'see whether an experiment was not undone');
  return object && markIn(object, namespace);
}

/** Removes a mark whose every change is undone; one that somebody else has written since is theirs. */
export async function removeMark(api: KubernetesApi, { namespace, writtenAt }: Mark): Promise<void> {
  const key = { namespace, name: markName };
  const object = await api.find('ConfigMap', key, 'see whether the mark is still ours');
  const found = object && markIn(object, namespace);
  if (object === undefined || found === undefined || 'problems' in found || found.mark.writtenAt !== writtenAt) return;
  const { uid } = object.metadata;
  await api.remove('ConfigMap', key, 'remove the mark: everything is undone', uid === undefined ? {} : { uid });
}

function markIn({ data }: ConfigMap, namespace: string): MarkReading {
  return readMarkText(data?.[dataKey] ?? '', namespace);
}

/** What is wrong with the record in a namespace, with its place. */
export function explainInvalid(namespace: string, problems: readonly string[]): string {
  return `ConfigMap ${markName} in namespace ${namespace} is no record of an experiment: ${problems.join('; ')}.`;
}

/** The error for what a record says and nobody confirms. */
export function invalidRecord(problems: readonly string[]): ActionError {
  return new ActionError('record-invalid', `${problems.join(' ')} This was left alone.`);
}
