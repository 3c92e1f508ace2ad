import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asText, type Value } from '../../support/expressions.js';
import type { StepProcess } from '../../support/step-process.js';
import { githubVariables, runnerFacts, runnerVariables, type GithubFacts } from './facts.js';
import { trackingVariable } from './orphans.js';
import type { StepResult } from './result.js';
import { legScope, makeFolder, type LegScope } from './run.js';
import type { Status } from './status.js';
import type { PostStep } from './step-work.js';
import { fieldOf, textOf, textsOf, type Texts } from './tokens.js';

/** A job on its runner. */
export interface JobState {
  readonly leg: LegScope;
  readonly workspace: string;
  readonly temp: string;
  readonly home: string;
  /** The `github` context of its steps, without what differs between steps. */
  readonly github: GithubFacts;
  readonly runner: Texts;
  /** What the runner passes to every process, before anything from the files. */
  readonly inherited: Texts;
  /** The defaults of all `run` steps; empty when there are none. */
  readonly defaults: { readonly shell: string; readonly workingDirectory: string };
  readonly trackingId: string;
  /** The variables of the workflow and the job, and those that steps export. */
  env: Readonly<Record<string, string>>;
  /** What steps prepend to PATH, the latest first. */
  paths: readonly string[];
  status: Status;
  /** The time after a cancel is over, or the runner is lost: nothing more is started. */
  isOver: boolean;
  /** The runner is lost, with everything that the job would have reported. */
  isLost: boolean;
  readonly masks: Set<string>;
  readonly results: StepResult[];
  /** The pending post phases, the next one last. */
  readonly posts: PostStep[];
  readonly processes: Set<StepProcess>;
}

/**
 * Prepares a runner for a job: fresh folders for its workspace, temporary files, home and az, so that it has nothing of
 * another job, not even a login.
 * @throws Error when an expression in `env` or `defaults` cannot be evaluated
 */
export async function prepareJob(leg: LegScope): Promise<JobState> {
  const { workflow, job } = leg;
  const { run, secrets, loaded } = workflow;
  const folder = await makeFolder(run, 'jobs', `${job.id}-${randomUUID().slice(0, 8)}`);
  const [workspace, temp, home, azure] = await Promise.all(
    ['work', 'temp', 'home', 'azure'].map(async name => {
      await mkdir(join(folder, name), { mode: 0o700 });
      return join(folder, name);
    }),
  );
  if (workspace === undefined || temp === undefined || home === undefined) throw new Error('no folder for a job');
  const eventPath = join(temp, 'event.json');
  await writeFile(eventPath, JSON.stringify(run.github['event'] ?? {}));
  // Variables and defaults are evaluated on the runner, which knows its workspace (actions/runner, JobExtension.cs).
  const github = { ...run.github, job: job.id, workspace, event_path: eventPath };
  const scope = { contexts: { ...legScope(leg).contexts, github } };
  const env = { ...textsOf(loaded.file.root.find('env'), scope), ...textsOf(fieldOf(job.token, 'env'), scope) };
  const withEnv = { contexts: { ...scope.contexts, env } };
  const defaultOf = (name: string): string =>
    textOf(fieldOf(job.token, 'defaults', 'run', name) ?? fieldOf(loaded.file.root, 'defaults', 'run', name), withEnv);
  const trackingId = `github_${randomUUID()}`;
  const mayIdentify = loaded.permissions.get(job.id)?.['id-token'] === 'write';
  return {
    leg,
    workspace,
    temp,
    home,
    github,
    runner: runnerFacts(temp),
    inherited: {
      ...run.machine.env,
      HOME: home,
      ...(azure === undefined ? {} : { AZURE_CONFIG_DIR: azure }),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      [trackingVariable]: trackingId,
      ...(mayIdentify ? run.machine.idToken : {}),
    },
    defaults: { shell: defaultOf('shell'), workingDirectory: defaultOf('working-directory') },
    trackingId,
    env,
    paths: [],
    status: 'success',
    isOver: false,
    isLost: false,
    masks: new Set(Object.values(secrets).flatMap(maskedTexts)),
    results: [],
    posts: [],
    processes: new Set(),
  };
}

/** Returns the `job` context of the steps of a job ("Contexts reference"). */
export function jobContext({ status, leg }: JobState): Value {
  const { repository, path } = leg.workflow.loaded.file.source;
  return {
    status,
    workflow_ref: `${repository.name}/${path}@${repository.ref}`,
    workflow_sha: repository.sha,
    workflow_repository: repository.name,
    workflow_file_path: path,
  };
}

/**
 * Returns the environment of a process of a step. The variables of the runner have priority over those of the files.
 */
export function processEnvironment(job: JobState, github: GithubFacts, own: Texts): Texts {
  const path = [...job.paths, own['PATH'] ?? job.inherited['PATH'] ?? ''].join(':');
  return { ...job.inherited, ...own, PATH: path, ...githubVariables(github), ...runnerVariables(job.runner) };
}

/** A secret is masked as it is and line by line (actions/runner, SecretMasker). */
export function maskedTexts(secret: string): readonly string[] {
  return [secret, ...secret.split('\n').map(line => line.trim())].filter(text => text !== '');
}

/** Returns the text without the secrets. */
export function hideSecrets({ masks }: Pick<JobState, 'masks'>, text: string): string {
  return [...masks].sort((a, b) => b.length - a.length).reduce((shown, mask) => shown.replaceAll(mask, '***'), text);
}

/** Returns the name of a job as GitHub shows it: its name or its id, with the simple values of its matrix. */
export function nameOf(leg: LegScope): string {
  const { workflow, job, matrix } = leg;
  const own = textOf(fieldOf(job.token, 'name'), legScope(leg));
  if (own !== '') return workflow.prefix + own;
  const simple = Object.values(matrix ?? {}).flatMap(value =>
    typeof value === 'object' ? [] : [asText(value as Value)],
  );
  return `${workflow.prefix}${job.id}${simple.length > 0 ? ` (${simple.join(', ')})` : ''}`;
}
