import { commandLine } from '../runtime/command-line.js';
import type { Command, Log, Runner } from '../runtime/ports.js';
import type { Journal } from './journal.js';

/**
 * Returns a runner that logs each command as a line that can be copied, and records it in the journal, both with
 * secrets redacted.
 */
export function recordCommands(runner: Runner, journal: Journal, log: Log, redact: (text: string) => string): Runner {
  const announce = (command: Command): void => {
    log.info(`[command]${redact(commandLine(command))}`);
  };
  const record = (command: Command, startedMs: number, code: number): void => {
    const argv = command.argv.map(redact);
    const { tool, why } = command;
    journal.command({ tool, argv, why, startedMs, ms: journal.elapsed() - startedMs, code });
  };
  return {
    async run(command, signal) {
      // Do not log a command that is not started.
      signal.throwIfAborted();
      announce(command);
      const startedMs = journal.elapsed();
      try {
        const result = await runner.run(command, signal);
        record(command, startedMs, result.code);
        return result;
      } catch (error) {
        record(command, startedMs, notFinished);
        throw error;
      }
    },
    start(command) {
      announce(command);
      const startedMs = journal.elapsed();
      const running = runner.start(command, logOnce(command.tool, log, redact));
      running.exited.then(
        ({ code }) => {
          record(command, startedMs, code);
        },
        () => {
          record(command, startedMs, notFinished);
        },
      );
      return running;
    },
  };
}

/** A line of the log of kubectl itself (klog), which repeats the error of a request. */
const ownLogLine = /^[IWEF]\d{4} \d\d:/;

/**
 * Returns a listener that logs each line of a running program once: what a credential plugin says, such as the code of a
 * login that waits, is needed now and not when the program ends.
 */
function logOnce(tool: string, log: Log, redact: (text: string) => string): (line: string) => void {
  const known = new Set<string>();
  return line => {
    const text = line.trim();
    if (text === '' || known.has(text) || ownLogLine.test(text)) return;
    if (known.size >= longestTalk) return;
    known.add(text);
    log.info(redact(`${tool}: ${text}`));
  };
}

/** How many different lines of one program are logged. */
const longestTalk = 100;

/** The exit code in the report of a command that has none: it could not be started, was killed, or timed out. */
const notFinished = -1;
