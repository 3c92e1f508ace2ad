import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { choices, commonWorkflowInputs, ownDefaults, switches } from '../../scripts/docs/workflow-inputs.js';
import { workflowOnlyInputs } from '../../src/inputs/options.js';
import { isSecret } from '../../src/inputs/secret-inputs.js';
import { reasonOf } from '../../src/runtime/thrown.js';
import { evaluate } from '../support/expressions.js';
import { actionFile, requestOf } from './support/inputs.js';
import { filesBelow, readText } from './support/project-files.js';
import { givenTo, type PublicJob, type PublicStep, publicWorkflows, scopeOf } from './support/public-workflows.js';
import { outputReferences, pinsOf } from './support/workflow.js';

const workflows = publicWorkflows();
const self = '$/.github/actions/migratorydata';
/** The most inputs of a form ("Workflow syntax", `on.workflow_dispatch.inputs`). */
const mostInputs = 25;
/** The most lines of a workflow, and of all. */
const mostLines = 400;
const mostLinesTogether = 3000;

const stepsOf = (jobs: Readonly<Record<string, PublicJob>>): readonly PublicStep[] =>
  Object.values(jobs).flatMap(({ steps }) => steps);
/** What a step passes on: all inputs of its workflow. */
const all = '${{ toJSON(inputs) }}';
/** The operations that must work when the caller's file is wrong or gone. */
const withoutConfig = ['teardown', 'recover', 'sweep'];
const kindJob = { env: { KUBECONFIG: '/home/runner/kubeconfig' } };
const needsOf = ({ needs = [] }: PublicJob): readonly string[] => (typeof needs === 'string' ? [needs] : needs);

it('there is a workflow for each thing that users start', () => {
  expect(workflows.map(({ name }) => name)).toEqual([
    ...['chaos', 'check', 'deploy', 'e2e', 'matrix', 'preflight', 'recover', 'scale', 'sweep', 'teardown'],
  ]);
});

it('the action knows the names that only the workflows have', () => {
  const names = workflows.flatMap(({ workflow }) => Object.keys(workflow.on.workflow_call.inputs));
  const own = [...new Set(names)].filter(name => !(name in actionFile.inputs));
  expect(own.sort()).toEqual(workflowOnlyInputs);
});

it('all workflows together can be read in one sitting', () => {
  const lines = filesBelow('.github/workflows', '.yml').map(path => readText(path).split('\n').length - 1);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(mostLinesTogether);
});

