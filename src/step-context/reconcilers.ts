import type { Reconciler } from '../kubernetes/reconcilers.js';
import type { Context } from './context.js';

/** Warns that another controller undoes, or may undo, a change of `what`, a noun phrase. A warning is not repeated. */
export function warnOfReconciler({ journal }: Context, what: string, reconciler: Reconciler | undefined): void {
  if (reconciler === undefined) return;
  const { name, always, pause } = reconciler;
  journal.warnOnce(
    `${what} is managed by ${name}, which ${always ? 'undoes' : 'may undo'} what this step changes: ${pause}.`,
  );
}
