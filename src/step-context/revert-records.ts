import { openMachines } from '../azure/machines.js';
import type { Machines } from '../chaos/machines.js';
import { findCopies, markAnnotation } from '../chaos/putback/annotations.js';
import type { Mark, MarkReading } from '../chaos/putback/mark.js';
import { explainInvalid, invalidRecord, readMark } from '../chaos/putback/mark-store.js';
import { restore } from '../chaos/putback/restore.js';
import { ActionError, hasCode } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { membersOf } from '../migratorydata/names.js';
import type { Note } from '../journal/journal.js';
import type { Context } from './context.js';
import type { Place } from './connection.js';

/** How long the members may take to be Ready again before the rest is put back all the same, in milliseconds. */
const membersMs = 2 * 60_000;

/** The deployment in a namespace of a cluster. */
export type DeploymentPlace = Place & { readonly namespace: string };

/** The same for post, which has nothing but what the ledger says. */
export interface Marked {
  readonly namespace: string;
  /** Undefined where no machine can have been changed. */
  readonly machines: Machines | undefined;
  /** Only a mark of this holder is undone; undefined: anybody's. */
  readonly holder?: string;
}

/** What putting back works on at a place. */
export function markedAt({ target, az, namespace }: DeploymentPlace): Marked {
  return { namespace, machines: target.kind === 'aks' && az !== undefined ? openMachines(az, target) : undefined };
}

/**
 * Puts the cluster back by the mark in the namespace and by the copies of it on nodes, which outlast the namespace. Gives
 * a sentence about it; undefined when no experiment is left to be undone.
 * @throws ActionError `undo-incomplete` with all that is left; the mark stays then. `record-invalid` when all that is left
 * is what nobody confirms.
 */
export async function restoreByMark(
  context: Context,
  api: KubernetesApi,
  { namespace, machines, holder }: Marked,
  note: Note = text => {
    context.ports.log.info(text);
  },
): Promise<string | undefined> {
  const { marks, problems } = await findMarks(api, namespace);
  const chosen = marks.filter(mark => holder === undefined || mark.holder === holder);
  const limits = { timeoutMs: membersMs, autoscaled: machines !== undefined, redact: context.redact };
  const [sentences, left, invalid]: [string[], string[], string[]] = [[], [], []];
  for (const mark of chosen) {
    note(`Experiment ${mark.experiment} of ${mark.holder}, begun ${mark.writtenAt}, was not undone; putting back.`);
    const members = membersOf({ namespace });
    const result = await restore({ api, members, machines, limits, note, started: new Map() }, mark);
    if (result.done) sentences.push(`Experiment ${mark.experiment} is undone.`);
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

/** Every mark of a deployment, each once, and what is wrong with the others. */
async function findMarks(
  api: KubernetesApi,
  namespace: string,
): Promise<{ readonly marks: readonly Mark[]; readonly problems: readonly string[] }> {
  const [inNamespace, copies] = await Promise.all([readMark(api, namespace), findCopies(api, namespace)]);
  const marks = new Map<string, Mark>();
  const problems: string[] = [];
  const add = (reading: MarkReading, explain: (problems: readonly string[]) => string): void => {
    if ('problems' in reading) problems.push(explain(reading.problems));
    else marks.set(JSON.stringify(reading.mark), reading.mark);
  };
  if (inNamespace) add(inNamespace, found => explainInvalid(namespace, found));
  for (const { node, reading } of copies) {
    add(reading, found => `The annotation ${markAnnotation} of node ${node} is no record: ${found.join('; ')}.`);
  }
  return { marks: [...marks.values()], problems };
}

/** As `restoreByMark`, where other work goes on: what nobody confirms is a warning, and keeps nobody from it. */
export async function restoreWhatIsConfirmed(
  context: Context,
  api: KubernetesApi,
  marked: Marked,
  note: Note,
): Promise<string | undefined> {
  try {
    return await restoreByMark(context, api, marked, note);
  } catch (error) {
    if (!hasCode(error, 'record-invalid')) throw error;
    context.journal.warn(`${error.message} (record-invalid)`);
    return undefined;
  }
}
