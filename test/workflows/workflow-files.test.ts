import { describe, expect, it } from '@jest/globals';
import { actionFile, requestOf, unknownInputs } from './support/inputs.js';
import { codeBlocks } from './support/markdown.js';
import { documents, readText, exampleFiles } from './support/project-files.js';
import { type PublicWorkflow, publicWorkflow, takes } from './support/public-workflows.js';
import {
  actionSteps,
  type Job,
  outputReferences,
  ownCall,
  ownCalls,
  ownReference,
  ownSteps,
  parseWorkflow,
  pinsOf,
  type Workflow,
} from './support/workflow.js';

const files = exampleFiles().map(path => ({ path, text: readText(path) }));
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

/** A job of a workflow that calls one of ours, with what the called file declares. */
function callsOf({ jobs }: Workflow): readonly { readonly job: Job; readonly called: PublicWorkflow }[] {
  return ownCalls(jobs).map(({ job, name }) => ({ job, called: publicWorkflow(name) }));
}

it('there is an example for everyone who starts something', () => {
  const called = files.flatMap(({ text }) =>
    Object.values(parseWorkflow(text).jobs).map(({ uses = '' }) => ownCall.exec(uses)?.[1]),
  );
  const wanted = ['chaos', 'check', 'deploy', 'e2e', 'matrix', 'recover', 'scale', 'sweep', 'teardown'];
  expect([...new Set(called.filter(name => name !== undefined))].sort()).toEqual(wanted);
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
    const called = callsOf(workflow).flatMap(one => Object.values(one.called.jobs));
    const logsIn =
      ownSteps(workflow).some(step => 'client-id' in (step.with ?? {})) ||
      called.some(({ permissions }) => permissions?.['id-token'] === 'write');
    const mayLogIn = Object.values(workflow.jobs).some(({ permissions }) => permissions?.['id-token'] === 'write');
    expect(mayLogIn).toBe(logsIn);
  });

  it('grants what the workflow asks for that it calls, and no more', () => {
    for (const { job, called } of callsOf(workflow)) {
      const asked = Object.values(called.jobs).map(({ permissions = {} }) => permissions);
      expect(job.permissions).toEqual(Object.assign({}, ...asked));
    }
  });

  it('gives the workflow that it calls inputs and secrets that it declares, each of its type', () => {
    for (const { job, called } of callsOf(workflow)) {
      const { secrets = {} } = called.on.workflow_call;
      const wrong = Object.entries(job.with ?? {}).filter(([name, value]) => {
        const [, passed = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(String(value)) ?? [];
        const form = workflow.on?.workflow_dispatch?.inputs?.[passed];
        // A form gives a number as text, which a call refuses: https://github.com/actions/runner/issues/2848
        const isText = form?.type === 'choice' || form?.type === 'number';
        return !takes(called, name, form === undefined ? typeof value : isText ? 'string' : form.type);
      });
      expect(wrong).toEqual([]);
      expect(Object.keys(job.secrets ?? {}).filter(name => !(name in secrets))).toEqual([]);
    }
  });

  it('asks in its form for what the workflow takes, with the same defaults', () => {
    const form = Object.entries(workflow.on?.workflow_dispatch?.inputs ?? {});
    for (const { called } of form.length === 0 ? [] : callsOf(workflow)) {
      const unlike = form.filter(([name, input]) => {
        const known = called.on.workflow_dispatch.inputs[name];
        return (
          !input.required && (input.default !== known?.default || String(input.options) !== String(known?.options))
        );
      });
      expect(unlike.map(([name]) => name)).toEqual([]);
    }
  });

  it('bounds the time of each job, so that a cluster is cleaned up before the job is killed', () => {
    const needsMinutes = (job: Job): number => {
      const limits = ownSteps(job)
        .map(step => requestOf(step, job))
        .filter(({ operation }) => operation === 'create' || operation === 'e2e')
        .map(({ general }) => general.timeoutMs / 60_000 + cleanUpMinutes);
      return limits.reduce((sum, minutes) => sum + minutes, 1);
    };
    // A called workflow bounds its own jobs, and takes no bound from its caller.
    expect(
      failing(workflow, job => job.uses !== undefined || (job['timeout-minutes'] ?? 0) >= needsMinutes(job)),
    ).toEqual([]);
  });

  it('pins actions of others to a commit, with the version as a comment', () => {
    const others = pinsOf(text).filter(({ uses }) => !ownReference.test(uses) && !ownCall.test(uses));
    const loose = others.filter(
      ({ uses, comment }) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(uses) || !/^v\d+(\.\d+)*$/.test(comment),
    );
    expect(loose).toEqual([]);
    expect(pinsOf(text)).toHaveLength(actionSteps(workflow).length);
  });

  it('gives the action inputs that it takes', () => {
    expect(ownSteps(workflow).length + callsOf(workflow).length).toBeGreaterThan(0);
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

  it('asks only for outputs that the workflows have which it calls', () => {
    const called = Object.entries(workflow.jobs).map(([name, job]) => [name, callsOf({ jobs: { job } })[0]?.called]);
    const known = new Map(called as [string, PublicWorkflow | undefined][]);
    const wrong = [...text.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(
      ([, job = '', output = '']) => !(output in (known.get(job)?.on.workflow_call.outputs ?? {})),
    );
    expect(wrong.map(([reference]) => reference)).toEqual([]);
  });
});
