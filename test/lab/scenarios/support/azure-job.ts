import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../../../src/report/model.js';
import type { ActionResult } from '../../../support/action-runner.js';
import { azureInputs, labRunner } from '../../act.js';
import type { Lab } from '../../lab.js';
import type { Inputs, RunningStep, StepResult } from './job.js';

/** Who a job is, where that differs from run 4711, attempt 1, of acme/shop. */
export interface JobFacts {
  readonly runId?: string;
  readonly attempt?: string;
  readonly repository?: string;
  /** More of the environment of its steps. */
  readonly env?: Readonly<Record<string, string>>;
  /** Logs in by itself, through OpenID Connect, instead of using the login of the lab. */
  readonly ownLogin?: boolean;
}

/** A job on the Azure of a lab. */
export interface AzureJob {
  /** RUNNER_TEMP of its steps. */
  readonly folder: string;
  /** Runs a step that must be green, with its post phase. @throws Error with its log when it is not. */
  pass(inputs: Inputs): Promise<StepResult>;
  /** Runs a step that must be red, with its post phase. @throws Error with its log when it is not. */
  fail(inputs: Inputs): Promise<StepResult>;
  /** Starts the main phase of a step, to be watched or cancelled. */
  start(inputs: Inputs): Promise<RunningStep>;
}

let jobs = 0;

export async function startAzureJob(lab: Lab, facts: JobFacts = {}): Promise<AzureJob> {
  jobs += 1;
  const name = `job-${jobs}`;
  const { runId, attempt, repository, ownLogin = false } = facts;
  const runner = await labRunner(lab, name);
  const folder = join(lab.folder, name);
  const env = {
    ...(runId === undefined ? {} : { GITHUB_RUN_ID: runId }),
    ...(attempt === undefined ? {} : { GITHUB_RUN_ATTEMPT: attempt }),
    ...(repository === undefined ? {} : { GITHUB_REPOSITORY: repository }),
    ...facts.env,
  };
  const common = ownLogin ? azureInputs(lab) : { 'subscription-id': lab.azure.subscriptionId };
  let steps = 0;
  const nextStep = (inputs: Inputs): { folder: string; inputs: Inputs; env: Readonly<Record<string, string>> } => {
    steps += 1;
    const reports = join(folder, 'reports', String(steps));
    return { folder: reports, inputs: { ...common, 'report-directory': reports, ...inputs }, env };
  };
  const run = async (inputs: Inputs, green: boolean): Promise<StepResult> => {
    const { folder: reports, ...step } = nextStep(inputs);
    const { main, post } = await runner.run(step);
    if (post.code === 0 && (main.code === 0) === green)
      return { main, post, folder: reports, report: await readReport(reports) };
    const said = [main.log, main.stderr, post.log, post.stderr].join('\n');
    throw new Error(`the step ended with ${String(main.code)}, its post phase with ${String(post.code)}:\n${said}`);
  };
  return {
    folder,
    pass: inputs => run(inputs, true),
    fail: inputs => run(inputs, false),
    async start(inputs) {
      const { folder: reports, ...step } = nextStep(inputs);
      let log = '';
      let look = (): void => undefined;
      const action = await runner.start({
        ...step,
        onOutput: text => {
          log += text;
          look();
        },
      });
      return {
        cancel: () => {
          action.cancel();
        },
        ended: action.ended,
        logged: text =>
          new Promise((resolve, reject) => {
            look = (): void => {
              if (log.includes(text)) resolve();
            };
            look();
            void action.ended.then(() => {
              reject(new Error(`the step ended without saying "${text}":\n${log}`));
            });
          }),
        post: async () => runner.post(step, await action.ended),
        report: () => readReport(reports),
      };
    },
  };
}

async function readReport(folder: string): Promise<Report> {
  return JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Report;
}

/** Runs az in the environment of the lab, as a person would. @throws Error with what it wrote when it fails. */
export async function az(
  lab: Lab,
  argv: readonly string[],
  { stdin = '', env = lab.env }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const options = ['--only-show-errors', '--output', 'none'];
  const child = spawn(lab.tools.az, [...argv, ...options], { env, stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`az ${argv.join(' ')} ended with ${String(code)}: ${said}`);
}

/** The login that azure/login leaves to the steps after it. */
export async function logIn(lab: Lab, env = lab.env): Promise<void> {
  const { clientId, tenantId } = lab.azure;
  const identity = ['--username', clientId, '--tenant', tenantId, '--federated-token', '@-'];
  await az(lab, ['login', '--service-principal', ...identity], { stdin: lab.azure.issueAssertion(), env });
}

/** The names of all groups and clusters in the subscription; groups that hold the nodes of a cluster are not listed. */
export function inventory({ azure }: Lab): {
  readonly groups: readonly string[];
  readonly clusters: readonly string[];
} {
  const { groups, clusters } = azure.resources();
  return {
    groups: groups.filter(({ managedBy }) => managedBy === undefined).map(({ name }) => name),
    clusters: clusters.map(({ group, name }) => `${group}/${name}`),
  };
}

/** The deletions that somebody asked for, by the last names of what was to go, in their order. */
export function deletions({ azure }: Lab): readonly string[] {
  return azure
    .requests()
    .filter(({ method }) => method === 'DELETE')
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}

/** The error annotation of a step; exactly one is expected. */
export function annotationOf({ annotations }: Pick<ActionResult, 'annotations'>): string {
  const errors = annotations.filter(({ level }) => level === 'error');
  if (errors.length === 1) return errors[0]?.message ?? '';
  throw new Error(`${errors.length} error annotations: ${errors.map(({ message }) => message).join('\n---\n')}`);
}
