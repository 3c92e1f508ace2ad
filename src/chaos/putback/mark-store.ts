import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import type { ConfigMap } from '../../kubernetes/types.js';
import { ownershipLabels } from '../../migratorydata/names.js';
import type { Mark } from './mark.js';
import { parseMark } from './mark.js';

/** The name of the ConfigMap, in the namespace of the deployment. */
export const markName = 'migratorydata-aks-mark';
const dataKey = 'mark';

/**
 * Writes the mark of an experiment that is about to begin. It never replaces another: that one is of an experiment that
 * was not undone.
 * @throws ActionError `mark-found`.
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
    if (found?.writtenAt === mark.writtenAt && found.holder === mark.holder) return;
    throw new ActionError(
      'mark-found',
      `ConfigMap ${markName} in namespace ${namespace} says that experiment ${found?.experiment ?? 'of somebody'} was not undone.`,
      { cause: error },
    );
  }
}

/** The mark in a namespace; undefined when there is none. @throws ActionError `mark-unreadable`. */
export async function readMark(api: KubernetesApi, namespace: string): Promise<Mark | undefined> {
  const object = await api.find('ConfigMap', { namespace, name: markName }, 'see whether an experiment was not undone');
  return object && markIn(object, namespace);
}

/** Removes a mark whose every change is undone; one that somebody else has written since is theirs. */
export async function removeMark(api: KubernetesApi, { namespace, writtenAt }: Mark): Promise<void> {
  const key = { namespace, name: markName };
  const object = await api.find('ConfigMap', key, 'see whether the mark is still ours');
  if (object === undefined || markIn(object, namespace).writtenAt !== writtenAt) return;
  const { uid } = object.metadata;
  await api.remove('ConfigMap', key, 'remove the mark: everything is undone', uid === undefined ? {} : { uid });
}

function markIn({ data }: ConfigMap, namespace: string): Mark {
  const text = data?.[dataKey] ?? '';
  const mark = parseMark(text);
  if (mark !== undefined) return mark;
  const message = `ConfigMap ${markName} in namespace ${namespace} is not a mark that this version understands.`;
  throw new ActionError('mark-unreadable', message, { evidence: text });
}
