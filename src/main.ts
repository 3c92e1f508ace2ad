import { once } from 'node:events';
import { ActionError, toActionError } from './errors/action-error.js';
import { commentOnPullRequest } from './github/pull-request-comment.js';
import type { ActionFile } from './inputs/action-file.js';
import { instanceOrDefault, reportDirectoryOrDefault } from './inputs/general-section.js';
import { readRequest } from './inputs/read-request.js';
import { secretsOf } from './inputs/secret-values.js';
import { Journal } from './journal/journal.js';
import type { Outcome } from './journal/model.js';
import { recordCommands } from './journal/recorded-runner.js';
import { keepSecret } from './journal/redaction.js';
import { dryRun } from './operations/dry-run.js';
import { operationDefinitions, type Request } from './operations/index.js';
import { annotationOf } from './report/annotation.js';
import { attachReports } from './report/writer.js';
import type { Ports } from './runtime/ports.js';
import type { Context } from './step-context/context.js';
import { UndoLog, describeUndoEntry } from './step-context/undo-log.js';
import { undoAll } from './step-context/undo.js';

export interface MainPhase {
  readonly ports: Ports;
  /** The process environment, which holds the inputs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly actionFile: ActionFile;
  /** Ends forward work; the reason says whether by cancel or by timeout. */
  readonly stop: AbortController;
  /** Aborts when the runner cancels the step, also while what a failure or the timeout left is undone. */
  readonly cancelled: AbortSignal;
}

/** The runner kills a cancelled step after 7.5 seconds; the rest of them is for the reports. */
const cancelTimeMs = 5_500;
/** After a cancel the process ends itself after 6.5 seconds (src/action.ts); until shortly before it may still comment. */
const cancelCommentTimeMs = 6_000;
/** How long undoing and deleting may take after forward work has ended, in milliseconds; `timeout` does not cut it. */
const undoTimeMs = 5 * 60_000;

/** Runs the main phase of the step. Resolves with the exit code; reports are written on every path. */
export async function runMain({ ports, environment, actionFile, stop, cancelled }: MainPhase): Promise<number> {
  const late = abortAfterCancel(cancelled, cancelCommentTimeMs);
  const { redact, hide } = keepSecret(secretsOf(environment), ports.log);
  const read = readInputs(ports, environment, actionFile);
  const { log } = ports;
  const journal = new Journal(ports.clock, log, read.operation, read.instance, ports.run);
  const { reportDirectory, summary } = read;
  await attachReports(journal, ports, { directory: reportDirectory, summary, redact });
  for (const warning of read.warnings) journal.warn(warning);

  const runner = recordCommands(ports.runner, journal, log, redact);
  const undoLog = new UndoLog(ports.state);
  const context: Context = {
    ports: { ...ports, runner },
    journal,
    undoLog,
    signal: stop.signal,
    redact,
    hide,
  };
  const outcome = await Promise.race([attempt(context, read, stop, cancelled), runOutOfTime(context, cancelled)]);

  journal.pending(undoLog.open().filter(isWorthTelling).map(describeUndoEntry));
  ports.outputs.set('outcome', outcome);
  await journal.end(outcome);
  const { request } = read;
  // Last of all, since it may take time that a cancelled step does not have.
  if (!(request instanceof ActionError)) {
    await commentOnPullRequest({ ports, journal, redact, late }, request.general, outcome);
  }
  return outcome === 'success' || outcome === 'dry-run' ? 0 : 1;
}

/** A signal that aborts some time after the cancel. */
function abortAfterCancel(cancelled: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const begin = (): void => {
    setTimeout(() => {
      late.abort(new Error('GitHub did not answer before the cancelled step had to end'));
    }, ms).unref();
  };
  if (cancelled.aborted) begin();
  else cancelled.addEventListener('abort', begin, { once: true });
  return late.signal;
}

