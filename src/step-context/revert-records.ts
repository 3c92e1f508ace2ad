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

/** How long the members may take to be Ready again before the rest is reverted all the same, in milliseconds. */
const membersMs = 2 * 60_000;

/** What a revert works on, also for post, which knows only its undo log. */
export interface RevertPlace {
  readonly namespace: string;
  /** Undefined where no machine can have been changed. */
  readonly machines: Machines | undefined;
  /** Only a record of this holder is reverted; undefined: of any holder. */
  readonly holder?: string;
}

/** Returns what a revert works on in a namespace of the provider's cluster. */
export function revertPlaceOf(provider: Provider, namespace: string): RevertPlace {
  return { namespace, machines: provider.kind === 'aks' ? openMachines(provider.az, provider.target) : undefined };
}

/**
 * Reverts by the record in the namespace and by its copies on nodes, which outlast the namespace. Returns a sentence
 * about it; undefined when no experiment is left to revert.
 * @throws ActionError `undo-incomplete` with all that is left; the record stays then. `record-invalid` when all that is left
 * is what nobody confirms.
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
      `Experiment ${record.experiment} of ${record.holder}, begun ${record.writtenAt}, was not undone; putting back.`,
    );
    const members = membersOf({ namespace });
    const result = await revertAll({ api, members, machines, limits, note, started: new Map() }, record);
    if (result.done) sentences.push(`Experiment ${record.experiment} is undone.`);
    sentences.push(...result.did);
    left.push(...result.left);
    invalid.push(...result.invalid);
  }
  if (left.length > 0) {
    const names = chosen.map(({ experiment }) => experiment).join(', ');
    const more = [...left, ...invalid, ...problems].join('; ');
    throw new ActionError('undo-incomplete', `Experiment ${names} could not be undone wholly: ${more}.`);
  }
  if (invalid.length + problems.length > 0) throw invalidRecord([...invalid, ...problems]);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

/** Returns every record of a deployment, each once, and the problems of the others. */
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
    add(reading, found => `The annotation ${recordAnnotation} of node ${node} is no record: ${found.join('; ')}.`);
  }
  return { records: [...records.values()], problems };
}

/** As `restoreByMark`, where other work goes on: what nobody confirms is a warning, and keeps nobody from it. */
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
