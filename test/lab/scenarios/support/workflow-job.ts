import type { Report } from '../../../../src/journal/model.js';
import type { Value } from '../../../support/expressions.js';
import { publicWorkflow } from '../../../workflows/support/public-workflows.js';
import type { Lab } from '../../lab.js';
import { labMachine } from '../../workflow/lab-machine.js';
import type { RunResult } from '../../workflow/result.js';
import { type RunOptions, startWorkflow, type WorkflowRun } from '../../workflow/start.js';
import { shortWaits } from './short-waits.js';

export type CallInputs = Readonly<Record<string, Value>>;

/** The workflows that deploy. */
const deploying = ['deploy', 'e2e', 'matrix'];

/**
 * Starts a public workflow by its name, as another repository calls it, with the identifiers of the lab as variables.
 * Its deployments have short waits. Inputs that the workflow does not have go into its options.
 */
export async function startPublic(
  lab: Lab,
  name: string,
  inputs: CallInputs,
  more: Partial<RunOptions> = {},
): Promise<WorkflowRun> {
  const { clientId, tenantId, subscriptionId } = lab.azure;
  const fields = publicWorkflow(name).on.workflow_call.inputs;
  const own = Object.fromEntries(Object.entries(inputs).filter(([input]) => input in fields));
  const others = Object.fromEntries(Object.entries(inputs).filter(([input]) => !(input in fields)));
  return startWorkflow(labMachine(lab), {
    file: `.github/workflows/${name}.yml`,
    event: 'workflow_call',
    inputs: {
      ...own,
      options: JSON.stringify({ ...(deploying.includes(name) && { patches: shortWaits }), ...others }),
    },
    vars: { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId, AZURE_SUBSCRIPTION_ID: subscriptionId },
    ...more,
  });
}

/** Runs a public workflow to its end. @throws Error with its log when its conclusion is another one. */
export async function runPublic(
  lab: Lab,
  name: string,
  inputs: CallInputs,
  { conclusion = 'success', ...more }: Partial<RunOptions> & { readonly conclusion?: RunResult['conclusion'] } = {},
): Promise<RunResult> {
  const run = await startPublic(lab, name, inputs, more);
  const result = await run.ended;
  if (result.conclusion === conclusion) return result;
  throw new Error(`${name} ended as ${result.conclusion}, not as ${conclusion}:\n${result.log}`);
}

/** Returns the result of each job of a run. */
export function resultsOf({ jobs }: RunResult): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(jobs).map(([name, { result }]) => [name, result]));
}

/** Returns the operations that the steps of a job ran, each with its outcome. */
export function outcomesOf({ jobs }: RunResult, job: string): readonly string[] {
  return reportsOf({ jobs }, job).map(({ operation, outcome = 'unfinished' }) => `${operation} ${outcome}`);
}

/** Returns the reports of the steps of a job, in order. */
export function reportsOf({ jobs }: Pick<RunResult, 'jobs'>, job: string): readonly Report[] {
  const steps = jobs[job]?.legs.flatMap(leg => leg.steps) ?? [];
  return steps.flatMap(({ report, phase }) => (report === undefined || phase === 'post' ? [] : [report]));
}
