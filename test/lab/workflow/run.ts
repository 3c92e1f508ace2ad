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
  /** Loses the runner: all its processes end at once, and nothing more of the job is started. */
  lose(): void;
}

/** A run of a workflow, with what all its jobs share. */
export interface Run {
  readonly machine: Machine;
  /** The folder of this run only. */
  readonly folder: string;
  /** This project, whose action and workflows run. */
  readonly own: Repository;
  /** The folder that checkout copies into a workspace; nothing when absent. */
  readonly checkout: string | undefined;
  /** The `github` context outside of jobs. */
  readonly github: GithubFacts;
  readonly vars: Given;
  readonly artifacts: Artifacts;
  readonly groups: Groups;
  /** The runners that have a job. */
  readonly runners: Set<Runner>;
  /** How long a minute of `timeout-minutes` lasts, in milliseconds. */
  readonly minuteMs: number;
  /** Gets what is printed, unmasked. */
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
  /** The prefix of the names of its jobs: empty, or for example `call / `. */
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

/**
 * Returns the contexts of a workflow outside of its jobs. GitHub's schema refuses `secrets` where they are not allowed.
 */
export function workflowScope({ run, inputs, secrets }: WorkflowScope): Scope {
  return { contexts: { github: run.github, inputs, secrets, vars: run.vars } };
}

/** Returns the contexts of a job before it is on a runner. */
export function legScope({ workflow, needs, matrix, strategy }: LegScope): Scope {
  return { contexts: { ...workflowScope(workflow).contexts, needs, matrix, strategy } };
}

/** Creates a folder in that of the run. */
export async function makeFolder(run: Run, ...path: readonly string[]): Promise<string> {
  const folder = join(run.folder, ...path);
  await mkdir(folder, { recursive: true });
  return folder;
}
