import { hideSecrets, jobContext, nameOf, prepareJob, type JobState } from './job-state.js';
import { endOrphans } from './orphans.js';
import type { Leg } from './result.js';
import { legScope, type LegScope, type Runner } from './run.js';
import type { Frame } from './step-work.js';
import { runPosts, runSteps } from './step.js';
import { fieldOf, flagOf, numberOf, propertiesOf, textOf, valueOf, type Texts } from './tokens.js';

/**
 * "After the 5 minute cancellation timeout period" whatever still runs is ended ("Workflow cancellation reference").
 */
const minutesAfterCancel = 5;

/** Returns a leg that was not started. */
export function unstartedLeg(leg: LegScope, result: Leg['result'], errors: readonly string[] = []): Leg {
  return {
    name: leg.workflow.prefix + leg.job.id,
    result,
    outputs: {},
    steps: [],
    jobs: {},
    matrix: leg.matrix,
    permissions: leg.workflow.loaded.permissions.get(leg.job.id) ?? {},
    runsOn: null,
    environment: '',
    timeoutMinutes: undefined,
    errors,
  };
}

/** Runs a job on a separate runner: its steps, their post phases, and its outputs. */
export async function runJob(leg: LegScope): Promise<Leg> {
  const { token } = leg.job;
  const { run } = leg.workflow;
  const base = unstartedLeg(leg, 'failure');
  try {
    const scope = legScope(leg);
    const labels = fieldOf(token, 'runs-on');
    const facts = {
      name: nameOf(leg),
      runsOn: labels === undefined ? null : valueOf(labels, scope),
      environment: environmentOf(leg),
      timeoutMinutes: numberOf(fieldOf(token, 'timeout-minutes'), scope),
    };
    const leave = await run.groups.enter(groupOf(fieldOf(token, 'concurrency'), scope), leg.workflow.held);
    const job = await prepareJob(leg);
    const frame = jobFrame(job);
    const forget = watchCancellation(job);
    const runner: Runner = {
      job: leg.job.id,
      lose: () => {
        loseRunner(job);
      },
    };
    run.runners.add(runner);
    const print = (text: string): void => {
      run.print(text);
    };
    try {
      await runSteps(job, frame, leg.job.steps, print);
      await runPosts(job, print);
    } finally {
      forget();
      run.runners.delete(runner);
      leave();
    }
    const { outputs, errors } = job.isLost ? { outputs: {}, errors: [lostRunner] } : outputsOf(job, frame);
    await endOrphans(job.trackingId);
    // "Prevents a workflow run from failing when a job fails" ("Workflow syntax", `jobs.<job_id>.continue-on-error`).
    const tolerated = job.status === 'failure' && flagOf(fieldOf(token, 'continue-on-error'), scope, false);
    return { ...base, ...facts, result: tolerated ? 'success' : job.status, outputs, steps: job.results, errors };
  } catch (error) {
    const { message } = error as Error;
    run.print(`::error::${message}\n`);
    return { ...base, errors: [message] };
  }
}

/** Returns the name of a concurrency group; empty when there is none. */
export function groupOf(token: Parameters<typeof fieldOf>[0], scope: Parameters<typeof textOf>[1]): string {
  return textOf(fieldOf(token, 'group') ?? (token?.isScalar === true ? token : undefined), scope);
}

function environmentOf(leg: LegScope): string {
  const token = fieldOf(leg.job.token, 'environment');
  return textOf(fieldOf(token, 'name') ?? (token?.isScalar === true ? token : undefined), legScope(leg));
}

function jobFrame(job: JobState): Frame {
  const { leg } = job;
  return {
    repository: leg.workflow.loaded.file.source.repository,
    contexts: legScope(leg).contexts,
    github: {},
    env: {},
    steps: {},
    summaries: [],
    status: 'success',
    signal: undefined,
    isJob: true,
  };
}

/** Marks the job as cancelled before any step checks it, and ends the rest of it when its time is over. */
function watchCancellation(job: JobState): () => void {
  const { cancellation, workflow } = job.leg;
  let timer: NodeJS.Timeout | undefined;
  const forget = cancellation.onRequest(() => {
    job.status = 'cancelled';
    timer = setTimeout(() => {
      job.isOver = true;
      for (const process of job.processes) process.kill();
    }, minutesAfterCancel * workflow.run.minuteMs);
  });
  return () => {
    clearTimeout(timer);
    forget();
  };
}

/** The annotation of GitHub for such a job (actions/runner-images, issue 9823). */
const lostRunner = 'The hosted runner lost communication with the server.';

/** Ends everything on the runner at once, as when the machine is lost: no handler, post phase or later step runs. */
function loseRunner(job: JobState): void {
  job.isOver = true;
  job.isLost = true;
  job.status = 'failure';
  for (const process of job.processes) process.kill();
  void endOrphans(job.trackingId);
}

/** Outputs without a value, and those with a secret, are omitted (actions/runner, JobExtension.cs). */
function outputsOf(job: JobState, frame: Frame): { readonly outputs: Texts; readonly errors: readonly string[] } {
  const contexts = { ...frame.contexts, github: job.github, env: job.env, steps: frame.steps };
  const scope = { contexts: { ...contexts, job: jobContext(job), runner: job.runner } };
  const warnings: string[] = [];
  try {
    const outputs = propertiesOf(fieldOf(job.leg.job.token, 'outputs')).flatMap(([name, token]) => {
      const text = textOf(token, scope);
      if (text === '') return [];
      if (hideSecrets(job, text) === text) return [[name, text] as const];
      warnings.push(`Skip output '${name}' since it may contain secret.`);
      return [];
    });
    return { outputs: Object.fromEntries(outputs), errors: warnings };
  } catch (error) {
    if (job.status === 'success') job.status = 'failure';
    return { outputs: {}, errors: ['Fail to evaluate job outputs', (error as Error).message] };
  }
}
