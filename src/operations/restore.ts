import { openMachines } from '../azure/machines.js';
import type { Machines } from '../chaos/machines.js';
import { findCopy } from '../chaos/putback/annotations.js';
import { readMark } from '../chaos/putback/mark-store.js';
import { restore } from '../chaos/putback/restore.js';
import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { membersOf } from '../migratorydata/names.js';
import type { Note } from '../report/journal.js';
import type { Context } from './context.js';
import type { Place } from './open-cluster.js';

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
 * Puts the cluster back by the mark in the namespace or, where that is gone with the namespace, by its copy on a node.
 * Gives a sentence about it; undefined when no experiment is left to be undone.
 * @throws ActionError `undo-incomplete` with all that is left; the mark stays then. `mark-unreadable`.
 */
export async function restoreByMark(
  context: Context,
  api: KubernetesApi,
  { namespace, machines, holder }: Marked,
  note: Note = text => {
    context.ports.log.info(text);
  },
): Promise<string | undefined> {
  const mark = (await readMark(api, namespace)) ?? (await findCopy(api, namespace));
  if (mark === undefined || (holder !== undefined && mark.holder !== holder)) return undefined;
  note(`Experiment ${mark.experiment} of ${mark.holder}, begun ${mark.writtenAt}, was not undone; putting back.`);
  const limits = { timeoutMs: membersMs, autoscaled: machines !== undefined, redact: context.redact };
  const { done, did, left } = await restore({ api, members: membersOf({ namespace }), machines, limits, note }, mark);
  if (done) return [`Experiment ${mark.experiment} is undone.`, ...did].join(' ');
  throw new ActionError(
    'undo-incomplete',
    `Experiment ${mark.experiment} could not be undone wholly: ${left.join('; ')}.`,
  );
}
