import { once } from 'node:events';
import { ActionError, toActionError } from './errors/action-error.js';
import { commentOnPullRequest } from './github/pull-request-comment.js';
import { type BaselineReading, loadBaseline } from './inputs/baseline-report.js';
import { type ConfigReading, loadConfig } from './inputs/config-source.js';
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
import { formatDuration } from './runtime/duration.js';
import type { Ports } from './runtime/ports.js';
import { onAbort } from './runtime/time.js';
import type { Context } from './step-context/context.js';
import { UndoLog, describeUndoEntry, type UndoEntry } from './step-context/undo-log.js';
import { undoAll } from './step-context/undo.js';

export interface MainPhase {
  readonly ports: Ports;
  /** The process environment, which holds the inputs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the operation; its reason is a cancel or the timeout. */
  readonly stop: AbortController;
  /** Aborts when the runner cancels the step, also while changes are undone after a failure or the timeout. */
  readonly cancelled: AbortSignal;
}

/** The runner kills a cancelled step after 7.5 seconds; the time that is left after this is for the reports. */
const cancelTimeMs = 5_500;
/** The process exits 6.5 seconds after a cancel (src/action.ts); until shortly before that, it may still comment. */
const cancelCommentTimeMs = 6_000;
/** How long undoing may take after the operation has ended, in milliseconds; `timeout` does not limit it. */
const undoTimeMs = 5 * 60_000;

/** Runs the main phase of the step and returns its exit code. Reports are written on every path. */
export async function runMain({ ports, environment, stop, cancelled }: MainPhase): Promise<number> {
  const late = abortAfterCancel(cancelled, cancelCommentTimeMs);
  const { redact, hide } = keepSecret(secretsOf(environment), ports.log);
  const { log } = ports;
  const config = await loadConfig(ports.files, environment, ports.run);
  reportConfig(ports, config);
  const baseline = await loadBaseline(ports.files, environment, ports.run, config);
  const inputs = readInputs(ports, environment, { config, baseline });
  const journal = new Journal(ports.clock, log, inputs.operation, inputs.instance, ports.run);
  const { reportDirectory, summary, request } = inputs;
  await attachReports(journal, ports, { directory: reportDirectory, summary, redact });
  for (const warning of inputs.warnings) journal.warn(warning);

  const runner = recordCommands(ports.runner, journal, log, redact);
  const undoLog = new UndoLog(ports.state);
  const context: Context = {
    ports: { ...ports, runner },
    journal,
    undoLog,
    azureClients: new Map(),
    timeoutMs: request instanceof ActionError ? 0 : request.general.timeoutMs,
    signal: stop.signal,
    redact,
    hide,
  };
  const outcome = await Promise.race([
    runOperation(context, inputs, stop, cancelled),
    endAfterCancel(context, cancelled),
  ]);

  journal.pending(undoLog.open().filter(isShown).map(describeUndoEntry));
  ports.outputs.set('outcome', outcome);
  await journal.end(outcome);
  // The comment comes last, because a cancelled step may have no time for it.
  if (!(request instanceof ActionError)) {
    await commentOnPullRequest({ ports, journal, redact, late }, request.general, outcome);
  }
  return outcome === 'success' || outcome === 'dry-run' ? 0 : 1;
}

/** Returns a signal that aborts some time after the cancel. */
function abortAfterCancel(cancelled: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  onAbort(cancelled, () => {
    setTimeout(() => {
      late.abort(new Error('GitHub did not respond before the cancelled step had to end'));
    }, ms).unref();
  });
  return late.signal;
}

/** Ends a cancelled step whose operation does not end in time: the runner kills it, and the reports must be written. */
async function endAfterCancel(context: Context, cancelled: AbortSignal): Promise<Outcome> {
  const { undoLog, ports } = context;
  if (!cancelled.aborted) await once(cancelled, 'abort');
  await ports.clock.sleep(cancelTimeMs, new AbortController().signal);
  const error = toActionError(cancelled.reason);
  reportFailure(
    context,
    error,
    `${error.message} The operation had not ended: ${undoLog.open().length} entries are left to the post phase.`,
  );
  return 'cancelled';
}

/** Reports a failure in the journal, as an annotation and in the outputs. */
function reportFailure(
  { journal, ports, redact }: Context,
  error: ActionError,
  annotation = annotationOf(error),
): void {
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

/** Names the config file in the first line of the log and in the outputs. */
function reportConfig({ log, outputs }: Ports, { file }: ConfigReading): void {
  if (file === undefined) return;
  const commit = file.commit === '' ? '' : ` at commit ${file.commit}`;
  log.info(`The config file is ${file.path}${commit}, with SHA-256 ${file.digest}.`);
  outputs.set('config-path', file.path);
  outputs.set('config-digest', file.digest);
}

/** Reads the inputs. Invalid inputs are also reported, so the fields that a report needs are always read. */
function readInputs(
  ports: Ports,
  environment: MainPhase['environment'],
  files: { readonly config: ConfigReading; readonly baseline: BaselineReading },
): ReadInputs {
  try {
    const { request, warnings } = readRequest({ env: environment, run: ports.run, ...files }, operationDefinitions);
    const { instance, reportDirectory, summary } = request.general;
    return { operation: request.operation, instance, reportDirectory, summary, warnings, request };
  } catch (error) {
    const operation = environment['INPUT_OPERATION'] ?? '';
    const reportDirectory = reportDirectoryOrDefault(ports.run, environment);
    const instance = instanceOrDefault(ports.run, environment);
    return { operation, instance, reportDirectory, summary: true, warnings: [], request: toActionError(error) };
  }
}

/** Runs the operation, and undoes its changes after a failure. */
async function runOperation(
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
      stop.abort(timeoutError(request.general.timeoutMs));
    }, request.general.timeoutMs);
    try {
      await definition.run(context, request);
    } finally {
      clearTimeout(limit);
    }
    return 'success';
  } catch (thrown) {
    // After an abort, each wait throws an error of its own; the user needs the reason of the abort.
    const error = toActionError(stop.signal.aborted ? stop.signal.reason : thrown);
    reportFailure(context, error);
    if (error.code === 'cancelled') return 'cancelled';
    if (undoLog.open().some(isShown)) await cleanUp(context, cancelled);
    return error.code === 'timed-out' ? 'timed-out' : 'failure';
  }
}

/** Undoes the changes of a failed step; a cancelled step has no time for this and leaves it to the post phase. */
async function cleanUp(context: Context, cancelled: AbortSignal): Promise<void> {
  try {
    await context.journal.phase('clean-up', 'Undo what this step changed', note =>
      undoAll({ ...context, signal: cancelled }, note, { limitMs: undoTimeMs, last: false }),
    );
  } catch (error) {
    context.journal.fail(error);
  }
}

/** Returns whether an entry is shown to the user: the post phase always removes private files. */
function isShown({ kind }: UndoEntry): boolean {
  return kind !== 'file';
}

function timeoutError(timeoutMs: number): ActionError {
  return new ActionError('timed-out', `The step did not end within its timeout of ${formatDuration(timeoutMs)}.`);
}
