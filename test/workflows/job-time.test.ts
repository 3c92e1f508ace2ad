import { describe, expect, it } from '@jest/globals';
import { stepsOfJob } from '../../src/workflows/workflow-plan.js';
import { requestOf } from './support/inputs.js';
import { givenTo, type PublicJob, type PublicWorkflow, publicWorkflows, scopeOf } from './support/public-workflows.js';

const workflows = publicWorkflows();
const own = (job: PublicJob): PublicJob['steps'] =>
  job.steps.filter(({ uses }) => uses === '$/.github/actions/migratorydata');

/** What a job of 350 minutes leaves for forward work: undoing takes 5 of them, the post phase 4, setting up a few. */
const mostMinutes = 350 - 5 - 4 - 10;

/** The minutes that the steps of each job may take together, each as long as its timeout says. */
function minutesOf(workflow: PublicWorkflow, given: Readonly<Record<string, string>>): readonly number[] {
  const scope = scopeOf(workflow, given);
  return Object.values(workflow.jobs).map(job =>
    own(job)
      .map(step => requestOf({ uses: '', with: givenTo(step, scope) }, { env: { KUBECONFIG: '/kubeconfig' } }))
      .reduce((sum, { general }) => sum + general.timeoutMs / 60_000, 0),
  );
}

describe('the time of a job', () => {
  it.each(workflows)('is shared by as many steps of $name.yml as the plan believes', ({ name, workflow }) => {
    const counts = Object.values(workflow.jobs).map(
      job => own(job).filter(step => !/^\d/.test(String(step.with?.['timeout']))).length,
    );
    expect(stepsOfJob[name] ?? 1).toBe(Math.max(1, ...counts));
  });

  it.each(workflows)('holds all steps of $name.yml, with the default and the longest', one => {
    const { name, workflow } = one;
    const longest = `${300 / (stepsOfJob[name] ?? 1)}m`;
    for (const given of [{}, { timeout: longest, ttl: '6h' }]) {
      for (const minutes of minutesOf(workflow, given)) expect(minutes).toBeLessThanOrEqual(mostMinutes);
    }
  });
});
