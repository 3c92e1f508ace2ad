import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { creationCommand, deletionCommand } from '../../kubernetes/kubectl-equivalents.js';
import type { ConfigMap } from '../../kubernetes/types.js';
import { ownershipLabels } from '../../migratorydata/object-names.js';
import type { CommandStep } from '../../runtime/command-line.js';
import { type RevertRecord, type RecordReading, parseRevertRecord } from './revert-record.js';

/** The name of the ConfigMap, in the namespace of the deployment. */
const recordName = 'migratorydata-aks-mark';
const dataKey = 'mark';

/**
 * Writes the revert record of an experiment before it starts. Never replaces the record of another experiment, because
 * that one was not reverted.
 * @throws ActionError `mark-found` when there is another record, `record-invalid` when that one is not valid.
 */
export async function writeRecord(api: KubernetesApi, record: RevertRecord): Promise<void> {
  const { namespace } = record;
  const object = configMapOf(namespace, JSON.stringify(record, undefined, 2));
  try {
    await api.create(object, 'write the revert record');
  } catch (error) {
    // The request may have succeeded although its response was lost: then the record is ours.
    if (!hasStatus(error, 409)) throw error;
    const found = await readRecord(api, namespace);
    if (found !== undefined && 'problems' in found) throw invalidRecord([explainInvalid(namespace, found.problems)]);
    if (found && areSame(found.record, record)) return;
    throw new ActionError(
      'mark-found',
      `ConfigMap ${recordName} in namespace ${namespace} says that experiment ${found?.record.experiment ?? 'of an unknown run'} was not reverted.`,
      { cause: error },
    );
  }
}

/** Returns the revert record in a namespace, or its problems; undefined without one. */
export async function readRecord(api: KubernetesApi, namespace: string): Promise<RecordReading | undefined> {
  const object = await api.find(
    'ConfigMap',
    { namespace, name: recordName },
    'check whether an experiment was not reverted',
  );
  return object && recordIn(object, namespace);
}

/** Removes the revert record when everything is reverted. Does nothing when another run has written a new one since. */
export async function removeRecord(api: KubernetesApi, ours: RevertRecord): Promise<void> {
  const { namespace } = ours;
  const key = { namespace, name: recordName };
  const object = await api.find('ConfigMap', key, 'check whether the revert record is still ours');
  const found = object && recordIn(object, namespace);
  if (object === undefined || found === undefined || 'problems' in found || !areSame(found.record, ours)) return;
  const { uid } = object.metadata;
  await api.remove(
    'ConfigMap',
    key,
    'remove the revert record: everything is reverted',
    uid === undefined ? {} : { uid },
  );
}

/** Two runs may write a record in the same millisecond, and one run writes several. */
function areSame(a: RevertRecord, b: RevertRecord): boolean {
  return a.writtenAt === b.writtenAt && a.holder === b.holder;
}

function recordIn({ data }: ConfigMap, namespace: string): RecordReading {
  return parseRevertRecord(data?.[dataKey] ?? '', namespace);
}

/** Returns a sentence with the problems of the record in a namespace. */
export function explainInvalid(namespace: string, problems: readonly string[]): string {
  return `ConfigMap ${recordName} in namespace ${namespace} is not a valid record of an experiment: ${problems.join('; ')}.`;
}

/** Returns the error for record contents that the cluster and Azure do not confirm. */
export function invalidRecord(problems: readonly string[]): ActionError {
  return new ActionError('record-invalid', `${problems.join(' ')} The action changed nothing there.`);
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
