import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import { withoutPeriod } from '../runtime/text.js';
import { retry, withTimeLimit } from '../runtime/time.js';
import type { Context } from './context.js';
import { undoEntry, type UndoOutcome } from './undo-entry.js';
import { describeUndoEntry, liesIn, type UndoEntry } from './undo-log.js';

const tries = 3;
const pauseMs = 2_000;

/**
 * Each entry may use a share of the remaining time, by these weights of itself and of all entries after it. An
 * experiment waits for its members; a deletion needs some requests to Azure.
 */
const weights: Readonly<Record<UndoEntry['kind'], number>> = {
  cluster: 3,
  experiment: 6,
  lock: 1,
  namespace: 1,
  'authorized-range': 2,
  file: 0.1,
};

export interface UndoOptions {
  /** The time limit for all entries, in milliseconds. */
  readonly limitMs: number;
  /** Whether this is the last attempt: private files, which the other entries need, are only removed then. */
  readonly last: boolean;
}

/**
 * Undoes the open entries of the undo log. The deletion of a cluster comes first; once Azure reports that the cluster
 * is being deleted, its contents do not need to be reverted. If the deletion fails, the other entries are reverted and
 * the deletion is tried again. Each entry is settled after its undo; one that fails, or uses up its time, does not
 * prevent the others.
 * @throws ActionError `undo-incomplete` with everything that is left and why.
 */
export async function undoAll(
  context: Context,
  note: Note,
  { limitMs, last }: UndoOptions,
  undo: (context: Context, entry: UndoEntry) => Promise<UndoOutcome> = undoEntry,
): Promise<void> {
  const { undoLog, ports } = context;
  const deadlineMs = ports.clock.now() + limitMs;
  const failures = new Map<UndoEntry, string>();
  const isOpen = (entry: UndoEntry): boolean => undoLog.open().includes(entry);

  for (let ahead = inOrder(undoLog.open(), last); ahead.length > 0; ahead = ahead.slice(1).filter(isOpen)) {
    const [entry] = ahead;
    if (entry === undefined) break;
    const ms = shareOf(ahead, deadlineMs - ports.clock.now());
    const limit = { clock: ports.clock, ms, outer: context.signal, text: 'The time limit of the undo was reached.' };
    let { signal } = context;
    try {
      const { done, clusterGoes } = await withTimeLimit(limit, limited => {
        signal = limited;
        return undoWithRetries({ ...context, signal }, entry, undo);
      });
      note(done);
      undoLog.settle(entry);
      if (clusterGoes && entry.kind === 'cluster') settleContents(context, entry, note);
    } catch (error) {
      failures.set(entry, signal.aborted ? 'its time limit was reached.' : explain(error));
    }
  }
  const left = [...failures].filter(([entry]) => isOpen(entry));
  if (left.length === 0) return;
  const reasons = left.map(([entry, reason]) => `${describeUndoEntry(entry)}: ${reason}`);
  throw new ActionError('undo-incomplete', `Not everything could be undone. ${reasons.join(' ')}`);
}

/**
 * Returns the entries in the order of the undo. A deletion occurs twice: the second time in case the first one fails.
 */
function inOrder(open: readonly UndoEntry[], last: boolean): readonly UndoEntry[] {
  const deletions = open.filter(({ kind }) => kind === 'cluster');
  const reverts = open.filter(({ kind }) => kind !== 'cluster' && kind !== 'file');
  const files = last ? open.filter(({ kind }) => kind === 'file') : [];
  return [...deletions, ...reverts, ...(reverts.length === 0 ? [] : deletions), ...files];
}

/** Settles the entries whose changes are in a cluster that is being deleted. */
function settleContents({ undoLog }: Context, cluster: Extract<UndoEntry, { kind: 'cluster' }>, note: Note): void {
  if (!undoLog.open().some(entry => liesIn(entry, cluster))) return;
  undoLog.settleAll(entry => liesIn(entry, cluster));
  note('The changes of this step in the cluster are deleted with it and not reverted.');
}

/**
 * Returns how long the first of these entries may take, in milliseconds. The first try of a deletion gets half of the
 * time: its requests to Azure are slow on a busy runner, the entries in its cluster need no time when it succeeds, and a refusal
 * by Azure is immediate.
 */
function shareOf([first, ...behind]: readonly UndoEntry[], leftMs: number): number {
  if (first === undefined) return 0;
  if (behind.includes(first)) return Math.max(0, leftMs / 2);
  const weight = weights[first.kind];
  const total = behind.reduce((sum, { kind }) => sum + weights[kind], weight);
  return Math.max(0, (leftMs * weight) / total);
}

function explain(error: unknown): string {
  const { message, hint } = toActionError(error);
  // Messages of Azure may not end with a period.
  return `${withoutPeriod(message)}. ${hint}`;
}

function undoWithRetries(
  context: Context,
  entry: UndoEntry,
  undo: (context: Context, entry: UndoEntry) => Promise<UndoOutcome>,
): Promise<UndoOutcome> {
  // An incomplete revert has already made its own retries.
  const mayRetry = (error: unknown): boolean => toActionError(error).transient && !hasCode(error, 'undo-incomplete');
  return retry(
    context.ports.clock,
    context.signal,
    () => undo(context, entry),
    (error, count) => (count < tries && mayRetry(error) ? pauseMs * count : undefined),
  );
}
