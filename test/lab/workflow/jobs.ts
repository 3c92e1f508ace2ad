import { evaluate, isTruthy, type Value } from '../../support/expressions.js';
import { callWorkflow } from './call.js';
import { createCancellation } from './cancellation.js';
import { runJob, unstartedLeg } from './job.js';
import { readStrategy, strategyContext, type Strategy } from './matrix.js';
import { worstOf, type JobResult, type Jobs, type Leg } from './result.js';
import { workflowScope, type LegScope, type WorkflowScope } from './run.js';
import { jobFunctions } from './status.js';
import { fieldOf, type Texts } from './tokens.js';
import type { JobDefinition } from './workflow-file.js';

/** Runs the jobs of a workflow, each after the jobs that it needs; independent jobs run at the same time. */
export async function runJobs(workflow: WorkflowScope): Promise<Jobs> {
  const { jobs } = workflow.loaded.file;
  const started = new Map<string, Promise<JobResult>>();
  const start = (id: string): Promise<JobResult> => {
    const job = jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    const running = started.get(id) ?? decide(job);
    started.set(id, running);
    return running;
  };
  const decide = async (job: JobDefinition): Promise<JobResult> => {
    const needed = await Promise.all(job.needs.map(start));
    const ancestors = await Promise.all(ancestorsOf(job, jobs).map(start));
    return runOrSkip(workflow, job, needed, ancestors);
  };
  const results = await Promise.all([...jobs.keys()].map(start));
  return Object.fromEntries(results.map(result => [result.id, result]));
}

/** Returns all jobs that a job needs, also through others. */
function ancestorsOf(job: JobDefinition, jobs: ReadonlyMap<string, JobDefinition>): readonly string[] {
  const found = new Set(job.needs);
  for (const id of found) for (const next of jobs.get(id)?.needs ?? []) found.add(next);
  return [...found];
}

async function runOrSkip(
  workflow: WorkflowScope,
  job: JobDefinition,
  needed: readonly JobResult[],
  ancestors: readonly JobResult[],
): Promise<JobResult> {
  const needs = Object.fromEntries(needed.map(({ id, result, outputs }) => [id, { result, outputs }]));
  const isCancelled = (): boolean => workflow.cancellation.requested;
  const scope = {
    contexts: { ...workflowScope(workflow).contexts, needs },
    functions: jobFunctions(ancestors, isCancelled),
  };
  const single = (cancellation = workflow.cancellation): LegScope => {
    const strategy = { failFast: true, maxParallel: 1, legs: [null] };
    return { workflow, job, needs, matrix: null, strategy: strategyContext(strategy, 0), cancellation };
  };
  let strategy: Strategy;
  try {
    if (!isTruthy(evaluate(job.condition, scope))) {
      // A job that only waits for its turn is cancelled; one that would not have run anyway is skipped.
      const wasReady = isCancelled() && needed.every(({ result }) => result === 'success');
      return resultOf(job, [unstartedLeg(single(), wasReady ? 'cancelled' : 'skipped')]);
    }
    strategy = readStrategy(fieldOf(job.token, 'strategy'), scope);
  } catch (error) {
    const { message } = error as Error;
    workflow.run.print(`::error::${job.id}: ${message}\n`);
    return resultOf(job, [unstartedLeg(single(), 'failure', [message])]);
  }
  // "The server re-evaluates if conditions for all currently running jobs" ("Workflow cancellation reference"). A call
  // itself is not evaluated: each of the called jobs has its own condition.
  const kept = createCancellation();
  const forget = workflow.cancellation.onRequest(() => {
    if (job.call !== undefined || !holds(job.condition, scope)) kept.request();
  });
  const legs = await runLegs(strategy, single(kept));
  forget();
  return resultOf(job, legs.inOrder, legs.asFinished);
}

function holds(condition: string, scope: Parameters<typeof evaluate>[1]): boolean {
  try {
    return isTruthy(evaluate(condition, scope));
  } catch {
    return false;
  }
}

/** Runs the legs of a job, as many at once as it allows. The first failure cancels the others if the job says so. */
async function runLegs(
  strategy: Strategy,
  base: LegScope,
): Promise<{ readonly inOrder: readonly Leg[]; readonly asFinished: readonly Leg[] }> {
  const { failFast, maxParallel, legs } = strategy;
  const cancellation = createCancellation(base.cancellation);
  const finished: { readonly index: number; readonly leg: Leg }[] = [];
  const waiting = [...legs.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, matrix] = next;
      const scope = { ...base, matrix, strategy: strategyContext(strategy, index), cancellation };
      const leg = cancellation.requested ? unstartedLeg(scope, 'cancelled') : await runLeg(scope);
      finished.push({ index, leg });
      if (failFast && leg.result === 'failure') cancellation.request();
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxParallel, legs.length) }, work));
  const inOrder = [...finished].sort((a, b) => a.index - b.index).map(({ leg }) => leg);
  return { inOrder, asFinished: finished.map(({ leg }) => leg) };
}

function runLeg(leg: LegScope): Promise<Leg> {
  return leg.job.call === undefined ? runJob(leg) : callWorkflow(leg);
}

function resultOf(job: JobDefinition, legs: readonly Leg[], asFinished = legs): JobResult {
  const [first] = legs;
  if (first === undefined) throw new Error(`job ${job.id} has no legs`);
  const result = worstOf(legs.map(leg => leg.result));
  const all = legs.length === 1 ? first : { ...first, name: job.id, matrix: null as Value, jobs: {} };
  return {
    ...all,
    id: job.id,
    result,
    outputs: outputsOf(job, asFinished),
    steps: legs.flatMap(({ steps }) => steps),
    errors: legs.flatMap(({ errors }) => errors),
    legs,
  };
}

/**
 * "The last matrix job that runs will override the output value" ("Workflow syntax", `jobs.<job_id>.outputs`); of
 * called workflows it is "the last successful completing reusable workflow of the matrix which actually sets a value"
 * ("Reuse workflows").
 */
function outputsOf(job: JobDefinition, legs: readonly Leg[]): Texts {
  const counted =
    job.call === undefined || legs.length === 1 ? legs : legs.filter(({ result }) => result === 'success');
  return Object.assign({}, ...counted.map(({ outputs }) => outputs)) as Texts;
}
