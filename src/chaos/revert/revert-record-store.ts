import { ActionError } from '../../errors/action-error.js';
import { hasStatus } from '../../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import { creationCommand, deletionCommand } from '../../kubernetes/api/kubectl-equivalents.js';
import type { ConfigMap } from '../../kubernetes/api/types.js';
import { annotationKey, isOurs, ownershipLabels } from '../../migratorydata/object-names.js';
import type { CommandStep } from '../../runtime/command-line.js';
import { type RevertRecord, type RecordReading, parseRevertRecord } from './revert-record.js';

/** The name of the ConfigMap, in the namespace of the deployment. */
export const recordName = 'migratorydata-aks-mark';
const dataKey = 'mark';
/** Counts the changes that the owner of the record has made under it. */
const passesAnnotation = annotationKey('passes');
/** Names the run that reverts the record of another one. */
const claimedByAnnotation = annotationKey('claimed-by');

/** A revert record in the cluster. */
export interface StoredRecord {
  readonly record: RevertRecord;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  /** The run that has claimed it to revert it; undefined while it belongs to the run that wrote it. */
  readonly claimedBy: string | undefined;
}

/**
 * Writes the revert record of an experiment before it starts. Never replaces the record of another experiment, because
 * that one was not reverted. Returns it as it is stored.
 * @throws ActionError `mark-found` when there is another record, `record-invalid` when that one is not valid.
 */
export async function writeRecord(api: KubernetesApi, record: RevertRecord): Promise<StoredRecord> {
  const { namespace } = record;
  const object = configMapOf(namespace, JSON.stringify(record, undefined, 2));
  try {
    const { metadata } = await api.create(object, 'write the revert record');
    return storedAs(record, metadata);
  } catch (error) {
    // The request may have succeeded although its response was lost: then the record is ours.
    if (!hasStatus(error, 409)) throw error;
    const stored = await findStoredRecord(api, record);
    if (stored !== undefined) return stored;
    const found = await readRecord(api, namespace);
    if (found !== undefined && 'problems' in found) throw invalidRecord([explainInvalid(namespace, found.problems)]);
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

/** Returns a record as it is in the cluster now; undefined when it is no longer there. */
export async function findStoredRecord(api: KubernetesApi, record: RevertRecord): Promise<StoredRecord | undefined> {
  const key = { namespace: record.namespace, name: recordName };
  const object = await api.find('ConfigMap', key, 'check whether the revert record is still ours');
  const found = object && recordIn(object, record.namespace);
  if (object === undefined || found === undefined || 'problems' in found || !areSame(found.record, record))
    return undefined;
  return storedAs(record, object.metadata);
}

/**
 * Writes the number of changes to a record, if nobody has changed the record since its version. Returns its new version.
 * @throws ApiError with status 409 or 404 otherwise.
 */
export async function touchRecord(
  api: KubernetesApi,
  { record, resourceVersion }: StoredRecord,
  passes: number,
): Promise<string | undefined> {
  const patch = { metadata: { resourceVersion, annotations: { [passesAnnotation]: String(passes) } } };
  return patchRecord(api, record, patch, 'confirm that no other run reverts the experiment');
}

/**
 * Claims a record for the run that reverts it: the run that wrote it makes no harmful change after that. Returns
 * undefined when the record is no longer there, as when only its copies on nodes remain.
 */
export async function claimRecord(
  api: KubernetesApi,
  record: RevertRecord,
  holder: string,
): Promise<StoredRecord | undefined> {
  for (;;) {
    const stored = await findStoredRecord(api, record);
    if (stored === undefined) return undefined;
    const { resourceVersion } = stored;
    const patch = { metadata: { resourceVersion, annotations: { [claimedByAnnotation]: holder } } };
    try {
      const version = await patchRecord(api, record, patch, 'claim the revert record of an experiment');
      return { ...stored, resourceVersion: version, claimedBy: holder };
    } catch (error) {
      if (!hasStatus(error, 404, 409)) throw error;
    }
  }
}

/** Writes more that must be reverted to the record of an experiment, before a revert changes it. */
export async function extendRecord(api: KubernetesApi, record: RevertRecord): Promise<void> {
  const data = { [dataKey]: JSON.stringify(record, undefined, 2) };
  await patchRecord(api, record, { data }, 'write down what the revert changes for a moment');
}

async function patchRecord(
  api: KubernetesApi,
  { namespace }: RevertRecord,
  patch: object,
  why: string,
): Promise<string | undefined> {
  const { metadata } = await api.mergePatch('ConfigMap', { namespace, name: recordName }, patch, why);
  return metadata.resourceVersion;
}

/** Removes the revert record when everything is reverted. Does nothing when another run has written a new one since. */
export async function removeRecord(api: KubernetesApi, ours: RevertRecord): Promise<void> {
  const stored = await findStoredRecord(api, ours);
  if (stored === undefined) return;
  const { uid } = stored;
  const key = { namespace: ours.namespace, name: recordName };
  const why = 'remove the revert record: everything is reverted';
  await api.remove('ConfigMap', key, why, { uid });
}

/**
 * Removes the object of the revert record in a namespace, whatever its contents are.
 * @throws ActionError `record-invalid` when the object is labelled as managed by something else.
 */
export async function discardRecord(api: KubernetesApi, namespace: string): Promise<void> {
  const key = { namespace, name: recordName };
  const object = await api.find('ConfigMap', key, 'find the revert record to discard');
  if (object === undefined) return;
  const { uid, labels = {} } = object.metadata;
  // People and planted records set no label.
  if (!isOurs(object) && Object.keys(ownershipLabels).some(label => label in labels)) {
    const why =
      'is not discarded, because its label app.kubernetes.io/managed-by names something else: delete it manually';
    throw invalidRecord([`ConfigMap ${recordName} in namespace ${namespace} ${why}.`]);
  }
  await api.remove('ConfigMap', key, 'discard the revert record', { uid });
}

/** Two runs may write a record in the same millisecond, and one run writes several. */
function areSame(a: RevertRecord, b: RevertRecord): boolean {
  return a.writtenAt === b.writtenAt && a.holder === b.holder;
}

function storedAs(record: RevertRecord, { uid, resourceVersion, annotations }: ConfigMap['metadata']): StoredRecord {
  return { record, uid, resourceVersion, claimedBy: annotations?.[claimedByAnnotation] };
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
