import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ActionOptions,
  type ActionResult,
  type RunningAction,
  runPost,
  startAction,
} from '../support/action-runner.js';
import { sharedCodeFolder } from '../support/code-folder.js';
import type { Lab } from './lab.js';
import { trackingVariable } from './workflow/orphans.js';

/** One step of a job in the lab: its inputs, and what differs from the defaults of the lab runner. */
export interface Step {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
}

/** Runs the built action in the lab as a GitHub runner would. */
export interface LabRunner {
  /** Runs the main phase and then the post phase, which the runner starts whatever the result of the main phase. */
  run(step: Step): Promise<{ readonly main: ActionResult; readonly post: ActionResult }>;
  /** Starts only the main phase, which can be cancelled or watched. */
  start(step: Step): Promise<RunningAction>;
  /** Runs the post phase of a step. */
  post(step: Step, main: Pick<ActionResult, 'state'>): Promise<ActionResult>;
}

/** Returns the inputs for the subscription and the identity of the job, with which the action logs in itself. */
export function azureInputs({ azure }: Lab): Readonly<Record<string, string>> {
  return {
    'client-id': azure.clientId,
    'tenant-id': azure.tenantId,
    'subscription-id': azure.subscriptionId,
  };
}

/** Returns the environment that the steps of a runner in the lab inherit. */
export function runnerEnvironment(lab: Lab): Readonly<Record<string, string>> {
  // The clients of the lab connect from loopback; the services that return a public address do not exist there.
  return { ...lab.env, MDAKS_RUNNER_ADDRESS: '127.0.0.1' };
}

/** Creates a runner with its own temporary folder in the folder of the lab. */
export async function labRunner(lab: Lab, name = 'runner'): Promise<LabRunner> {
  const temp = join(lab.folder, name);
  await mkdir(temp, { recursive: true });
  const codeFolder = await sharedCodeFolder();
  const options = ({ inputs, env = {}, onOutput }: Step): ActionOptions => ({
    inputs,
    env: {
      ...runnerEnvironment(lab),
      ...lab.azure.jobIdentity,
      ...{ RUNNER_TEMP: temp, NODE_COMPILE_CACHE: codeFolder },
      // Unlike the others, the programs that a step starts have it, too.
      [trackingVariable]: temp,
      ...env,
    },
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  const start = (step: Step): Promise<RunningAction> => startAction(options(step));
  const post = (step: Step, main: Pick<ActionResult, 'state'>): Promise<ActionResult> => runPost(options(step), main);
  return {
    start,
    post,
    async run(step) {
      const main = await (await start(step)).ended;
      return { main, post: await post(step, main) };
    },
  };
}
