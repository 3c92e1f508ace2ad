import { ActionError } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import { type Reconciler, reconcilerOf } from '../kubernetes/reconcilers.js';
import type { ClusterState } from './experiment-context.js';

/**
 * The bounds of the autoscaler must stay as the experiment sets them; see `freezeAutoscaler`.
 * @throws ActionError `experiment-skipped` when another controller would undo that in the middle.
 */
export function assertBoundsLast({ autoscaler }: ClusterState, note: Note): void {
  if (autoscaler) assertLasts(`the bounds of autoscaler ${autoscaler.name}`, autoscaler.reconciler, note);
}

/** As `assertBoundsLast`, for the number of members. With an autoscaler, that follows from its bounds. */
export function assertReplicasLast({ autoscaler, statefulSet }: ClusterState, note: Note): void {
  if (autoscaler) return;
  assertLasts(`the number of members of StatefulSet ${statefulSet.metadata.name}`, reconcilerOf(statefulSet), note);
}

function assertLasts(what: string, reconciler: Reconciler | undefined, note: Note): void {
  if (reconciler === undefined) return;
  const { name, always, pause } = reconciler;
  if (!always) {
    note(`The experiment changes ${what}, which ${name} may undo: ${pause}.`);
    return;
  }
  const message = `The experiment changes ${what}, but ${name} would undo that in the middle of it: ${pause}.`;
  throw new ActionError('experiment-skipped', message, { hint: `To run the experiment, ${pause}.` });
}
