import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope, Value } from '../../support/expressions.js';
import type { Artifacts } from './artifacts.js';
import type { Cancellation } from './cancellation.js';
import type { GithubFacts } from './facts.js';
import type { Groups } from './groups.js';
import type { Given } from './inputs.js';
import type { LoadedWorkflow } from './load.js';
import type { Machine } from './machine.js';
import type { Repository } from './references.js';
import type { Texts } from './tokens.js';
import type { JobDefinition } from './workflow-file.js';

/** A runner that has a job. */
export interface Runner {
  /** The id of the job. */
  readonly job: string;
  /** Takes the runner away: all its processes end at once, and nothing more of the job is started. */
  lose(): void;
}

/** A run of a workflow, with what all its jobs share. */
export interface Run {
  readonly machine: Machine;
  /** For this run alone. */
  readonly folder: string;
  /** This project, whose action and workflows are run. */
  readonly own: Repository;
  /** What checkout brings into a workspace; nothing when absent. */
  readonly checkout: string | undefined;
  /** The `github` context, as it is outside of jobs. */
  readonly github: GithubFacts;
  readonly vars: Given;
  readonly artifacts: Artifacts;
  readonly groups: Groups;
  /** Those that are at work. */
  readonly runners: Set<Runner>;
  /** How long a minute of `timeout-minutes` lasts, in milliseconds. */
  readonly minuteMs: number;
  /** Takes what is printed, as it comes. */
  readonly print: (text: string) => void;
}

/** One workflow of a run: the one that was started, or one that a job calls. */
export interface WorkflowScope {
  readonly run: Run;
  readonly loaded: LoadedWorkflow;
  readonly inputs: Given;
  readonly secrets: Texts;
  readonly cancellation: Cancellation;
  /** The concurrency groups that it and its callers hold. */
  readonly held: readonly string[];
  /** Stands before the names of its jobs: empty, or such as `call / `. */
  readonly prefix: string;
}

/** One run of a job, before it starts. */
export interface LegScope {
  readonly workflow: WorkflowScope;
  readonly job: JobDefinition;
  /** The `needs` context. */
  readonly needs: Value;
  readonly matrix: Value;
  /** The `strategy` context. */
  readonly strategy: Value;
  readonly cancellation: Cancellation;
}

/** The contexts of a workflow outside of its jobs. Where `secrets` may not be used, GitHub's schema refuses it. */
export function workflowScope({ run, inputs, secrets }: WorkflowScope): Scope {
  return { contexts: { github: run.github, inputs, secrets, vars: run.vars } };
}

/** The contexts of a job before it is on a runner. */
export function legScope({ workflow, needs, matrix, strategy }: LegScope): Scope {
  return { contexts: { ...workflowScope(workflow).contexts, needs, matrix, strategy } };
}

/** Makes a folder in that of the run. */
export async function makeFolder(run: Run, ...path: readonly string[]): Promise<string> {
  const folder = join(run.folder, ...path);
  await mkdir(folder, { recursive: true });
  return folder;
}
