import { checkCall } from './inputs.js';
import { defaultPermissions, excessOf, type Permissions } from './permissions.js';
import { resolveAction, resolveWorkflow, type Repository, type Source } from './references.js';
import { InvalidWorkflow } from './template.js';
import { fieldOf, literalOf, propertiesOf } from './tokens.js';
import { readWorkflow, type JobDefinition, type WorkflowFile } from './workflow-file.js';

/** A workflow with everything that it calls, read and checked before any of its jobs starts, as GitHub does. */
export interface LoadedWorkflow {
  readonly file: WorkflowFile;
  /** By the id of the job. */
  readonly permissions: ReadonlyMap<string, Permissions>;
  /** The called workflows, by the id of the calling job. */
  readonly calls: ReadonlyMap<string, LoadedWorkflow>;
}

/** "You can connect a maximum of four levels of workflows" ("Reuse workflows"). */
const mostLevels = 4;

/**
 * Reads a workflow and what it calls.
 * @param own this project
 * @param granted the permissions of the caller; absent for a workflow that an event starts
 * @throws InvalidWorkflow when a run would fail at its start
 */
export function loadWorkflow(source: Source, own: Repository, granted?: Permissions): LoadedWorkflow {
  return load(source, own, granted === undefined ? undefined : { uses: source.path, granted }, 1);
}

interface Call {
  readonly uses: string;
  readonly granted: Permissions;
}

function load(source: Source, own: Repository, call: Call | undefined, level: number): LoadedWorkflow {
  if (level > mostLevels) throw new InvalidWorkflow([`${source.path}: more than ${mostLevels} levels of workflows`]);
  const file = readWorkflow(source);
  const inherited = call?.granted ?? defaultPermissions;
  if (call !== undefined) checkGrant(file, call);
  const permissions = new Map<string, Permissions>();
  const calls = new Map<string, LoadedWorkflow>();
  for (const job of file.jobs.values()) {
    const effective = job.permissions ?? file.permissions ?? inherited;
    permissions.set(job.id, effective);
    checkActions(job, source.repository, own);
    if (job.call === undefined) continue;
    const called = resolveWorkflow(job.call, source, own);
    const loaded = load(called, own, { uses: job.call, granted: effective }, level + 1);
    checkCall(loaded.file, { inputs: namesIn(job, 'with'), secrets: secretsIn(job) });
    calls.set(job.id, loaded);
  }
  return { file, permissions, calls };
}

/** Returns the names of the secrets that a job passes, or that it passes all. */
export function secretsIn(job: JobDefinition): readonly string[] | 'inherit' {
  return literalOf(fieldOf(job.token, 'secrets')) === 'inherit' ? 'inherit' : namesIn(job, 'secrets');
}

function namesIn({ token }: JobDefinition, key: string): readonly string[] {
  return propertiesOf(fieldOf(token, key)).map(([name]) => name);
}

/** The order and the words are those of GitHub's parser (actions/runner, PermissionsHelper.cs). */
function checkGrant(file: WorkflowFile, { uses, granted }: Call): void {
  const refuse = (who: string, requested: Permissions | undefined): void => {
    const excess = requested === undefined ? undefined : excessOf(requested, granted);
    if (excess === undefined) return;
    throw new InvalidWorkflow([
      `Error calling workflow '${uses}'. ${who} is requesting '${excess.requested}', but is only allowed '${excess.allowed}'.`,
    ]);
  };
  refuse('The workflow', file.permissions);
  for (const job of file.jobs.values()) refuse(`The nested job '${job.id}'`, job.permissions);
}

function checkActions({ steps }: JobDefinition, repository: Repository, own: Repository): void {
  for (const { token } of steps) {
    const uses = literalOf(fieldOf(token, 'uses'));
    if (uses !== undefined) resolveAction(uses, repository, own);
  }
}
