import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { azureInputs } from '../../act.js';
import type { Lab } from '../../lab.js';
import { shortWaits } from './short-waits.js';
import { startSteps, type Steps } from './steps.js';

/** The facts about a job that differ from run 4711, attempt 1, of acme/shop. */
export interface JobFacts {
  readonly runId?: string;
  readonly attempt?: string;
  readonly repository?: string;
  /** Additional environment variables for its steps. */
  readonly env?: Readonly<Record<string, string>>;
  /** Logs in through OpenID Connect instead of using the login of the lab. */
  readonly ownLogin?: boolean;
  /** The inputs that all its steps share. */
  readonly common?: Readonly<Record<string, string>>;
}

let jobs = 0;

/** Starts a job that uses the Azure stand-in of a lab, and deploys with short waits. */
export async function startAzureJob(lab: Lab, facts: JobFacts = {}): Promise<Steps> {
  jobs += 1;
  const { runId, attempt, repository, env, ownLogin = false, common = {} } = facts;
  return startSteps(lab, `job-${jobs}`, {
    inputs: {
      ...(ownLogin ? azureInputs(lab) : { 'subscription-id': lab.azure.subscriptionId }),
      patches: shortWaits,
      ...common,
    },
    env: {
      ...(runId === undefined ? {} : { GITHUB_RUN_ID: runId }),
      ...(attempt === undefined ? {} : { GITHUB_RUN_ATTEMPT: attempt }),
      ...(repository === undefined ? {} : { GITHUB_REPOSITORY: repository }),
      ...env,
    },
  });
}

/** Runs az in the environment of the lab, as a user would. @throws Error with the output of az when it fails. */
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

/** Logs in as azure/login does for the steps after it. */
export async function logIn(lab: Lab, env = lab.env): Promise<void> {
  const { clientId, tenantId } = lab.azure;
  const identity = ['--username', clientId, '--tenant', tenantId, '--federated-token', '@-'];
  await az(lab, ['login', '--service-principal', ...identity], { stdin: lab.azure.issueAssertion(), env });
}

/** Returns the names of all groups and clusters in the subscription, without the node resource groups. */
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

/** Returns the requested deletions in their order, each by the last name in its resource id. */
export function deletions({ azure }: Lab): readonly string[] {
  return azure
    .requests()
    .filter(({ method }) => method === 'DELETE')
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}
