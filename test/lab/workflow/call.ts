import { callInputs } from './inputs.js';
import { nameOf } from './job-state.js';
import { groupOf, unstartedLeg } from './job.js';
import { runJobs } from './jobs.js';
import { secretsIn } from './load.js';
import { worstOf, type Jobs, type Leg } from './result.js';
import { legScope, workflowScope, type LegScope, type WorkflowScope } from './run.js';
import { fieldOf, propertiesOf, textOf, textsOf, valueOf, type Texts } from './tokens.js';

/** Runs the workflow that a job calls. */
export async function callWorkflow(leg: LegScope): Promise<Leg> {
  const { workflow, job, cancellation } = leg;
  const { run } = workflow;
  const loaded = workflow.loaded.calls.get(job.id);
  if (loaded === undefined) throw new Error(`nothing is loaded for job ${job.id}`);
  try {
    const scope = legScope(leg);
    const name = nameOf(leg);
    const given = Object.fromEntries(
      propertiesOf(fieldOf(job.token, 'with')).map(([input, token]) => [input, valueOf(token, scope)]),
    );
    const inputs = callInputs(loaded.file, given, { contexts: { github: run.github, vars: run.vars } });
    const called: WorkflowScope = {
      ...{ run, loaded, inputs, cancellation, secrets: passedSecrets(leg) },
      ...{ held: workflow.held, prefix: `${name} / ` },
    };
    const entered = await enterGroup(called);
    if (typeof entered === 'string') return { ...unstartedLeg(leg, 'cancelled', [entered]), name };
    const jobs = await runJobs(entered.workflow).finally(entered.leave);
    const result = worstOf(Object.values(jobs).map(each => each.result));
    return { ...unstartedLeg(leg, result), name, jobs, outputs: workflowOutputs(called, jobs) };
  } catch (error) {
    const { message } = error as Error;
    run.print(`::error::${job.id}: ${message}\n`);
    return unstartedLeg(leg, 'failure', [message]);
  }
}

/** Returns the outputs of a workflow, from those of its jobs ("Workflow syntax", `on.workflow_call.outputs`). */
export function workflowOutputs(workflow: WorkflowScope, jobs: Jobs): Texts {
  const results = Object.fromEntries(
    Object.entries(jobs).map(([id, { result, outputs }]) => [id, { result, outputs }]),
  );
  const scope = { contexts: { ...workflowScope(workflow).contexts, jobs: results } };
  return Object.fromEntries(
    propertiesOf(fieldOf(workflow.loaded.file.root, 'on', 'workflow_call', 'outputs')).map(([name, token]) => [
      name,
      textOf(fieldOf(token, 'value'), scope),
    ]),
  );
}

/**
 * Waits for the concurrency group at the top of a workflow.
 * @returns the workflow with its groups, or the reason why it cannot have the group: its callers hold it already
 */
export async function enterGroup(
  workflow: WorkflowScope,
): Promise<string | { readonly workflow: WorkflowScope; readonly leave: () => void }> {
  const { run, loaded, held } = workflow;
  const group = groupOf(loaded.file.root.find('concurrency'), workflowScope(workflow));
  try {
    const leave = await run.groups.enter(group, held);
    return { workflow: { ...workflow, held: [...held, group] }, leave };
  } catch (error) {
    return (error as Error).message;
  }
}

/** A called workflow has the secrets that its caller passes, and the token of the run; empty ones do not exist. */
function passedSecrets(leg: LegScope): Texts {
  const { workflow, job } = leg;
  const passed =
    secretsIn(job) === 'inherit' ? workflow.secrets : textsOf(fieldOf(job.token, 'secrets'), legScope(leg));
  const { GITHUB_TOKEN: token } = workflow.secrets;
  return { ...withoutEmpty(passed), ...(token === undefined ? {} : { GITHUB_TOKEN: token }) };
}

/** A secret without a value is the same as an absent one. */
export function withoutEmpty(secrets: Texts): Texts {
  return Object.fromEntries(Object.entries(secrets).filter(([, secret]) => secret !== ''));
}
