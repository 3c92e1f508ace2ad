import { commandLine } from '../runtime/command-line.js';
import type { Command, Log, Runner } from '../runtime/ports.js';
import type { Journal } from './journal.js';

/** Shows each command as a line that can be copied, and enters it in the journal; secrets are hidden in both. */
export function recordCommands(runner: Runner, journal: Journal, log: Log, redact: (text: string) => string): Runner {
  const announce = (command: Command): void => {
    log.info(`[command]${redact(commandLine(command))}`);
  };
  const enter = (command: Command, startedMs: number, code: number): void => {
    const argv = command.argv.map(redact);
    const { tool, why } = command;
    journal.command({ tool, argv, why, startedMs, ms: journal.elapsed() - startedMs, code });
  };
  return {
    async run(command, signal) {
      // A command that is not started must not look as if it had been.
      signal.throwIfAborted();
      announce(command);
      const startedMs = journal.elapsed();
      try {
        const result = await runner.run(command, signal);
        enter(command, startedMs, result.code);
        return result;
      } catch (error) {
        enter(command, startedMs, notFinished);
        throw error;
      }
    },
    start(command) {
      announce(command);
      const startedMs = journal.elapsed();
      const running = runner.start(command);
      running.exited.then(
        ({ code }) => {
          enter(command, startedMs, code);
        },
        () => {
          enter(command, startedMs, notFinished);
        },
      );
      return running;
    },
  };
}

/** Stands in the report where a command has no exit code: it was missing, ended by us, or too slow. */
const notFinished = -1;
