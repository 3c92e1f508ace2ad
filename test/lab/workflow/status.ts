import type { Value } from '../../support/expressions.js';
import type { JobResult, Outcome } from './result.js';

/** The state of a job or of a composite action, which decides about its steps ("Contexts reference", `job.status`). */
export type Status = 'success' | 'failure' | 'cancelled';

/** The status functions. Each step and each job has its own. */
export type StatusFunctions = Readonly<Record<'success' | 'failure' | 'cancelled' | 'always', () => Value>>;

/**
 * Returns the status functions of a step: they use the state of the job, or of the composite action around the step,
 * but a cancel is always that of the job (actions/runner, Expressions/SuccessFunction.cs).
 */
export function stepFunctions(own: () => Status, job: () => Status): StatusFunctions {
  return {
    success: () => own() === 'success',
    failure: () => own() === 'failure',
    cancelled: () => job() === 'cancelled',
    always: () => true,
  };
}

/**
 * Returns the status functions of a job's `if`. They use all jobs that it needs, also through others: "a failure or
 * skip applies to all jobs in the dependency chain from the point of failure or skip onwards" ("Workflow syntax",
 * `jobs.<job_id>.needs`), whatever the result of the job in between. A job that was skipped inside a called workflow
 * counts as well; that is not documented but reported (actions/runner, issue 2205).
 */
export function jobFunctions(ancestors: readonly JobResult[], isCancelled: () => boolean): StatusFunctions {
  const outcomes = ancestors.flatMap(outcomesIn);
  return {
    success: () => !isCancelled() && outcomes.every(outcome => outcome === 'success'),
    failure: () => outcomes.includes('failure'),
    cancelled: isCancelled,
    always: () => true,
  };
}

function outcomesIn({ result, legs }: JobResult): readonly Outcome[] {
  return [result, ...legs.flatMap(({ jobs }) => Object.values(jobs).flatMap(outcomesIn))];
}