describe.each(workflows)('$name.yml', ({ name, text, workflow }) => {
  const { on, jobs, concurrency, permissions } = workflow;
  const inputs = Object.entries(on.workflow_call.inputs);
  const form = Object.entries(on.workflow_dispatch.inputs);
  const secrets = Object.entries(on.workflow_call.secrets ?? {});
  const ownSteps = stepsOf(jobs).filter(({ uses }) => uses === self);

  it('is short', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(mostLines);
  });

  it('declares the inputs of all workflows and its own, as texts that are empty where the action has a default', () => {
    expect(inputs.map(([input]) => input).slice(0, commonWorkflowInputs.length)).toEqual(commonWorkflowInputs);
    expect(inputs.length).toBeLessThanOrEqual(mostInputs);
    const unlike = inputs.filter(([input, { type, default: value, description = '', required }]) => {
      const wanted = ownDefaults[input] ?? '';
      return (
        type !== typeof wanted || value !== wanted || required !== undefined || !/^[A-Z]\w.*[^.]$/.test(description)
      );
    });
    expect(unlike.map(([input]) => input)).toEqual([]);
  });

  it('asks in its form for the inputs of a call, with the same defaults; a list begins with the empty word', () => {
    expect(form.map(([input]) => input)).toEqual(inputs.map(([input]) => input));
    const unlike = form.filter(([input, { type, default: value, description, options }]) => {
      const call = on.workflow_call.inputs[input];
      const words = switches.includes(input) ? ['true', 'false'] : choices[input];
      const wanted = words === undefined ? [call?.type, undefined] : ['choice', String(['', ...words])];
      const same = value === call?.default && description === call?.description;
      return !same || type !== wanted[0] || options?.join() !== wanted[1];
    });
    expect(unlike.map(([input]) => input)).toEqual([]);
  });

  it('declares its secrets one by one, and needs none of them', () => {
    expect(secrets.filter(([secret, { required }]) => !isSecret(secret) || required !== false)).toEqual([]);
    const used = [...text.matchAll(/\bsecrets\.([\w-]+)/g)].map(([, secret]) => secret);
    expect([...new Set(used)].sort()).toEqual(secrets.map(([secret]) => secret).sort());
    expect(text).not.toContain('inherit');
  });

  it('passes all its inputs on to each step, with what each job decides itself, and uses none that it does not declare', () => {
    const used = [...text.replace(/^on:[\s\S]*?^permissions:/m, '').matchAll(/\binputs\.([\w-]+)/g)];
    expect(used.map(([, input = '']) => input).filter(input => !(input in on.workflow_call.inputs))).toEqual([]);
    const [plan] = jobs['plan']?.steps.filter(({ id }) => id === 'plan') ?? [];
    expect(plan?.with).toMatchObject({ workflow: name, options: all });
    for (const step of ownSteps) {
      expect(Object.keys(step.with ?? {})).toEqual(expect.arrayContaining(['operation', 'teardown', 'dry-run']));
      expect(step.with).toMatchObject({
        options: all,
        instance: expect.stringMatching(/needs\.plan|matrix\.instance/),
      });
    }
  });

  it('reads the config file of the commit of the run, the same in all jobs, and none where something is deleted', () => {
    for (const { steps } of Object.values(jobs)) {
      const [checkout, ...more] = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
      const own = steps.filter(({ uses }) => uses === self);
      const reads = own.some(({ with: given }) => !withoutConfig.includes(String(given?.['operation'])));
      const plans = steps.some(({ with: given }) => given?.['workflow'] === name && given['config'] === undefined);
      expect([checkout?.with, more]).toEqual([
        reads || plans ? { ref: '${{ github.sha }}', 'persist-credentials': false } : undefined,
        [],
      ]);
      for (const { with: given } of own) {
        const digest = '${{ needs.plan.outputs.config-digest }}';
        expect([given?.['config'], given?.['config-digest']]).toEqual(
          reads ? [undefined, digest] : ['none', undefined],
        );
      }
    }
    const planReads = jobs['plan']?.outputs?.['config-digest'] !== undefined;
    expect(planReads).toBe(ownSteps.some(({ with: given }) => given?.['config-digest'] !== undefined));
  });

  it('gives no step an input that only workflows have', () => {
    const odd = Object.fromEntries(workflowOnlyInputs.map(input => [input, 'odd']));
    for (const step of ownSteps) {
      const read = (more: Readonly<Record<string, string>>): unknown =>
        requestOf({ uses: self, with: givenTo(step, scopeOf(workflow, more)) }, kindJob);
      const declared = Object.fromEntries(Object.entries(odd).filter(([input]) => input in on.workflow_call.inputs));
      expect(read(declared)).toEqual(read({}));
    }
  });

  it('lets teardown: always reach only the steps that may delete when all is done', () => {
    const given = 'teardown' in on.workflow_call.inputs ? { teardown: 'always' } : {};
    const policies = ownSteps.map(step => {
      const { teardown = '' } = givenTo(step, scopeOf(workflow, given));
      return [String(step.with?.['operation']), teardown];
    });
    const deleting = 'teardown' in given ? ['e2e'] : [];
    expect(
      policies.filter(([operation = '', policy]) => (policy === 'always') !== deleting.includes(operation)),
    ).toEqual([]);
    for (const step of ownSteps.filter(one => ['create', 'deploy'].includes(String(one.with?.['operation'])))) {
      const request = requestOf({ uses: self, with: givenTo(step, scopeOf(workflow, given)) }, kindJob);
      expect('teardown' in request ? request.teardown.policy : 'never').not.toBe('always');
    }
  });

  it('takes no permission for all jobs, and for each just what the documented caller grants', () => {
    expect(permissions).toEqual({});
    const wanted = name === 'check' ? { contents: 'read' } : { contents: 'read', 'id-token': 'write' };
    for (const [job, { permissions: asked, steps }] of Object.entries(jobs)) {
      const checksOut = steps.some(({ uses = '' }) => uses.startsWith('actions/checkout@'));
      const works = steps.some(({ uses }) => uses === self);
      expect([job, asked]).toEqual([job, works ? wanted : checksOut ? { contents: 'read' } : {}]);
    }
    expect(callerBlocks).toContainEqual(wanted);
  });

  it('waits for its turn on one cluster, at the top of the file only, and cancels nobody', () => {
    expect(concurrency).toMatchObject({ queue: 'max', 'cancel-in-progress': false });
    expect(String(concurrency['group'])).toMatch(/^mdaks-/);
    for (const [, fallback] of String(concurrency['group']).matchAll(/inputs\.cluster-name \|\| '([^']*)'/g)) {
      expect(fallback).toBe(actionFile.inputs['cluster-name']?.default);
    }
    expect(text.match(/^ +concurrency:/gm)).toBeNull();
    expect(Object.values(jobs).filter(job => 'uses' in job)).toEqual([]);
  });

  it('gives each job a name, a runner that the caller chooses, and time to put back', () => {
    const odd = Object.entries(jobs).filter(([, job]) => {
      const works = job.steps.some(({ uses }) => uses === self);
      return (
        !job.name ||
        job['timeout-minutes'] !== (works ? 350 : job['timeout-minutes']) ||
        (job['timeout-minutes'] ?? 999) > 350 ||
        evaluate(/\{\{(.*)\}\}/.exec(job['runs-on'] ?? '')?.[1] ?? '', scopeOf(workflow)) !== 'ubuntu-latest'
      );
    });
    expect(odd.map(([job]) => job)).toEqual([]);
    expect(
      evaluate('fromJSON(inputs.runs-on || \'"ubuntu-latest"\')', scopeOf(workflow, { 'runs-on': '["own"]' })),
    ).toEqual(['own']);
  });

  it('runs the very commit of the action that it belongs to, and pins those of others', () => {
    const loose = pinsOf(text).filter(
      ({ uses, comment }) =>
        uses !== self &&
        !/^\$\/\.github\/actions\/(plan|fold)$/.test(uses) &&
        !(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(uses) && /^v\d+(\.\d+)*$/.test(comment)),
    );
    expect(loose).toEqual([]);
    expect(ownSteps.length).toBeGreaterThan(0);
  });

  it('gives the action inputs that it takes, with defaults and with an empty form', () => {
    const empty = Object.fromEntries(inputs.map(([input]) => [input, '']));
    for (const scope of [scopeOf(workflow), scopeOf(workflow, empty)]) {
      for (const step of ownSteps) {
        const given = givenTo(step, scope);
        expect(Object.keys(given).filter(input => !(input in actionFile.inputs))).toEqual([]);
        expect(() => requestOf({ uses: self, with: given }, kindJob)).not.toThrow();
      }
    }
  });

  it('lets nothing that others write into a shell', () => {
    expect(stepsOf(jobs).filter(({ run = '' }) => run.includes('${{'))).toEqual([]);
  });

  it('gives outputs that the steps and jobs behind them have', () => {
    const wrong = Object.entries(on.workflow_call.outputs ?? {}).filter(([output, { value }]) => {
      const asked = [...value.matchAll(/\bjobs\.([\w-]+)\.outputs\.([\w-]+)/g)];
      const known = asked.every(([, job = '', one]) => one === output && output in (jobs[job]?.outputs ?? {}));
      return asked.length === 0 || !known || !(output in actionFile.outputs);
    });
    expect(wrong).toEqual([]);
    expect(Object.keys(on.workflow_call.outputs ?? {})).toContain('outcome');
    for (const job of Object.values(jobs)) {
      for (const { step, output } of outputReferences(JSON.stringify(job))) {
        const uses = job.steps.find(({ id }) => id === step)?.uses ?? '';
        expect(Object.keys(outputsOf(uses))).toContain(output);
      }
    }
  });

  it('keeps the reports of every job, whatever became of it, under names that no other has', () => {
    const uploads = Object.values(jobs).flatMap(job => {
      const upload = job.steps.find(({ uses = '' }) => uses.startsWith('actions/upload-artifact@'));
      const works = job.steps.some(({ uses }) => uses === self);
      return works || upload ? [upload] : [];
    });
    expect(uploads.map(step => step?.if)).toEqual(uploads.map(() => 'always()'));
    // A deployment that is well must not be torn down because its report could not be kept.
    expect(uploads.map(step => step?.['continue-on-error'])).toEqual(uploads.map(() => true));
    const names = uploads.map(step => String(step?.with?.['name']));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter(one => !one.includes('run_attempt') || !one.includes('needs.plan.outputs.reports'))).toEqual(
      [],
    );
  });

  it('needs of the jobs that delete and put back nothing but the plan', () => {
    const last = Object.entries(jobs).filter(([job]) => ['teardown', 'recover'].includes(job) && job !== name);
    for (const [, job] of last) {
      expect(job.if).toMatch(/^always\(\)/);
      expect(job.environment).toBe('${{ inputs.teardown-environment }}');
      const wants = [...JSON.stringify(job.steps).matchAll(/needs\.([\w-]+)/g)].map(([, one]) => one);
      expect(wants.filter(one => one !== 'plan')).toEqual([]);
    }
    expect(last.length).toBe(['deploy', 'e2e', 'matrix', 'chaos'].includes(name) ? 1 : 0);
  });

  it('checks the login of the environment that will delete before anything is created', () => {
    const creating = Object.entries(jobs).filter(([, { steps }]) =>
      steps.some(step => ['create', 'e2e'].includes(String(step.with?.['operation']))),
    );
    for (const [, job] of creating) {
      expect(needsOf(job)).toContain('check');
      expect(jobs['check']?.environment).toBe('${{ inputs.teardown-environment }}');
    }
    expect(creating.length).toBe(['deploy', 'e2e', 'matrix'].includes(name) ? 1 : 0);
  });
});

/** What a step that uses our own actions may be asked for. */
function outputsOf(uses: string): object {
  if (uses === self) return actionFile.outputs;
  const [, path = ''] = /^\$\/(.+)$/.exec(uses) ?? [];
  return path === '' ? {} : (parse(readText(`${path}/action.yml`)) as { outputs: object }).outputs;
}

/** The permissions of every job in the README that calls a workflow of ours. */
const callerBlocks = [...readText('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)]
  .map(
    ([, block = '']) =>
      parse(block) as { jobs?: Readonly<Record<string, { uses?: string; permissions?: unknown }>> } | null,
  )
  .flatMap(block => Object.values(block?.jobs ?? {}))
  .filter(({ uses = '' }) => uses.includes('/.github/workflows/'))
  .map(({ permissions }) => permissions);

describe('the words of a form', () => {
  it.each(Object.entries(choices))('%s: those that the action takes', (input, options) => {
    const probe = (value: string): string => {
      try {
        requestOf({ uses: self, with: { operation: 'render', [input]: value } });
        return '';
      } catch (error) {
        return reasonOf(error);
      }
    };
    const [, words = ''] = /must be one of ([^;]+);/.exec(probe('nonsense')) ?? [];
    expect(words.split(', ')).toEqual(options);
  });
});
