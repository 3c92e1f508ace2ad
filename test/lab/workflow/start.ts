import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { asText, type Value } from '../../support/expressions.js';
import { createArtifacts } from './artifacts.js';
import { enterGroup, withoutEmpty, workflowOutputs } from './call.js';
import { createCancellation } from './cancellation.js';
import { usualFacts, type GithubFacts } from './facts.js';
import { createGroups } from './groups.js';
import { callInputs, checkCall, dispatchInputs, hasEvent, type Given } from './inputs.js';
import { runJobs } from './jobs.js';
import { loadWorkflow, type LoadedWorkflow } from './load.js';
import type { Machine } from './machine.js';
import type { Permissions } from './permissions.js';
import type { Repository, Source } from './references.js';
import { worstOf, type RunResult } from './result.js';
import { createRunLog } from './run-log.js';
import type { Run, WorkflowScope } from './run.js';
import { InvalidWorkflow } from './template.js';
import type { Texts } from './tokens.js';

export interface RunOptions {
  /** The workflow, relative to this project, or inside `repository`. */
  readonly file: string;
  /** The event; `workflow_call`: as if a workflow of another repository called it. */
  readonly event: 'workflow_call' | 'workflow_dispatch' | 'pull_request' | 'push' | 'schedule';
  readonly inputs?: Given;
  /** The secrets of the repository, or those that the caller of a called workflow passes. */
  readonly secrets?: Texts;
  readonly vars?: Given;
  /** Properties of the `github` context that differ from the usual ones. */
  readonly github?: GithubFacts;
  /** The permissions of the caller of a called workflow; by default those that the documents recommend. */
  readonly grants?: Permissions;
  /** A folder that stands for the repository of the caller, with its workflows and the files for checkout. */
  readonly repository?: string;
  /** How long a minute of `timeout-minutes` lasts, in milliseconds; 60,000 unless a test shortens it. */
  readonly minuteMs?: number;
  readonly onLog?: (text: string) => void;
}

/** A running workflow. */
export interface WorkflowRun {
  readonly ended: Promise<RunResult>;
  /** Cancels the run, as "Cancel workflow" does. */
  cancel(): void;
  /**
   * Loses the runner of a job, and those of all its legs: the job fails without output, and neither later steps nor
   * post phases run.
   * @throws Error when no such job is on a runner now
   */
  lose(job: string): void;
  /** Resolves when the log contains the text. @throws Error with the log when the run ends without it */
  logged(text: string): Promise<void>;
}

/** The permissions that the callers in the documents grant. */
const documentedGrants: Permissions = { contents: 'read', 'id-token': 'write' };

let runs = 0;

/**
 * Starts a workflow on a machine, as GitHub would: everything is read and checked first, then the jobs run, each in
 * separate folders.
 * @throws Error in GitHub's words when the inputs of a dispatch are refused, because then there is no run
 */
