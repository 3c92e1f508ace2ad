import { convertJobs } from '@actions/workflow-parser/model/converter/jobs';
import type { Step } from '@actions/workflow-parser/model/workflow-template';
import { isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPermissions, type Permissions } from './permissions.js';
import type { Source } from './references.js';
import { failOn, InvalidWorkflow, readTemplateText } from './template.js';
import { fieldOf, literalOf, propertiesOf, type MappingToken, type TemplateToken } from './tokens.js';

/** A step in its file. */
export interface StepDefinition {
  /** The given id, or the one that GitHub generates, such as `__run_2`. */
  readonly id: string;
  /** The expression of `if`, with `success()` before it unless it has a status function itself. */
  readonly condition: string;
  readonly token: MappingToken;
}

/** A job in its file. */
export interface JobDefinition extends StepDefinition {
  readonly needs: readonly string[];
  readonly permissions: Permissions | undefined;
  /** `uses`, of a job that calls a workflow. */
  readonly call: string | undefined;
  readonly steps: readonly StepDefinition[];
}

/** A workflow in its file. */
export interface WorkflowFile {
  readonly source: Source;
  /** The path when the file has no name. */
  readonly name: string;
  readonly root: MappingToken;
  readonly permissions: Permissions | undefined;
  readonly jobs: ReadonlyMap<string, JobDefinition>;
}

/** The keys that the step runner supports. Any other key is refused, so that none is ignored. */
const knownJobKeys = new Set([
  ...['name', 'needs', 'if', 'runs-on', 'permissions', 'environment', 'concurrency', 'outputs', 'env', 'defaults'],
  ...['steps', 'timeout-minutes', 'strategy', 'uses', 'with', 'secrets', 'continue-on-error'],
]);
const knownStepKeys = new Set([
  ...['id', 'if', 'name', 'uses', 'run', 'working-directory', 'shell', 'with', 'env', 'continue-on-error'],
  ...['timeout-minutes'],
]);

/**
 * Reads a workflow.
 * @throws InvalidWorkflow when GitHub would not accept it, or when the step runner does not support it
 */
export function readWorkflow(source: Source): WorkflowFile {
  const { root, context } = readTemplateText('workflow', source.path, readText(source));
  const jobsToken = root.find('jobs')?.assertMapping('jobs');
  if (jobsToken === undefined) throw new InvalidWorkflow([`${source.path}: no jobs`]);
  const converted = convertJobs(context, jobsToken);
  failOn(context);
  const jobs = converted.map((job): readonly [string, JobDefinition] => {
    const id = job.id.value;
    const token = jobsToken.find(id)?.assertMapping('a job');
    if (token === undefined) throw new InvalidWorkflow([`${source.path}: no job ${id}`]);
    refuseUnknown(token, knownJobKeys, `job ${id} of ${source.path}`);
    return [
      id,
      {
        id,
        condition: job.if.expression,
        token,
        needs: (job.needs ?? []).map(({ value }) => value),
        permissions: readPermissions(fieldOf(token, 'permissions')),
        call: job.type === 'job' ? undefined : job.ref.value,
        steps: job.type === 'job' ? readSteps(job.steps, fieldOf(token, 'steps'), source.path) : [],
      },
    ];
  });
  return {
    source,
    name: literalOf(root.find('name')) ?? source.path,
    root,
    permissions: readPermissions(root.find('permissions')),
    jobs: new Map(jobs),
  };
}

/**
 * Pairs the steps that GitHub's converter returns with those in the file.
 * @param path of the file, for the error
 * @throws InvalidWorkflow for a step that is neither a script nor an action
 */
export function readSteps(
  steps: readonly Step[],
  token: TemplateToken | undefined,
  path: string,
): readonly StepDefinition[] {
  const items = token !== undefined && isSequence(token) ? [...token] : [];
  return steps.map((step, index) => {
    const item = items[index]?.assertMapping('a step');
    if (item === undefined || !('uses' in step || 'run' in step)) {
      throw new InvalidWorkflow([`step ${index + 1} of ${path} is neither a script nor an action`]);
    }
    refuseUnknown(item, knownStepKeys, `step ${index + 1} of ${path}`);
    return { id: step.id, condition: step.if.expression, token: item };
  });
}

function refuseUnknown(token: MappingToken, known: ReadonlySet<string>, where: string): void {
  const unknown = propertiesOf(token).flatMap(([name]) => (known.has(name) ? [] : [name]));
  if (unknown.length > 0) throw new InvalidWorkflow([`the step runner cannot do ${unknown.join(', ')} of ${where}`]);
}

function readText({ repository, path }: Source): string {
  try {
    return readFileSync(join(repository.root, path), 'utf8');
  } catch {
    throw new InvalidWorkflow([`workflow was not found: ${repository.name}/${path}@${repository.ref}`]);
  }
}
