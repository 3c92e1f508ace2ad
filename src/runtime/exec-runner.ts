import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type * as toolkit from '@actions/exec';
import { ActionError } from '../errors/action-error.js';
import type { Command, CommandResult, Runner, RunningProcess, Tool } from './ports.js';
import { endTree, treeMark } from './process-tree.js';

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
      const end = (): void => {
        ending = endTree(mark);
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
      } finally {
        ended.removeEventListener('abort', end);
        // The toolkit waits only for its direct child; a grandchild may outlive it.
        await ending;
      }
    },

    start(command) {
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
      const exited: RunningProcess['exited'] = new Promise((resolve, reject) => {
        child.once('error', error => {
          reject(isMissing(error) ? missing(command.tool) : error);
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

/** The exit code of a process that a signal ended, such as a stopped one. */
const endedBySignal = -1;

/**
 * Returns the environment of the runner without the inputs and state of the step: they contain secrets that no child
 * needs.
 */
function childEnvironment(environment: NodeJS.ProcessEnv, command: Command, mark: string): Record<string, string> {
  const inherited = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(INPUT|STATE)_/.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), ...command.env, [treeMark]: mark };
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

function result(output: { exitCode: number; stdout: string; stderr: string }, startedMs: number): CommandResult {
  const { exitCode, stdout, stderr } = output;
  return { code: exitCode, stdout, stderr, ms: Math.round(performance.now() - startedMs) };
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}

function missing(tool: Tool): ActionError {
  return new ActionError('tool-missing', `The program "${tool}" is not on the PATH of this runner.`);
}

function timeoutError(command: Command): ActionError {
  const seconds = Math.round((command.timeoutMs ?? 0) / 1000);
  return new ActionError(
    'command-timeout',
    `"${command.tool} ${command.argv.slice(0, 2).join(' ')}" (${command.why}) gave no answer within ${seconds} s.`,
  );
}
