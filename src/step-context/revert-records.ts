import { openMachines } from '../azure/machines.js';
import type { Machines } from '../chaos/machines-port.js';
import { recordAnnotation } from '../chaos/revert/annotation-keys.js';
import { findCopies } from '../chaos/revert/node-annotations.js';
import { explainInvalid, invalidRecord, readRecord } from '../chaos/revert/revert-record-store.js';
import type { RevertRecord, RecordReading } from '../chaos/revert/revert-record.js';
import { revertAll } from '../chaos/revert/revert.js';
import { ActionError, hasCode } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { membersOf } from '../migratorydata/object-names.js';
import type { Context } from './context.js';
import type { Provider } from './provider.js';

/** How long the members may take to become Ready before the rest is reverted anyway, in milliseconds. */
const membersMs = 2 * 60_000;

/** The target of a revert, also for the post step, which only has its undo log. */
export interface RevertPlace {
  readonly namespace: string;
  /** Undefined if no machine can have been changed. */
  readonly machines: Machines | undefined;
  /** If set, only records of this holder are reverted. */
  readonly holder?: string;
}

/** Returns the target of a revert in a namespace of the provider's cluster. */
export function revertPlaceOf(provider: Provider, namespace: string): RevertPlace {
  return { namespace, machines: provider.kind === 'aks' ? openMachines(provider.azure, provider.target) : undefined };
}

/**
 * Reverts the changes in the record in the namespace and in its copies on nodes, which remain when the namespace is
 * deleted. Returns a sentence about the revert; undefined when there is no experiment to revert.
 * @throws ActionError `undo-incomplete` with everything that is left; the record is kept in this case. `record-invalid`
 * when the rest consists only of records that are not confirmed.
 */
export async function revertRecords(
  context: Context,
  api: KubernetesApi,
  { namespace, machines, holder }: RevertPlace,
  note: Note = text => {
    context.ports.log.info(text);
  },
): Promise<string | undefined> {
  const { records, problems } = await findRecords(api, namespace);
  const chosen = records.filter(record => holder === undefined || record.holder === holder);
  const limits = { remainingMs: () => membersMs, autoscaled: machines !== undefined, redact: context.redact };
  const [sentences, left, invalid]: [string[], string[], string[]] = [[], [], []];
  for (const record of chosen) {
    note(
      `Experiment ${record.experiment} of ${record.holder}, started ${record.writtenAt}, was not reverted; reverting it.`,
    );
    const members = membersOf({ namespace });
    const result = await revertAll({ api, members, machines, limits, note, started: new Map() }, record);
    if (result.done) sentences.push(`Experiment ${record.experiment} was reverted.`);
    sentences.push(...result.did);
    left.push(...result.left);
    invalid.push(...result.invalid);
  }
  if (left.length > 0) {
    const names = chosen.map(({ experiment }) => experiment).join(', ');
    const more = [...left, ...invalid, ...problems].join('; ');
    throw new ActionError('undo-incomplete', `Experiment ${names} could not be fully reverted: ${more}.`);
  }
  if (invalid.length + problems.length > 0) throw invalidRecord([...invalid, ...problems]);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

/** Returns the distinct records of a deployment, and the problems of invalid ones. */
async function findRecords(
  api: KubernetesApi,
  namespace: string,
): Promise<{ readonly records: readonly RevertRecord[]; readonly problems: readonly string[] }> {
  const [inNamespace, copies] = await Promise.all([readRecord(api, namespace), findCopies(api, namespace)]);
  const records = new Map<string, RevertRecord>();
  const problems: string[] = [];
  const add = (reading: RecordReading, explain: (problems: readonly string[]) => string): void => {
    if ('problems' in reading) problems.push(explain(reading.problems));
    else records.set(JSON.stringify(reading.record), reading.record);
  };
  if (inNamespace) add(inNamespace, found => explainInvalid(namespace, found));
  for (const { node, reading } of copies) {
    add(
      reading,
      found => `The annotation ${recordAnnotation} of node ${node} is not a valid record: ${found.join('; ')}.`,
    );
  }
  return { records: [...records.values()], problems };
}

/** As `revertRecords`, but unconfirmed records only cause a warning, so that they do not block other operations. */
export async function revertConfirmedRecords(
  context: Context,
  api: KubernetesApi,
  marked: RevertPlace,
  note: Note,
): Promise<string | undefined> {
  try {
    return await revertRecords(context, api, marked, note);
  } catch (error) {
    if (!hasCode(error, 'record-invalid')) throw error;
    context.journal.warn(`${error.message} (record-invalid)`);
    return undefined;
  }
}
