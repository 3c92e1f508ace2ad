import type { Machines } from '../chaos/machines.js';
import { readMark } from '../chaos/putback/mark-store.js';
import { restore } from '../chaos/putback/restore.js';
import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { membersOf } from '../migratorydata/names.js';
import type { Note } from '../report/journal.js';
import type { Context } from './context.js';

/** How long the members may take to be Ready again before the rest is put back all the same, in milliseconds. */
const membersMs = 2 * 60_000;

/**
 * Puts the cluster back by the mark in the namespace, where there is one, and gives a sentence about it.
 * @throws ActionError `undo-incomplete` with all that is left; the mark stays then.
 */
export async function restoreByMark(
  context: Context,
  api: KubernetesApi,
  { namespace, machines }: { readonly namespace: string; readonly machines: Machines | undefined },
  note: Note = text => {
    context.ports.log.info(text);
  },
): Promise<string> {
  const mark = await readMark(api, namespace);
  if (mark === undefined) return `No experiment is left to be undone in namespace ${namespace}.`;
  note(`Experiment ${mark.experiment} of ${mark.holder}, begun ${mark.writtenAt}, was not undone; putting back.`);
  const limits = { timeoutMs: membersMs, autoscaled: machines !== undefined, redact: context.redact };
  const { done, did, left } = await restore({ api, members: membersOf({ namespace }), machines, limits, note }, mark);
  if (done) return [`Experiment ${mark.experiment} is undone.`, ...did].join(' ');
  throw new ActionError(
    'undo-incomplete',
    `Experiment ${mark.experiment} could not be undone wholly: ${left.join('; ')}.`,
  );
}
