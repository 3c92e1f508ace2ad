import { openMachines } from '../azure/machines/machines.js';
import type { Machines } from '../chaos/machines-port.js';
import { recordAnnotation } from '../chaos/revert/annotation-keys.js';
import { createFence } from '../chaos/revert/fence.js';
import { nodesLock, releaseLock } from '../chaos/revert/lease.js';
import { discardCopies, findCopies, releaseNodes } from '../chaos/revert/node-annotations.js';
import {
  claimRecord,
  discardRecord,
  explainInvalid,
  invalidRecord,
  readRecord,
} from '../chaos/revert/revert-record-store.js';
import type { RevertRecord, RecordReading } from '../chaos/revert/revert-record.js';
import { revertAll } from '../chaos/revert/revert.js';
import { ActionError } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { MemberSet } from '../kubernetes/pods.js';
import { isOurs, membersOf } from '../migratorydata/object-names.js';
import { withoutPeriod } from '../runtime/text.js';
import { type Context, holderOf } from './context.js';
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
  place: RevertPlace,
  note: Note = text => {
    context.ports.log.info(text);
  },
): Promise<string | undefined> {
  const { done, problem } = await revertFound(context, api, place, note);
  if (problem !== undefined) throw problem;
  return done;
}

/**
 * As `revertRecords`, but before another operation, which goes on with a warning: an unconfirmed record must not block
 * it, nor what is left on nodes if it `mayLeave` that. The deletion of a namespace may not, because the record goes with
 * it.
 * @throws ActionError `undo-incomplete` with everything that is left.
 */
export async function revertBefore(
  context: Context,
  api: KubernetesApi,
  place: RevertPlace,
  note: Note,
  mayLeave: 'nodes' | 'nothing',
): Promise<string | undefined> {
  const { done, problem, leftOnMembers } = await revertFound(context, api, place, note);
  if (problem === undefined) return done;
  if (problem.code === 'undo-incomplete' && (leftOnMembers || mayLeave === 'nothing')) throw problem;
  context.journal.warn(`${problem.message} (${problem.code})`);
  return undefined;
}

/**
 * As `revertRecords`, but gives up what cannot be reverted: names it in a warning, and removes the record, its copies,
 * and the annotations of its nodes. `guard` runs the removal while no other run can work under the record.
 * @throws ActionError `record-invalid` when the object of the record belongs to something else, and the errors of
 * `guard`.
 */
export async function revertOrDiscard(
  context: Context,
  api: KubernetesApi,
  place: RevertPlace,
  note: Note,
  guard: (discard: (api: KubernetesApi) => Promise<void>) => Promise<void>,
): Promise<string | undefined> {
  const { namespace } = place;
  const { done, unreverted, records } = await revertFound(context, api, place, note);
  if (unreverted.length === 0) return done;
  await guard(async bound => {
    // A revert that was stopped proves nothing about what can be reverted.
    context.signal.throwIfAborted();
    // Said before the record is gone: nothing else knows what is left.
    const what = unreverted.map(withoutPeriod).join('; ');
    context.journal.warn(`The revert record of namespace ${namespace} is discarded; not reverted: ${what}.`);
    for (const record of records) await releaseNodes(bound, record);
    await discardCopies(bound, namespace);
    await discardRecord(bound, namespace);
  });
  return [done, `The revert record of namespace ${namespace} was discarded.`]
    .filter(sentence => sentence !== undefined)
    .join(' ');
}

interface RevertOfRecords {
  readonly records: readonly RevertRecord[];
  readonly done: string | undefined;
  /** What is left, not confirmed or not valid. */
  readonly unreverted: readonly string[];
  /** The error for it. */
  readonly problem: ActionError | undefined;
  readonly leftOnMembers: boolean;
}

async function revertFound(
  context: Context,
  api: KubernetesApi,
  { namespace, machines, holder }: RevertPlace,
  note: Note,
): Promise<RevertOfRecords> {
  const { records, problems } = await findRecords(api, namespace);
  const knownMs = api.clock.now();
  const chosen = records.filter(record => holder === undefined || record.holder === holder);
  const limits = { remainingMs: () => membersMs, autoscaled: machines !== undefined, redact: context.redact };
  const ours = holderOf(context);
  const [sentences, left, invalid]: [string[], string[], string[]] = [[], [], []];
  let leftOnMembers = false;
  for (const record of chosen) {
    note(
      `Experiment ${record.experiment} of ${record.holder}, started ${record.writtenAt}, was not reverted; reverting it.`,
    );
    const members = membersOf({ namespace, name: record.deployment });
    const refutal = await refuteDeployment(api, members);
    if (refutal !== undefined) {
      invalid.push(refutal);
      continue;
    }
    const stored = await claimRecord(api, record, ours);
    const fence = stored && createFence(api, stored);
    const known = { started: new Map<string, string | undefined>(), knownMs };
    const result = await revertAll({ api, members, machines, limits, note, fence, ...known }, record);
    if (result.done) sentences.push(`Experiment ${record.experiment} was reverted.`);
    sentences.push(...result.did);
    left.push(...result.left);
    invalid.push(...result.invalid);
    leftOnMembers ||= result.leftOnMembers;
  }
  // An earlier attempt of this run may have left it. The lock of another run that has ended expires.
  if (chosen.length > 0) await releaseLock(api, nodesLock, ours).catch(() => undefined);
  const done = sentences.length === 0 ? undefined : sentences.join(' ');
  // The record and its copies may differ, and say the same.
  const unreverted = [...new Set([...left, ...invalid, ...problems])];
  const found = { records: chosen, done, unreverted, leftOnMembers };
  if (left.length === 0) return { ...found, problem: unreverted.length === 0 ? undefined : invalidRecord(unreverted) };
  const names = chosen.map(({ experiment }) => experiment).join(', ');
  const message = `Experiment ${names} could not be fully reverted: ${unreverted.join('; ')}.`;
  return { ...found, problem: new ActionError('undo-incomplete', message) };
}

/**
 * Returns why the deployment that a record names is none of this project, as a sentence; undefined if it is, or if it does
 * not exist any more.
 */
async function refuteDeployment(api: KubernetesApi, { namespace, name }: MemberSet): Promise<string | undefined> {
  const statefulSet = await api.find('StatefulSet', { namespace, name }, 'check whose members the record is about');
  return statefulSet === undefined || isOurs(statefulSet)
    ? undefined
    : `The record is about deployment ${name}, but StatefulSet ${name} was not created by this action.`;
}

/** Returns the distinct records in a namespace, and the problems of invalid ones. */
async function findRecords(
  api: KubernetesApi,
  namespace: string,
): Promise<{ readonly records: readonly RevertRecord[]; readonly problems: readonly string[] }> {
  const [inNamespace, copies] = await Promise.all([readRecord(api, namespace), findCopies(api, namespace)]);
  const records = new Map<string, RevertRecord>();
  const problems: string[] = [];
  const add = (reading: RecordReading, explain: (problems: readonly string[]) => string): void => {
    if ('problems' in reading) problems.push(explain(reading.problems));
    else {
      // The record in the namespace comes first; a revert may have extended it since its copies were written.
      const key = `${reading.record.holder} ${reading.record.writtenAt}`;
      if (!records.has(key)) records.set(key, reading.record);
    }
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
