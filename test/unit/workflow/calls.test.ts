import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobOf, jobs, makeBench, resultsOf, stepOf, type Bench, type Files } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const deploy = `name: Deploy
on:
  workflow_call:
    inputs:
      size: { type: number, default: 3 }
      dry-run: { type: boolean }
      name: { type: string, default: "of \${{ github.repository }}" }
      note: { type: string }
    secrets:
      key: { required: true }
      other: {}
    outputs:
      answer: { value: "\${{ jobs.deploy.outputs.answer }}" }
      result: { value: "\${{ jobs.deploy.result }}" }
permissions: {}
env: { LEVEL: called }
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions: { contents: read, id-token: write }
    outputs: { answer: "\${{ steps.say.outputs.answer }}" }
    steps:
      - id: say
        env:
          INPUTS: \${{ toJSON(inputs) }}
          KEY: \${{ secrets.key }}
          OTHER: \${{ secrets.other || 'none' }}\${{ secrets.HIDDEN }}
        run: |
          echo "answer=\${{ inputs.size }} \${{ inputs.name }}" >> "$GITHUB_OUTPUT"
          echo "$INPUTS"
          echo "KEY=$KEY OTHER=$OTHER LEVEL=$LEVEL"
          echo "$GITHUB_WORKFLOW $GITHUB_JOB \${{ job.workflow_file_path }}"
`;
const files: Files = { '.github/workflows/deploy.yml': deploy };
const grants = 'permissions: { contents: read, id-token: write }';
const secrets = { HIDDEN: 'kept back', KEY: 'very secret' };

const call = (more: string, uses = './.github/workflows/deploy.yml'): string =>
  `name: Caller\nenv: { LEVEL: caller }\n${jobs(`call:\n  uses: ${uses}\n  ${grants}\n  ${more}\n`)}`;

