import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { plainMachine, type Machine } from '../../lab/workflow/machine.js';
import type { JobResult, RunResult, StepResult } from '../../lab/workflow/result.js';
import { startWorkflow, type RunOptions, type WorkflowRun } from '../../lab/workflow/start.js';

/** Texts of files by their paths in a repository. */
export type Files = Readonly<Record<string, string>>;

/** A place to run small workflows, without a lab. */
export interface Bench {
  /** Starts a workflow of which the text is given, in a repository that has other files as well. */
  start(workflow: string, options?: Partial<RunOptions>, files?: Files): Promise<WorkflowRun>;
  /** Runs it to its end. */
  run(workflow: string, options?: Partial<RunOptions>, files?: Files): Promise<RunResult>;
  remove(): Promise<void>;
}

/** The token service of the bench; nothing answers there. */
export const tokenService = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9/token' };

/** @param change what the machine has that the usual one has not */
export async function makeBench(change: Partial<Machine> = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'workflow-'));
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', CALLER: 'of the tests' };
  const machine = { ...plainMachine(join(folder, 'machine'), env, tokenService), ...change };
  let repositories = 0;
  const start = async (
    workflow: string,
    options: Partial<RunOptions> = {},
    files: Files = {},
  ): Promise<WorkflowRun> => {
    repositories += 1;
    const repository = join(folder, `repository-${repositories}`);
    const file = '.github/workflows/main.yml';
    for (const [path, text] of Object.entries({ [file]: workflow, ...files })) {
      await mkdir(dirname(join(repository, path)), { recursive: true });
      await writeFile(join(repository, path), text);
    }
    return startWorkflow(machine, { event: 'push', file: join(repository, file), repository, ...options });
  };
  return {
    start,
    run: async (...given) => (await start(...given)).ended,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A workflow of the given jobs that a push starts. */
export function jobs(text: string): string {
  return `on: push\njobs:\n${indent(text)}`;
}

/** A workflow with one job, \`job\`, of the given steps, that a push starts. */
export function steps(text: string): string {
  return jobs(`job:\n  runs-on: ubuntu-latest\n  steps:\n${indent(indent(text))}`);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map(line => (line === '' ? line : `  ${line}`))
    .join('\n');
}

/** @throws Error when the run has no such job */
export function jobOf(result: Pick<RunResult, 'jobs'>, id: string): JobResult {
  const job = result.jobs[id];
  if (job === undefined) throw new Error(`no job ${id}: ${JSON.stringify(result)}`);
  return job;
}

/** The results of the jobs, by their ids. */
export function resultsOf({ jobs: all }: Pick<RunResult, 'jobs'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(all).map(({ id, result }) => [id, result]));
}

/** A step by its id or name. @throws Error when there is none */
export function stepOf(job: Pick<JobResult, 'steps'>, name: string): StepResult {
  const step = job.steps.find(each => each.id === name || each.name === name);
  if (step === undefined) throw new Error(`no step ${name}: ${job.steps.map(each => each.name).join(', ')}`);
  return step;
}