export async function startWorkflow(machine: Machine, options: RunOptions): Promise<WorkflowRun> {
  runs += 1;
  const log = createRunLog(options.onLog);
  const cancellation = createCancellation();
  const own = ownRepository();
  let loaded: LoadedWorkflow;
  let inputs: Given;
  try {
    loaded = load(options, own);
    inputs = inputsOf(loaded, options);
  } catch (error) {
    if (!(error instanceof InvalidWorkflow)) throw error;
    const failed: RunResult = {
      ...{ conclusion: 'startup_failure', problems: error.problems, jobs: {}, outputs: {}, artifacts: {} },
      ...{ concurrency: [], log: error.message },
    };
    log.print(`${error.message}\n`);
    log.end();
    return { ended: Promise.resolve(failed), cancel: () => undefined, lose: refuseToLose, logged: log.shows };
  }
  const folder = join(machine.folder, `run-${runs}-${randomUUID().slice(0, 8)}`);
  await mkdir(folder, { recursive: true });
  const run: Run = {
    machine,
    folder,
    own,
    checkout: options.repository === undefined ? undefined : resolve(options.repository),
    github: githubOf(options, loaded, inputs),
    vars: options.vars ?? {},
    artifacts: createArtifacts(join(folder, 'artifacts')),
    groups: createGroups(),
    runners: new Set(),
    minuteMs: options.minuteMs ?? 60_000,
    print: log.print,
  };
  const secrets = { ...withoutEmpty(options.secrets ?? {}), GITHUB_TOKEN: asText(run.github['token'] ?? null) };
  const scope: WorkflowScope = { run, loaded, inputs, secrets, cancellation, held: [], prefix: '' };
  const finish = async (): Promise<RunResult> => {
    const entered = await enterGroup(scope);
    if (typeof entered === 'string') throw new Error(entered);
    const { workflow } = entered;
    const jobs = await runJobs(workflow);
    log.end();
    const worst = worstOf(Object.values(jobs).map(({ result }) => result));
    return {
      // A cancelled run is shown as cancelled, even when a job failed before.
      conclusion: cancellation.requested && worst !== 'success' ? 'cancelled' : worst,
      problems: [],
      jobs,
      outputs: workflowOutputs(workflow, jobs),
      artifacts: run.artifacts.folders(),
      concurrency: run.groups.names(),
      log: log.text(Object.values(secrets)),
    };
  };
  return {
    ended: finish(),
    cancel: () => {
      cancellation.request();
    },
    lose: job => {
      const lost = [...run.runners].filter(runner => runner.job === job);
      if (lost.length === 0) refuseToLose(job);
      for (const runner of lost) runner.lose();
    },
    logged: log.shows,
  };
}

function refuseToLose(job: string): never {
  throw new Error(`job ${job} is on no runner now`);
}

function ownRepository(): Repository {
  return { root: resolve('.'), name: 'acme/migratorydata-aks', ref: 'refs/heads/main', sha: 'f'.repeat(40) };
}

/** Reads the file from the repository of the caller when it is in there, otherwise from this project. */
function load({ file, repository, github = {}, event, grants }: RunOptions, own: Repository): LoadedWorkflow {
  const path = resolve(file);
  const caller = repository === undefined ? undefined : resolve(repository);
  const facts = { ...usualFacts, ...github };
  const source: Source =
    caller !== undefined && path.startsWith(caller + sep)
      ? {
          repository: {
            ...{ root: caller, name: asText(facts['repository'] ?? null) },
            ...{ ref: asText(facts['ref'] ?? null), sha: asText(facts['sha'] ?? null) },
          },
          path: relative(caller, path),
        }
      : { repository: own, path: relative(own.root, path) };
  return loadWorkflow(source, own, event === 'workflow_call' ? (grants ?? documentedGrants) : undefined);
}

function inputsOf(
  { file }: LoadedWorkflow,
  { event, inputs = {}, secrets = {}, vars = {}, github }: RunOptions,
): Given {
  if (event === 'workflow_call') {
    checkCall(file, { inputs: Object.keys(inputs), secrets: Object.keys(secrets) });
    return callInputs(file, inputs, { contexts: { github: { ...usualFacts, ...github }, vars } });
  }
  if (!hasEvent(file, event)) throw new InvalidWorkflow([`${file.source.path}: no event ${event}`]);
  if (event === 'workflow_dispatch') return dispatchInputs(file, inputs);
  if (Object.keys(inputs).length > 0) throw new Error(`the event ${event} has no inputs`);
  return {};
}

/** A called workflow sees the event, the name and the file of its caller ("Reusing workflow configurations"). */
function githubOf({ event, github = {} }: RunOptions, { file }: LoadedWorkflow, inputs: Given): GithubFacts {
  const { repository, path } = file.source;
  const own: GithubFacts =
    event === 'workflow_call'
      ? { workflow: 'Caller', workflow_ref: 'acme/shop/.github/workflows/caller.yml@refs/heads/main' }
      : {
          event_name: event,
          event: event === 'workflow_dispatch' ? { inputs: asTexts(inputs) } : {},
          workflow: file.name,
          workflow_ref: `${repository.name}/${path}@${repository.ref}`,
        };
  return { ...usualFacts, ...own, workflow_sha: usualFacts['sha'] ?? null, ...github };
}

function asTexts(values: Given): Value {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]));
}