describe('a called workflow', () => {
  it('gets typed inputs with defaults, the secrets that are passed on, and gives outputs', async () => {
    const more = 'with: { dry-run: true, note: 7 }\n  secrets: { key: "${{ secrets.KEY }}" }';
    const after = `  after:
    needs: call
    runs-on: ubuntu-latest
    steps:
      - run: echo "\${{ needs.call.outputs.answer }}, \${{ needs.call.outputs.result }}"
`;
    const result = await bench.run(call(more) + after, { secrets }, files);
    expect(result.problems).toEqual([]);
    expect(stepOf(jobOf(result, 'after'), '__run').log).toBe('3 of acme/shop, success\n');
    const inner = jobOf(jobOf(result, 'call'), 'deploy');
    const { log } = stepOf(inner, 'say');
    expect(JSON.parse(log.slice(0, log.indexOf('}') + 1))).toEqual({
      ...{ size: 3, 'dry-run': true, name: 'of acme/shop', note: '7' },
    });
    expect(log).toContain('KEY=*** OTHER=none LEVEL=called\n');
    expect(log).toContain('Caller deploy .github/workflows/deploy.yml\n');
    expect(inner.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });

  it('has all secrets of its caller when they are inherited', async () => {
    const result = await bench.run(call('secrets: inherit'), { secrets }, files);
    const { log } = stepOf(jobOf(jobOf(result, 'call'), 'deploy'), 'say');
    expect(log).toContain('KEY=*** OTHER=none*** LEVEL');
  });

  it('runs for each leg of a matrix, and the last one that succeeds gives the outputs', async () => {
    const text = call(`strategy: { max-parallel: 1, matrix: { size: [1, 2] } }
  with: { size: "\${{ matrix.size }}", name: x }
  secrets: { key: k }`);
    const job = jobOf(await bench.run(text, {}, files), 'call');
    expect(job.legs.map(leg => [leg.name, resultsOf(leg)])).toEqual([
      ['call (1)', { deploy: 'success' }],
      ['call (2)', { deploy: 'success' }],
    ]);
    expect(job.outputs).toEqual({ answer: '2 x', result: 'success' });
  });

  it('fails when a value turns out to be of another type', async () => {
    const text = call('with: { dry-run: "${{ github.actor }}" }\n  secrets: { key: k }');
    const job = jobOf(await bench.run(text, {}, files), 'call');
    expect(job).toMatchObject({ result: 'failure', errors: ["Unexpected value 'octocat', expected type: boolean"] });
  });

  it('skips what needs it when a job in it was skipped, as has been reported of GitHub', async () => {
    const called = jobs(`runs:
  runs-on: x
  steps: [{ run: echo }]
never:
  if: false
  runs-on: x
  steps: [{ run: echo }]
`).replace('push', 'workflow_call');
    const text = jobs(`call: { uses: ./.github/workflows/called.yml }
plain: { needs: call, runs-on: x, steps: [{ run: echo }] }
guarded: { needs: call, if: "!failure() && !cancelled()", runs-on: x, steps: [{ run: echo }] }
`);
    const result = await bench.run(text, {}, { '.github/workflows/called.yml': called });
    expect(resultsOf(result)).toEqual({ call: 'success', plain: 'skipped', guarded: 'success' });
  });

  it('cannot take the concurrency group of its caller', async () => {
    const taken = `concurrency: { group: "deploy-\${{ github.repository }}", cancel-in-progress: false, queue: max }\n`;
    const options = { secrets };
    const result = await bench.run(taken + call('secrets: { key: k }'), options, {
      '.github/workflows/deploy.yml': taken + deploy,
    });
    expect(result.concurrency).toEqual(['deploy-acme/shop']);
    expect(jobOf(result, 'call')).toMatchObject({ result: 'cancelled', jobs: {} });
  });
});

it('two calls that ask for one concurrency group take turns', async () => {
  const called = `concurrency: one-at-a-time
${jobs(`turn:
  runs-on: x
  steps: [{ run: 'mkdir "\${{ vars.FOLDER }}/turn" && sleep 0.2 && rmdir "\${{ vars.FOLDER }}/turn"' }]
`).replace('push', 'workflow_call')}`;
  const folder = await mkdtemp(join(tmpdir(), 'turns-'));
  const text = jobs(`call:
  strategy: { matrix: { leg: [1, 2, 3] } }
  uses: ./.github/workflows/called.yml
`);
  const options = { vars: { FOLDER: folder } };
  const result = await bench.run(text, options, { '.github/workflows/called.yml': called });
  expect(jobOf(result, 'call').legs.map(leg => leg.result)).toEqual(['success', 'success', 'success']);
  expect(result.concurrency).toEqual(['one-at-a-time']);
  await rm(folder, { recursive: true });
});

describe('a call that GitHub refuses', () => {
  const refusals: readonly (readonly [string, string, string])[] = [
    ['an input that is not declared', call('with: { sise: 1 }\n  secrets: { key: k }'), 'Invalid input, sise is not'],
    ['a secret that is not declared', call('secrets: { key: k, keys: k }'), 'Invalid secret, keys is not defined'],
    ['a secret that is missing', call(''), 'Secret key is required, but not provided while calling.'],
    ['a workflow that is not there', call('', './.github/workflows/none.yml'), 'workflow was not found'],
    ['a ref behind a local path', call('', './.github/workflows/deploy.yml@v1'), 'cannot specify version'],
    ['a file elsewhere', call('', './deploy.yml'), "must be rooted in '.github/workflows'"],
  ];

  it.each(refusals)('has %s', async (_, workflow, problem) => {
    const result = await bench.run(workflow, {}, files);
    expect(result.conclusion).toBe('startup_failure');
    expect(result.problems.join('\n')).toContain(problem);
    expect(result.jobs).toEqual({});
  });

  it('asks for more than it is granted', async () => {
    const less = call('secrets: { key: k }').replace(grants, 'permissions: { contents: read }');
    expect((await bench.run(less, {}, files)).problems).toEqual([
      "Error calling workflow './.github/workflows/deploy.yml'. The nested job 'deploy' is requesting " +
        "'id-token: write', but is only allowed 'id-token: none'.",
    ]);
    const usual = call('secrets: { key: k }').replace(grants, '');
    expect((await bench.run(usual, {}, files)).problems.join()).toContain("only allowed 'id-token: none'");
  });

  it('goes deeper than four levels', async () => {
    const next = (file: string): string => jobs(`call: { uses: ./.github/workflows/${file}.yml }\n`);
    const called = (file: string): string => next(file).replace('push', 'workflow_call');
    const last = jobs('job: { runs-on: x, steps: [{ run: echo }] }\n').replace('push', 'workflow_call');
    const chain = { b: called('c'), c: called('d'), d: last };
    const paths = (texts: Files): Files =>
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [`.github/workflows/${name}.yml`, text]));
    expect((await bench.run(next('b'), {}, paths(chain))).conclusion).toBe('success');
    const deeper = await bench.run(next('a'), {}, paths({ ...chain, a: called('b') }));
    expect(deeper.problems.join()).toContain('more than 4 levels');
  });
});

describe('a workflow that is started as if it were called', () => {
  const event = 'workflow_call';

  it('sees the caller, and its outputs are those of the run', async () => {
    const result = await bench.run(deploy, { event, inputs: { size: 5, name: 'mine' }, secrets: { key: 'k9k9' } });
    expect(result.outputs).toEqual({ answer: '5 mine', result: 'success' });
    expect(stepOf(jobOf(result, 'deploy'), 'say').log).toContain('Caller deploy .github/workflows/main.yml');
  });

  it('may be refused for its inputs, its secrets, or what it asks for', async () => {
    const given = { event, secrets: { key: 'k' } } as const;
    expect((await bench.run(deploy, { ...given, inputs: { no: 1 } })).problems.join()).toContain('Invalid input, no');
    expect((await bench.run(deploy, { event })).problems.join()).toContain('Secret key is required');
    const problems = (await bench.run(deploy, { ...given, grants: { contents: 'read' } })).problems.join();
    expect(problems).toContain("is requesting 'id-token: write', but is only allowed 'id-token: none'");
    expect((await bench.run(jobs('a: { runs-on: x, steps: [{ run: x }] }'), { event })).problems.join()).toContain(
      'workflow_call key is not defined',
    );
  });
});
