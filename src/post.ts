import { toActionError } from './errors/action-error.js';
import type { Environment } from './inputs/environment.js';
import { secretsOf } from './inputs/secret-values.js';
import { Journal } from './journal/journal.js';
import { recordCommands } from './journal/recorded-runner.js';
import { keepSecret } from './journal/redaction.js';
import type { Ports } from './runtime/ports.js';
import type { Context } from './step-context/context.js';
import { UndoLog, describeUndoEntry } from './step-context/undo-log.js';
import { undoAll } from './step-context/undo.js';

/** A cancelled job has 5 minutes for all its post steps. */
const postTimeMs = 4 * 60_000;

/**
 * Runs the post phase of a step whose main phase recorded what it did not take back, and undoes it. It acts on the
 * saved state only; of the inputs it needs the secrets, to hide them. What cannot be undone is shown as an error, but
 * does not turn a green job red.
 */
export async function runPost(ports: Ports, environment: Environment): Promise<void> {
  const undoLog = new UndoLog(ports.state);
  const journal = new Journal(ports.clock, ports.log, 'post', '', ports.run);
  const { redact, hide } = keepSecret(secretsOf(environment), ports.log);
  const context: Context = {
    ports: { ...ports, runner: recordCommands(ports.runner, journal, ports.log, redact) },
    journal,
    undoLog,
    azureClients: new Map(),
    timeoutMs: 0,
    signal: new AbortController().signal,
    redact,
    hide,
  };
  const reverted = undoLog.open().filter(undo => undo.kind !== 'file');
  const done: string[] = [];
  try {
    const note = (text: string): void => {
      ports.log.info(text);
      done.push(text);
    };
    await undoAll(context, note, { limitMs: postTimeMs, last: true });
  } catch (error) {
    ports.log.error(redact(toActionError(error).message), 'undo-incomplete');
  }
  if (reverted.length > 0) await ports.outputs.summary(summarize(done, undoLog.open().map(describeUndoEntry)));
}

function summarize(done: readonly string[], left: readonly string[]): string {
  const list = (texts: readonly string[]): string => texts.map(text => `- ${text}\n`).join('');
  const parts = ['### MigratoryData on AKS: clean-up after the step\n'];
  if (done.length > 0) parts.push(list(done));
  if (left.length > 0) parts.push('**Still to be undone by hand:**\n', list(left));
  return parts.join('\n');
}