/** Ends a cancelled step whose work does not end by itself: the reports must be written before the runner kills it. */
async function runOutOfTime(context: Context, cancelled: AbortSignal): Promise<Outcome> {
  const { undoLog, ports } = context;
  if (!cancelled.aborted) await once(cancelled, 'abort');
  await ports.clock.sleep(cancelTimeMs, new AbortController().signal);
  const error = toActionError(cancelled.reason);
  tell(context, error, `${error.message} Not all work had ended: ${undoLog.open().length} entries are left to post.`);
  return 'cancelled';
}

/** Tells of a failure wherever it is looked for: in the reports, as an annotation, and in the outputs. */
function tell({ journal, ports, redact }: Context, error: ActionError, annotation = annotationOf(error)): void {
  journal.fail(error);
  ports.log.error(redact(annotation), error.code);
  ports.outputs.set('error-code', error.code);
  ports.outputs.set('error-transient', error.transient);
  ports.outputs.set('error-hint', redact(error.hint));
}

interface ReadInputs {
  readonly operation: string;
  readonly instance: string;
  readonly reportDirectory: string;
  readonly summary: boolean;
  readonly warnings: readonly string[];
  readonly request: Request | ActionError;
}

/** Reads the inputs; when they are wrong, still finds out whose report of that it is, and where it belongs. */
function readInputs(ports: Ports, environment: MainPhase['environment'], actionFile: ActionFile): ReadInputs {
  try {
    const { request, warnings } = readRequest({ env: environment, actionFile, run: ports.run }, operationDefinitions);
    const { instance, reportDirectory, summary } = request.general;
    return { operation: request.operation, instance, reportDirectory, summary, warnings, request };
  } catch (error) {
    const operation = environment['INPUT_OPERATION'] ?? '';
    const reportDirectory = reportDirectoryOrDefault(ports.run, environment);
    const instance = instanceOrDefault(environment);
    return { operation, instance, reportDirectory, summary: true, warnings: [], request: toActionError(error) };
  }
}

async function attempt(
  context: Context,
  { request }: ReadInputs,
  stop: AbortController,
  cancelled: AbortSignal,
): Promise<Outcome> {
  const { undoLog } = context;
  try {
    if (request instanceof ActionError) throw request;
    const definition = operationDefinitions[request.operation];
    if (request.general.dryRun && request.operation !== 'sweep') {
      await dryRun(context, request, definition.phases(request));
      return 'dry-run';
    }
    const limit = setTimeout(() => {
      stop.abort(tookTooLong(request.general.timeoutMs));
    }, request.general.timeoutMs);
    try {
      await definition.run(context, request);
    } finally {
      clearTimeout(limit);
    }
    return 'success';
  } catch (thrown) {
    // After an abort every wait fails in its own words; the reason of the abort is what the user must read.
    const error = toActionError(stop.signal.aborted ? stop.signal.reason : thrown);
    tell(context, error);
    if (error.code === 'cancelled') return 'cancelled';
    if (undoLog.open().some(isWorthTelling)) await cleanUp(context, cancelled);
    return error.code === 'timed-out' ? 'timed-out' : 'failure';
  }
}

/** Undoes at once what a failure left; a cancelled step has no time for it and leaves it to post. */
async function cleanUp(context: Context, cancelled: AbortSignal): Promise<void> {
  try {
    await context.journal.phase('clean-up', 'Undo what this step changed', note =>
      undoAll({ ...context, signal: cancelled }, note, { limitMs: undoTimeMs, last: false }),
    );
  } catch (error) {
    context.journal.fail(error);
  }
}

/** Private files are removed by post as a matter of course. */
function isWorthTelling(undo: Parameters<typeof describeUndoEntry>[0]): boolean {
  return undo.kind !== 'file';
}

function tookTooLong(timeoutMs: number): ActionError {
  const minutes = Math.round(timeoutMs / 60_000);
  return new ActionError('timed-out', `The step did not end within its timeout of ${minutes} minutes.`);
}
