import { ActionError, hasCode, toActionError } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import type { Clock } from '../runtime/ports.js';
import { retry } from '../runtime/time.js';
import type { Context } from './context.js';
import { undoEntry, type UndoOutcome } from './undo-entry.js';
import { describeUndoEntry, liesIn, type UndoEntry } from './undo-log.js';

const tries = 3;
const pauseMs = 2_000;

/**
 * How the time is shared: each entry may take its part of what is left, by these weights of itself and of all that are
 * behind it. An experiment waits for its members; a deletion takes some calls of az.
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
  /** The time for all of it, in milliseconds. */
  readonly limitMs: number;
  /** Whether nobody tries again after this: private files, by which the rest is reached, are removed only then. */
  readonly last: boolean;
}

/**
 * Undoes what the undo log still holds. The deletion of a cluster comes first, and once Azure says that the cluster is being
 * deleted, what lies in it needs no reverting. Where the deletion failed, the rest is reverted and the deletion tried
 * again. Each entry is settled once it is undone; one that fails, or takes all of its time, does not keep the others from
 * being undone.
 * @throws ActionError `undo-incomplete`, naming all that is left and why.
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
    const limited = limitTime(context, shareOf(ahead, deadlineMs - ports.clock.now()));
    try {
      const { done, clusterGoes } = await undoWithPatience(limited.context, entry, undo);
      note(done);
      undoLog.settle(entry);
      if (clusterGoes && entry.kind === 'cluster') settleContents(context, entry, note);
    } catch (error) {
      const { signal } = limited.context;
      failures.set(entry, signal.aborted ? 'the time for it is over.' : told(error));
    } finally {
      limited.end();
    }
  }
  const left = [...failures].filter(([entry]) => isOpen(entry));
  if (left.length === 0) return;
  const reasons = left.map(([entry, reason]) => `${describeUndoEntry(entry)}: ${reason}`);
  throw new ActionError('undo-incomplete', `Not everything could be undone. ${reasons.join(' ')}`);
}

/** The order of undoing. A deletion stands in it twice: the second time for the case that the first one fails. */
function inOrder(open: readonly UndoEntry[], last: boolean): readonly UndoEntry[] {
  const deletions = open.filter(({ kind }) => kind === 'cluster');
  const reverts = open.filter(({ kind }) => kind !== 'cluster' && kind !== 'file');
  const files = last ? open.filter(({ kind }) => kind === 'file') : [];
  return [...deletions, ...reverts, ...(reverts.length === 0 ? [] : deletions), ...files];
}

/** Settles what lies in a cluster that is being deleted. */
function settleContents({ undoLog }: Context, cluster: Extract<UndoEntry, { kind: 'cluster' }>, note: Note): void {
  if (!undoLog.open().some(entry => liesIn(entry, cluster))) return;
  undoLog.settleAll(entry => liesIn(entry, cluster));
  note('What this step changed in the cluster goes with it and is not reverted.');
}

/** How long the first of these entries may take, in milliseconds. */
function shareOf([first, ...behind]: readonly UndoEntry[], leftMs: number): number {
  if (first === undefined) return 0;
  const weight = weights[first.kind];
  const total = behind.reduce((sum, { kind }) => sum + weights[kind], weight);
  return Math.max(0, (leftMs * weight) / total);
}

/** The same context with a signal that aborts after some time as well; `end` ends the timer. */
function limitTime(context: Context, ms: number): { readonly context: Context; readonly end: () => void } {
  const [late, ended] = [new AbortController(), new AbortController()];
  void abortAfter(context.ports.clock, ms, late, ended.signal);
  const signal = AbortSignal.any([context.signal, late.signal]);
  return {
    context: { ...context, signal },
    end: () => {
      ended.abort();
    },
  };
}

async function abortAfter(clock: Clock, ms: number, late: AbortController, ended: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, ended);
    late.abort(new Error('The time for undoing it is over.'));
  } catch {
    // It was undone in time.
  }
}

function told(error: unknown): string {
  const { message, hint } = toActionError(error);
  // What az says need not end like a sentence.
  return `${message.replace(/[\s.]*$/, '.')} ${hint}`;
}

function undoWithPatience(
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
