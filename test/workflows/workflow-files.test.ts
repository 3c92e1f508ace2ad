import { describe, expect, it } from '@jest/globals';
import { codeBlocks } from './support/markdown.js';
import { actionFile, requestOf, unknownInputs } from './support/inputs.js';
import { documents, readText, workflowFiles } from './support/project-files.js';
import type { Job, Workflow } from './support/workflow.js';
import { actionSteps, outputReferences, ownReference, ownSteps, parseWorkflow, pinsOf } from './support/workflow.js';

const files = workflowFiles().map(path => ({ path, text: readText(path) }));
const shown = documents().flatMap(path =>
  codeBlocks(readText(path))
    .filter(({ language, text }) => language === 'yaml' && /^jobs:/m.test(text))
    .map((block, index) => ({ path: `${path}, workflow ${index + 1}`, text: block.text })),
);

/** What a step keeps for undoing after its timeout, and what its post phase may take. */
const cleanUpMinutes = 5 + 4;

/** Jobs of a workflow for which something does not hold. */
function failing(workflow: Workflow, holds: (job: Job) => boolean): readonly string[] {
  return Object.entries(workflow.jobs).flatMap(([name, job]) => (holds(job) ? [] : [name]));
}

it('there are examples to copy', () => {
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['examples/deploy-kind.yml', 'examples/e2e-nightly.yml', 'examples/sweep.yml']),
  );
});

describe.each([...files, ...shown])('$path', ({ text }) => {
  const workflow = parseWorkflow(text);

  it('has a name, and so has each job', () => {
    expect(workflow.name).toBeTruthy();
    expect(failing(workflow, ({ name }) => Boolean(name))).toEqual([]);
  });

  it('takes no permission for all jobs, and each job just what it needs', () => {
    expect(workflow.permissions).toEqual({});
    expect(failing(workflow, ({ permissions }) => permissions !== undefined)).toEqual([]);
    const logsIn = ownSteps(workflow).some(step => 'client-id' in (step.with ?? {}));
    const mayLogIn = Object.values(workflow.jobs).some(({ permissions }) => permissions?.['id-token'] === 'write');
    expect(mayLogIn).toBe(logsIn);
  });

  it('bounds the time of each job, so that a cluster is cleaned up before the job is killed', () => {
    const needsMinutes = (job: Job): number => {
      const limits = ownSteps(job)
        .map(step => requestOf(step, job))
        .filter(({ operation }) => operation === 'create' || operation === 'e2e')
        .map(({ general }) => general.timeoutMs / 60_000 + cleanUpMinutes);
      return limits.reduce((sum, minutes) => sum + minutes, 1);
    };
    expect(failing(workflow, job => (job['timeout-minutes'] ?? 0) >= needsMinutes(job))).toEqual([]);
  });

  it('pins actions of others to a commit, with the version as a comment', () => {
    const others = pinsOf(text).filter(({ uses }) => uses !== ownReference);
    const loose = others.filter(
      ({ uses, comment }) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(uses) || !/^v\d+(\.\d+)*$/.test(comment),
    );
    expect(loose).toEqual([]);
    expect(pinsOf(text)).toHaveLength(actionSteps(workflow).length);
  });

  it('gives the action inputs that it takes', () => {
    expect(ownSteps(workflow).length).toBeGreaterThan(0);
    for (const job of Object.values(workflow.jobs)) {
      for (const step of ownSteps(job)) {
        expect(unknownInputs(step)).toEqual([]);
        expect(() => requestOf(step, job)).not.toThrow();
      }
    }
  });

  it('asks only for outputs that the action has', () => {
    const own = ownSteps(workflow).flatMap(({ id }) => (id === undefined ? [] : [id]));
    const wrong = outputReferences(text).filter(
      ({ step, output }) => !own.includes(step) || !(output in actionFile.outputs),
    );
    expect(wrong).toEqual([]);
  });
});
