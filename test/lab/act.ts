import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ActionOptions,
  type ActionResult,
  type RunningAction,
  runPost,
  startAction,
} from '../support/action-runner.js';
import type { Lab } from './lab.js';

/** One step of a job in the lab: the inputs, and what differs from the defaults of the lab's runner. */
export interface Step {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
}

/** Runs the built action in the lab as a GitHub runner would. */
export interface LabRunner {
  /** The main phase and then, as the runner does whatever came out, the post phase. */
  run(step: Step): Promise<{ readonly main: ActionResult; readonly post: ActionResult }>;
  /** The main phase only, to be cancelled or watched. */
  start(step: Step): Promise<RunningAction>;
  /** The post phase of a step. */
  post(step: Step, main: Pick<ActionResult, 'state'>): Promise<ActionResult>;
}

/** Names the subscription and the identity of the job, so that the action logs in by itself. */
export function azureInputs({ azure }: Lab): Readonly<Record<string, string>> {
  return {
    'client-id': azure.clientId,
    'tenant-id': azure.tenantId,
    'subscription-id': azure.subscriptionId,
  };
}

/** The environment of a runner in the lab, as its steps inherit it. */
export function runnerEnvironment(lab: Lab): Readonly<Record<string, string>> {
  // The clients of the lab come from loopback; services that tell a public address are not there.
  return { ...lab.env, MDAKS_RUNNER_ADDRESS: '127.0.0.1' };
}

/** A runner with a temporary folder of its own in the lab's. */
export async function labRunner(lab: Lab, name = 'runner'): Promise<LabRunner> {
  const temp = join(lab.folder, name);
  await mkdir(temp, { recursive: true });
  const options = ({ inputs, env = {}, onOutput }: Step): ActionOptions => ({
    inputs,
    env: {
      ...runnerEnvironment(lab),
      ...lab.azure.jobIdentity,
      RUNNER_TEMP: temp,
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
