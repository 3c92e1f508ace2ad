import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readValues } from './commands.js';

/** One process of a step: of a script, or of a phase of an action. */
export interface StepCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment; wins over the variables that name the step's files. */
  readonly env: Readonly<Record<string, string>>;
  /** RUNNER_TEMP, where the step's files are put. */
  readonly temp: string;
  /** Called with each piece of the raw output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** What a process of a step came to. */
export interface StepProcessResult {
  /** The exit code; undefined when a signal ended the process. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly ms: number;
  /** Milliseconds from the cancel to the end; undefined when it was not cancelled. */
  readonly cancelMs: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Variables for later steps (GITHUB_ENV). */
  readonly exported: Readonly<Record<string, string>>;
  /** Folders for the PATH of later steps (GITHUB_PATH), in the order in which they were written. */
  readonly paths: readonly string[];
}

export interface StepProcess {
  readonly pid: number;
  readonly ended: Promise<StepProcessResult>;
  /** Cancels as the runner does: SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL, to this one process only. */
  readonly cancel: () => void;
  /** Ends the process at once. */
  kill(): void;
}

/** A cancelled step that has not ended by then gets a second signal, and little time after it: it must not need that. */
export const secondSignalMs = 7_500;

const cancelSteps = [
  ['SIGINT', 0],
  ['SIGTERM', secondSignalMs],
  ['SIGKILL', 2_500],
] as const;
/** Children that outlive the step may hold its output open; the runner does not wait for them. */
const lastOutputMs = 500;

/** Starts a process of a step, with files of its own for what it wants to tell the runner. */
export async function startStepProcess(command: StepCommand): Promise<StepProcess> {
  const { program, args, cwd, env, temp, onOutput } = command;
  const files = await makeFiles(temp);
  const startedMs = performance.now();
  const child = spawn(program, args, { env: { ...files, ...env }, stdio: ['ignore', 'pipe', 'pipe'], cwd });
  const text = { stdout: '', stderr: '', output: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
      text.output += piece;
      onOutput?.(piece);
    });
  }
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  // A program that cannot be started fails both; the first says it.
  const closed = once(child, 'close').catch(() => undefined);
  let cancelledMs: number | undefined;

  const finish = async (): Promise<StepProcessResult> => {
    const [code, signal] = await exited;
    const endMs = performance.now();
    const drained = new AbortController();
    await Promise.race([closed, pause(lastOutputMs, undefined, { signal: drained.signal }).catch(() => undefined)]);
    drained.abort();
    return {
      code: code ?? undefined,
      signal: signal ?? undefined,
      ms: endMs - startedMs,
      cancelMs: cancelledMs === undefined ? undefined : endMs - cancelledMs,
      ...text,
      ...(await readFiles(files)),
    };
  };

  return {
    pid: child.pid ?? 0,
    ended: finish(),
    cancel() {
      if (cancelledMs !== undefined) return;
      cancelledMs = performance.now();
      void escalate(signal => child.kill(signal), exited);
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}

async function escalate(send: (signal: NodeJS.Signals) => void, exited: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  void exited.finally(() => {
    over.abort();
  });
  try {
    for (const [signal, afterMs] of cancelSteps) {
      await pause(afterMs, undefined, { signal: over.signal });
      send(signal);
    }
  } catch {
    // It has ended: no further signal is due.
  }
}

interface StepFiles {
  readonly GITHUB_OUTPUT: string;
  readonly GITHUB_STATE: string;
  readonly GITHUB_STEP_SUMMARY: string;
  readonly GITHUB_ENV: string;
  readonly GITHUB_PATH: string;
}

/** Each phase has files of its own, as on the runner. */
async function makeFiles(temp: string): Promise<StepFiles & Record<string, string>> {
  const folder = join(temp, '_runner_file_commands');
  await mkdir(folder, { recursive: true });
  const id = randomUUID();
  const paths = {
    GITHUB_OUTPUT: join(folder, `set_output_${id}`),
    GITHUB_STATE: join(folder, `save_state_${id}`),
    GITHUB_STEP_SUMMARY: join(folder, `step_summary_${id}`),
    GITHUB_ENV: join(folder, `set_env_${id}`),
    GITHUB_PATH: join(folder, `add_path_${id}`),
  };
  for (const path of Object.values(paths)) await writeFile(path, '');
  return paths;
}

type Told = Pick<StepProcessResult, 'outputs' | 'state' | 'summary' | 'exported' | 'paths'>;

async function readFiles(files: StepFiles): Promise<Told> {
  const read = (name: keyof StepFiles): Promise<string> => readFile(files[name], 'utf8');
  return {
    outputs: readValues(await read('GITHUB_OUTPUT')),
    state: readValues(await read('GITHUB_STATE')),
    summary: await read('GITHUB_STEP_SUMMARY'),
    exported: readValues(await read('GITHUB_ENV')),
    paths: (await read('GITHUB_PATH')).split('\n').filter(line => line !== ''),
  };
}
