import { describe, expect, it } from '@jest/globals';
import { duration } from '../../src/inputs/parsers.js';
import { stepsOfJob } from '../../src/workflows/workflow-plan.js';
import { actionFile } from './support/inputs.js';
import { givenTo, type PublicJob, type PublicWorkflow, publicWorkflows, scopeOf } from './support/public-workflows.js';

const workflows = publicWorkflows();
const own = (job: PublicJob): PublicJob['steps'] =>
  job.steps.filter(({ uses }) => uses === '$/.github/actions/migratorydata');

/** What a job of 350 minutes leaves for forward work: undoing takes 5 of them, the post phase 4, setting up a few. */
const mostMinutes = 350 - 5 - 4 - 10;

/** The minutes that the steps of each job may take together, each as long as its timeout says. */
function minutesOf(workflow: PublicWorkflow, given: Readonly<Record<string, string>>): readonly number[] {
  const fallback = actionFile.inputs['timeout']?.default ?? '';
  return Object.values(workflow.jobs).map(job =>
    own(job)
      .map(step => duration('1s', '120h')(givenTo(step, scopeOf(workflow, given))['timeout'] || fallback))
      .reduce((sum, read) => sum + (read.ok ? read.value / 60_000 : NaN), 0),
  );
}

describe('the time of a job', () => {
  it.each(workflows)('is shared by as many steps of $name.yml as the plan believes', ({ name, workflow }) => {
    const counts = Object.values(workflow.jobs).map(
      job => own(job).filter(step => String(step.with?.['timeout']).includes('inputs.timeout')).length,
    );
    expect(stepsOfJob[name] ?? 1).toBe(Math.max(1, ...counts));
  });

  it.each(workflows)('holds all steps of $name.yml, with the default, an empty field and the longest', one => {
    const { name, workflow } = one;
    const longest = `${300 / (stepsOfJob[name] ?? 1)}m`;
    const takes = 'timeout' in workflow.on.workflow_call.inputs;
    for (const given of [{}, ...(takes ? [{ timeout: '' }, { timeout: longest }] : [])]) {
      for (const minutes of minutesOf(workflow, given)) expect(minutes).toBeLessThanOrEqual(mostMinutes);
    }
  });
});
