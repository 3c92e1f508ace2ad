import type * as toolkit from '@actions/exec';
import { constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ActionError } from '../errors/action-error.js';
import { childEnvironment } from './child-environment.js';
import { access } from './file-system.js';
import type { Command, CommandResult, Runner, RunningProcess, Tool } from './ports.js';
import { endTree } from './process-tree.js';
import { endedBySignal } from './program-output.js';
import { reasonOf } from './thrown.js';

/** Runs programs with the Actions toolkit, and long-running ones with Node's spawn. Neither starts a shell. */
export function createExecRunner(environment: NodeJS.ProcessEnv): Runner {
  return {
    async run(command, signal) {
      signal.throwIfAborted();
      const path = await locate(command.tool, environment);
      const { getExecOutput } = await loadToolkit();
      signal.throwIfAborted();
      const mark = crypto.randomUUID();
      const startedMs = performance.now();
      const timeout = command.timeoutMs === undefined ? undefined : AbortSignal.timeout(command.timeoutMs);
      const ended = timeout ? AbortSignal.any([signal, timeout]) : signal;
      let ending: Promise<void> | undefined;
      let over = false;
      const end = (): void => {
        ending = endTree(mark, () => over);
      };
      ended.addEventListener('abort', end, { once: true });
      try {
        const output = await getExecOutput(path, [...command.argv], {
          env: childEnvironment(environment, command, mark),
          ...(command.stdin === undefined ? {} : { input: Buffer.from(command.stdin) }),
          silent: true,
          ignoreReturnCode: true,
        });
        signal.throwIfAborted();
        if (timeout?.aborted) throw timeoutError(command);
        return result(output, startedMs);
      } catch (error) {
        signal.throwIfAborted();
        if (timeout?.aborted) throw timeoutError(command);
        throw error instanceof ActionError ? error : brokenProgram(command.tool, path, error);
      } finally {
        over = true;
        ended.removeEventListener('abort', end);
        // The toolkit waits only for its direct child; a grandchild may outlive it.
        await ending;
      }
    },

    start(command, onLine = () => undefined) {
      loadToolkit().catch(() => undefined);
      const { spawn } = process.getBuiltinModule('node:child_process');
      const mark = crypto.randomUUID();
      const child = spawn(command.tool, command.argv, {
        env: childEnvironment(environment, command, mark),
        stdio: ['ignore', 'ignore', 'pipe'],
        // Ctrl-C in a terminal reaches the whole process group, but undo still needs this process.
        detached: true,
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-8192)));
      process.getBuiltinModule('node:readline').createInterface(child.stderr).on('line', onLine);
      const exited: RunningProcess['exited'] = new Promise((resolve, reject) => {
        child.once('error', error => {
          // Node also emits "close", before the file is found.
          child.removeAllListeners('close');
          locate(command.tool, environment)
            .then(path => Promise.reject(brokenProgram(command.tool, path, error)))
            .catch(reject);
        });
        child.once('close', code => {
          resolve({ code: code ?? endedBySignal, stderr });
        });
      });
      // Callers that await `exited` get the error; without a handler, an unawaited rejection would end this process.
      exited.catch(() => undefined);
      return {
        exited,
        stop: async () => {
          if (child.exitCode === null && child.signalCode === null) await endTree(mark);
          await exited.catch(() => undefined);
        },
      };
    },
  };
}

/** Loads the toolkit with the first program, which runs before the first change, so that undoing finds it in memory. */
function loadToolkit(): Promise<typeof toolkit> {
  return import('@actions/exec');
}

async function locate(tool: Tool, environment: NodeJS.ProcessEnv): Promise<string> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, tool);
    if (folder === '' || !existsSync(path)) continue;
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  throw missing(tool);
}

/** The toolkit passes on the exit code of Node, which is null for a process that a signal has ended. */
function result(output: { exitCode: number | null; stdout: string; stderr: string }, startedMs: number): CommandResult {
  const { exitCode, stdout, stderr } = output;
  return { code: exitCode ?? endedBySignal, stdout, stderr, ms: Math.round(performance.now() - startedMs) };
}

function missing(tool: Tool): ActionError {
  return new ActionError('tool-missing', `The program "${tool}" is not on the PATH of this runner.`);
}

/** Returns the error for a file that is on the PATH, but that the system cannot run. */
function brokenProgram(tool: Tool, path: string, cause: unknown): ActionError {
  return new ActionError('command-failed', `The program "${tool}" (${path}) could not be started: ${reasonOf(cause)}`, {
    hint: `Install ${tool} again: if ${path} is a script, the interpreter in its first line must exist.`,
    cause,
  });
}

function timeoutError(command: Command): ActionError {
  const seconds = Math.round((command.timeoutMs ?? 0) / 1000);
  return new ActionError(
    'command-timeout',
    `"${command.tool} ${command.argv.slice(0, 2).join(' ')}" (${command.why}) gave no answer within ${seconds} s.`,
  );
}
