import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { creationCommand, deletionCommand } from '../../kubernetes/kubectl-equivalents.js';
import type { ConfigMap } from '../../kubernetes/types.js';
import { ownershipLabels } from '../../migratorydata/object-names.js';
import type { CommandStep } from '../../runtime/command-line.js';
import { type RevertRecord, type RecordReading, parseRevertRecord } from './revert-record.js';

/** The name of the ConfigMap, in the namespace of the deployment. */
export const recordName = 'migratorydata-aks-mark';
const dataKey = 'mark';

/**
 * Writes the mark of an experiment that is about to begin. It never replaces another: that one is of an experiment that
 * was not undone.
 * @throws ActionError `mark-found`, `record-invalid`.
 */
export async function writeRecord(api: KubernetesApi, record: RevertRecord): Promise<void> {
  const { namespace } = record;
  const object = configMapOf(namespace, JSON.stringify(record, undefined, 2));
  try {
    await api.create(object, 'write down what would have to be undone');
  } catch (error) {
    // A lost answer is repeated by nobody, so a mark of ours from a moment ago would be ours as well.
    if (!hasStatus(error, 409)) throw error;
    const found = await readRecord(api, namespace);
    if (found !== undefined && 'problems' in found) throw invalidRecord([explainInvalid(namespace, found.problems)]);
    if (found?.mark.writtenAt === record.writtenAt && found.mark.holder === record.holder) return;
    throw new ActionError(
      'mark-found',
      `ConfigMap ${recordName} in namespace ${namespace} says that experiment ${found?.mark.experiment ?? 'of somebody'} was not undone.`,
      { cause: error },
    );
  }
}

/** The mark in a namespace, or what is wrong with it; undefined when there is none. */
export async function readRecord(api: KubernetesApi, namespace: string): Promise<RecordReading | undefined> {
  const object = await api.find(
    'ConfigMap',
    { namespace, name: recordName },
    'see whether an experiment was not undone',
  );
  return object && recordIn(object, namespace);
}

/** Removes a mark whose every change is undone; one that somebody else has written since is theirs. */
export async function removeRecord(api: KubernetesApi, { namespace, writtenAt }: RevertRecord): Promise<void> {
  const key = { namespace, name: recordName };
  const object = await api.find('ConfigMap', key, 'see whether the mark is still ours');
  const found = object && recordIn(object, namespace);
  if (object === undefined || found === undefined || 'problems' in found || found.mark.writtenAt !== writtenAt) return;
  const { uid } = object.metadata;
  await api.remove('ConfigMap', key, 'remove the mark: everything is undone', uid === undefined ? {} : { uid });
}

function recordIn({ data }: ConfigMap, namespace: string): RecordReading {
  return parseRevertRecord(data?.[dataKey] ?? '', namespace);
}

/** What is wrong with the record in a namespace, with its place. */
export function explainInvalid(namespace: string, problems: readonly string[]): string {
  return `ConfigMap ${recordName} in namespace ${namespace} is no record of an experiment: ${problems.join('; ')}.`;
}

/** The error for what a record says and nobody confirms. */
export function invalidRecord(problems: readonly string[]): ActionError {
  return new ActionError('record-invalid', `${problems.join(' ')} This was left alone.`);
}

function configMapOf(namespace: string, text: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: recordName, namespace, labels: ownershipLabels },
    data: { [dataKey]: text },
  };
}

/** The commands that write the record and remove it, for a dry run. */
export function recordStoreCommands(namespace: string): readonly [CommandStep, CommandStep] {
  return [
    creationCommand(configMapOf(namespace, ''), 'write down what would have to be reverted'),
    deletionCommand('ConfigMap', { namespace, name: recordName }, 'remove the record: everything is reverted'),
  ];
}
