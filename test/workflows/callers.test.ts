import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { choices, switches } from '../../scripts/docs/workflow-inputs.js';
import { dispatchInputs, hasEvent, type Given } from '../lab/workflow/inputs.js';
import { asText } from '../support/expressions.js';
import { makeBench, type Bench } from '../unit/workflow/bench.js';
import { copyExamples, fixture, loadFrom, outputsOf, resolveCalls, type CallerRepository } from './support/callers.js';
import { exampleFiles } from './support/project-files.js';
import { publicWorkflow, publicWorkflows } from './support/public-workflows.js';

const names = publicWorkflows().map(({ name }) => name);
const textOf = (file: string): string => readFileSync(`${fixture}/.github/workflows/${file}`, 'utf8');

/** What the run of a caller knows. */
const contexts = {
  vars: { AZURE_CLIENT_ID: 'client', MIGRATORYDATA_IMAGE: 'registry.example.com/server:6.0.24' },
  needs: { deploy: { outputs: { replicas: '4' } } },
  matrix: { team: 'red' },
};

describe('a caller in another repository', () => {
  const calls = ['platform.yml', 'pull-request.yml'].flatMap(file => resolveCalls(loadFrom(fixture, file), contexts));
  const callOf = (name: string): (typeof calls)[number] => {
    const [call] = calls.filter(({ workflow }) => workflow === name);
    if (call === undefined) throw new Error(`the fixture does not call ${name}`);
    return call;
  };

  it('calls every public workflow', () => {
    expect(calls.map(({ workflow }) => workflow).sort()).toEqual([...names].sort());
  });

  it.each(names)('gives %s inputs of the declared types, and has the defaults of the others', name => {
    const { given, inputs } = callOf(name);
    const declared = publicWorkflow(name).on.workflow_call.inputs;
    expect(Object.keys(given).length).toBeGreaterThan(0);
    expect(Object.keys(inputs)).toEqual(Object.keys(declared));
    for (const [input, { type, default: value }] of Object.entries(declared)) {
      expect(typeof inputs[input]).toBe(type);
      const one = given[input] ?? '';
      expect(inputs[input]).toEqual(input in given ? (type === 'string' ? asText(one) : one) : value);
    }
  });

  it('gives values of expressions: numbers and booleans become texts where the action has an input', () => {
    const members = { replicas: '4', rest: 'true', location: 'westeurope', 'client-id': '' };
    expect(callOf('deploy').inputs).toMatchObject({ ...members, options: '{max-replicas: 6}' });
    expect(callOf('scale').inputs).toMatchObject({ 'scale-to': '6,4', autoscale: true, 'cpu-percent': '70' });
    expect(callOf('e2e').inputs).toMatchObject({ instance: 'red', options: 'memory=256MB\ntags=team=red\n' });
    expect(callOf('preflight').inputs).toMatchObject({ 'client-id': 'client', 'max-nodes': '6' });
    expect(callOf('sweep').inputs).toMatchObject({ 'dry-run': 'false' });
  });

  it.each(names)('lets the jobs of %s do what the documents say, and no more', name => {
    const granted = name === 'check' ? { contents: 'read' } : { contents: 'read', 'id-token': 'write' };
    const { plan, ...others } = callOf(name).permissions;
    const asked = Object.values(others).filter(one => Object.keys(one).length > 0);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).toEqual(asked.map(() => granted));
    expect(plan).toEqual(['recover', 'sweep', 'teardown'].includes(name) ? {} : { contents: 'read' });
  });

  it.each(names)('gets the outputs of %s that it reads, each from a job that gives it', name => {
    const { job, called } = callOf(name);
    const text = textOf(name === 'check' ? 'pull-request.yml' : 'platform.yml');
    const read = [...text.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([, from, output = '']) =>
      from === job ? [output] : [],
    );
    const outputs = outputsOf(called);
    expect(read.length).toBeGreaterThan(0);
    for (const output of read) expect(outputs[output]).toMatch(new RegExp(`^[\\w-]+\\.${output}$`));
    expect(Object.values(outputs)).not.toContain('');
  });

  it('may call through a workflow of its own', () => {
    const [outer] = resolveCalls(loadFrom(fixture, 'nightly.yml'), contexts);
    if (outer === undefined) throw new Error('nightly.yml calls nothing');
    expect(outer.inputs).toEqual({ members: 5 });
    const [inner] = resolveCalls(outer.called, { inputs: outer.inputs });
    expect(inner).toMatchObject({
      workflow: 'e2e',
      inputs: { replicas: '5', rest: 'true' },
      secrets: ['entitlement-token'],
    });
    expect(outputsOf(outer.called)).toEqual({ verdict: '' });
  });
});

