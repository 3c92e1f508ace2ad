import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { callInputs, type Given } from '../../lab/workflow/inputs.js';
import { loadWorkflow, type LoadedWorkflow } from '../../lab/workflow/load.js';
import type { Permissions } from '../../lab/workflow/permissions.js';
import { fieldOf, propertiesOf, textOf, valueOf, type Texts } from '../../lab/workflow/tokens.js';
import type { Value } from '../../support/expressions.js';
import { filesBelow } from './project-files.js';

/** A repository of somebody else: its workflows are in `.github/workflows`, and this project is elsewhere. */
export interface CallerRepository {
  /** Reads one of its workflows, with all that it calls. @throws InvalidWorkflow when its run would fail at the start */
  load(file: string): LoadedWorkflow;
  remove(): Promise<void>;
}

const workflowFolder = '.github/workflows';

/** The fixture, where it lies. */
export const fixture = resolve('test/fixtures/caller');

/** A repository into which somebody has copied all examples. */
export async function copyExamples(): Promise<CallerRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'caller-'));
  for (const path of filesBelow('examples', '.yml')) {
    await cp(path, join(folder, path.replace(/^examples/, workflowFolder)));
  }
  return {
    load: file => loadFrom(folder, file),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Reads a workflow of a repository in a folder. @throws InvalidWorkflow when its run would fail at the start */
export function loadFrom(folder: string, file: string): LoadedWorkflow {
  const own = { root: resolve('.'), name: 'acme/migratorydata-aks', ref: 'v1', sha: 'f'.repeat(40) };
  const caller = { root: folder, name: 'acme/shop', ref: 'refs/heads/main', sha: '0'.repeat(40) };
  return loadWorkflow({ repository: caller, path: `${workflowFolder}/${file}` }, own);
}

/** A job that calls a workflow, as that workflow sees it. */
export interface ResolvedCall {
  /** The id of the calling job. */
  readonly job: string;
  /** The name of the called file, such as `deploy`. */
  readonly workflow: string;
  readonly called: LoadedWorkflow;
  /** What the caller writes, evaluated. */
  readonly given: Given;
  /** All inputs of the called workflow: what is given, and the defaults of the others. */
  readonly inputs: Given;
  readonly secrets: readonly string[];
  /** What the token of each job of the called workflow may do. */
  readonly permissions: Readonly<Record<string, Permissions>>;
}

/**
 * The calls of a workflow, resolved in a run with the given contexts.
 * @throws Error in GitHub's words when an input is not of its type
 */
export function resolveCalls(
  { file, calls }: LoadedWorkflow,
  contexts: Readonly<Record<string, Value>>,
): readonly ResolvedCall[] {
  const scope = { contexts: { github: {}, inputs: {}, vars: {}, needs: {}, matrix: {}, secrets: {}, ...contexts } };
  return [...calls].map(([job, called]) => {
    const token = file.jobs.get(job)?.token;
    const given = Object.fromEntries(
      propertiesOf(fieldOf(token, 'with')).map(([name, value]) => [name, valueOf(value, scope)]),
    );
    return {
      job,
      workflow: called.file.source.path.replace(/^.*\/|\.yml$/g, ''),
      called,
      given,
      inputs: callInputs(called.file, given, scope),
      secrets: propertiesOf(fieldOf(token, 'secrets')).map(([name]) => name),
      permissions: Object.fromEntries(called.permissions),
    };
  });
}

/** The outputs of a called workflow when each output of its jobs is a text that says which one it is. */
export function outputsOf({ file }: LoadedWorkflow): Texts {
  const jobs = Object.fromEntries(
    [...file.jobs].map(([id, { token }]) => [
      id,
      { outputs: Object.fromEntries(propertiesOf(fieldOf(token, 'outputs')).map(([name]) => [name, `${id}.${name}`])) },
    ]),
  );
  return Object.fromEntries(
    propertiesOf(fieldOf(file.root, 'on', 'workflow_call', 'outputs')).map(([name, token]) => [
      name,
      textOf(fieldOf(token, 'value'), { contexts: { jobs } }),
    ]),
  );
}
