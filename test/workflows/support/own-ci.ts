import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { ciFiles, readText } from './project-files.js';

export interface CiStep {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CiJob {
  readonly name?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly 'timeout-minutes'?: number;
  /** The workflow that the job calls; such a job has no steps of its own. */
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps?: readonly CiStep[];
}

export interface CiWorkflow {
  readonly name?: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group?: string; readonly 'cancel-in-progress'?: unknown };
  readonly jobs: Readonly<Record<string, CiJob>>;
}

/** The workflows of the project's own CI. */
export const ownCi = ciFiles().map(path => {
  const text = readText(path);
  return { path, text, workflow: parse(text) as CiWorkflow };
});

/** @throws Error when there is no such workflow. */
export function ciWorkflow(name: string): CiWorkflow {
  const found = ownCi.find(({ path }) => path === `.github/workflows/${name}`);
  if (found === undefined) throw new Error(`there is no .github/workflows/${name}`);
  return found.workflow;
}

/** @throws Error when the workflow has no such job. */
export function jobOf(workflow: CiWorkflow, name: string): CiJob {
  const job = workflow.jobs[name];
  if (job === undefined) throw new Error(`there is no job ${name}`);
  return job;
}

export function stepsOf(workflow: CiWorkflow): readonly CiStep[] {
  return Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps);
}

export interface ScriptEnd {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Runs a script as the runner does where `shell: bash` is set ("Workflow syntax for GitHub Actions"). */
export function runScript(script: string, env: Readonly<Record<string, string>>, folder = '.'): ScriptEnd {
  const { status, stdout, stderr, error } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script],
    { cwd: folder, env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  return { code: status, output: stdout + stderr };
}