describe('a caller that is refused before anything starts', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(() => bench.remove());

  const call = (name: string, more = ''): string => `on: push
jobs:
  call:
    uses: <owner>/migratorydata-aks/.github/workflows/${name}.yml@v1
${more}`;
  const grant = (...lines: readonly string[]): string =>
    `    permissions:${lines.length === 0 ? ' {}' : ['', ...lines].join('\n      ')}\n`;
  const excess = (name: string, job: string, requested: string, allowed: string): string =>
    `Error calling workflow '<owner>/migratorydata-aks/.github/workflows/${name}.yml@v1'. ` +
    `The nested job '${job}' is requesting '${requested}', but is only allowed '${allowed}'.`;
  const refusal = async (workflow: string): Promise<readonly string[]> => {
    const { conclusion, problems, jobs } = await bench.run(workflow);
    expect([conclusion, jobs]).toEqual(['startup_failure', {}]);
    return problems;
  };
  const withAzure = names.filter(name => name !== 'check');

  it.each(withAzure)('%s: grants no token for the login', async name => {
    const [job = ''] = Object.entries(publicWorkflow(name).jobs)
      .filter(([, { permissions }]) => permissions?.['id-token'] !== undefined)
      .map(([id]) => id);
    const wanted = [excess(name, job, 'id-token: write', 'id-token: none')];
    expect(await refusal(call(name, grant('contents: read')))).toEqual(wanted);
    expect(await refusal(call(name))).toEqual(wanted);
  });

  it('check: grants nothing', async () => {
    expect(await refusal(call('check', grant()))).toEqual([
      excess('check', 'plan', 'contents: read', 'contents: none'),
    ]);
  });

  it.each(names)('%s: gives an input or a secret that is not there', async name => {
    const more = `${grant('contents: read', 'id-token: write')}    with: { replica: 3 }\n    secrets: { password: x }\n`;
    const file = `.github/workflows/${name}.yml`;
    expect(await refusal(call(name, more))).toEqual([
      `${file}: Invalid input, replica is not defined in the referenced workflow.`,
      `${file}: Invalid secret, password is not defined in the referenced workflow.`,
    ]);
  });

  it('matrix: gives a text where a number is wanted', async () => {
    const more = `${grant('contents: read', 'id-token: write')}    with: { max-parallel: "\${{ github.actor }}" }\n`;
    const { conclusion, jobs } = await bench.run(call('matrix', more));
    expect([conclusion, jobs['call']?.errors]).toEqual([
      'failure',
      ["Unexpected value 'octocat', expected type: number"],
    ]);
  });
});

describe('an example, copied into another repository', () => {
  let repository: CallerRepository;
  beforeAll(async () => {
    repository = await copyExamples();
  });
  afterAll(() => repository.remove());

  const files = exampleFiles().map(path => path.replace('examples/', ''));
  const operated = files.filter(file => file.startsWith('operate-'));

  it.each(files)('%s starts', file => {
    const loaded = repository.load(file);
    const inputs = operated.includes(file) ? dispatchInputs(loaded.file, { 'resource-group': 'rg' }) : {};
    const resolved = resolveCalls(loaded, { ...contexts, inputs });
    expect(loaded.file.jobs.size).toBeGreaterThan(0);
    for (const call of resolved) {
      for (const [input, { type }] of Object.entries(publicWorkflow(call.workflow).on.workflow_call.inputs)) {
        expect(`${input} ${typeof call.inputs[input]}`).toBe(`${input} ${type ?? ''}`);
      }
    }
    expect(resolved.length > 0).toBe(file !== 'deploy-kind.yml');
  });

  it.each(operated)('%s passes on what is written into its form, with its type', file => {
    const loaded = repository.load(file);
    expect(hasEvent(loaded.file, 'workflow_dispatch')).toBe(true);
    const defaults = dispatchInputs(loaded.file, { 'resource-group': 'rg' });
    const written: Given = Object.fromEntries(
      Object.entries(defaults).map(([input, value]) => [input, otherThan(input, value)]),
    );
    const [call] = resolveCalls(loaded, { ...contexts, inputs: dispatchInputs(loaded.file, written) });
    const { inputs } = publicWorkflow(call?.workflow ?? '').on.workflow_call;
    expect(call?.inputs).toMatchObject(written);
    const [unwritten] = resolveCalls(loaded, { ...contexts, inputs: defaults });
    const changed = Object.keys(defaults).filter(
      input => input !== 'resource-group' && unwritten?.inputs[input] !== inputs[input]?.default,
    );
    expect(changed).toEqual([]);
  });

  it('refuses a form without the group, where that is the order', () => {
    const { file } = repository.load('operate-scale.yml');
    expect(() => dispatchInputs(file, {})).toThrow("Required input 'resource-group' not provided");
  });
});

/** A value of the same type that is not the default; a word of the list for a choice. */
function otherThan(input: string, value: Given[string]): string | boolean {
  if (typeof value === 'boolean') return !value;
  return switches.includes(input) ? 'true' : (choices[input]?.at(-1) ?? `other ${input}`);
}
