import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Given } from '../../lab/workflow/inputs.js';
import { jobOf, makeBench, stepOf, type Bench } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const form = `on:
  workflow_dispatch:
    inputs:
      operation: { type: choice, options: [deploy, scale], default: deploy }
      name: { type: string, required: true }
      note: {}
      dry-run: { type: boolean, default: true }
      count: { type: number, default: 3 }
  workflow_call:
    inputs:
      only-called: { type: string, default: x }
  schedule: [{ cron: '0 4 * * *' }]
jobs:
  job:
    runs-on: ubuntu-latest
    env:
      INPUTS: \${{ toJSON(inputs) }}
      EVENT: \${{ toJSON(github.event.inputs) }}
    steps:
      - run: echo "$INPUTS $EVENT"
      - id: plain
        run: echo "[\${{ inputs.only-called }}][\${{ inputs.dry-run && 'dry' || 'wet' }}]\${{ github.event_name }}"
`;

/** What is printed of the inputs of a dispatch: the context, and the event. */
async function dispatched(inputs: Given): Promise<readonly unknown[]> {
  const result = await bench.run(form, { event: 'workflow_dispatch', inputs });
  const [context = '', event = ''] = stepOf(jobOf(result, 'job'), '__run').log.split(/(?<=\}) /);
  return [JSON.parse(context) as unknown, JSON.parse(event) as unknown];
}

describe('the inputs of a dispatch', () => {
  it('are texts, but booleans are that in the context', async () => {
    expect(await dispatched({ name: 'a', 'dry-run': false, count: '4' })).toEqual([
      { operation: 'deploy', name: 'a', note: '', 'dry-run': false, count: '4' },
      { operation: 'deploy', name: 'a', note: '', 'dry-run': 'false', count: '4' },
    ]);
  });

  it('do not include those of a call', async () => {
    const result = await bench.run(form, { event: 'workflow_dispatch', inputs: { name: 'a' } });
    expect(stepOf(jobOf(result, 'job'), 'plain').log).toBe('[][dry]workflow_dispatch\n');
  });

  it.each([
    [{ name: 'a', nmae: 'b' }, 'Unexpected inputs provided: ["nmae"]'],
    [{}, "Required input 'name' not provided"],
    [{ name: 'a', operation: 'drop' }, "Provided value 'drop' for input 'operation' not in the list"],
    [{ name: 'a', 'dry-run': 'maybe' }, "Provided value 'maybe' for input 'dry-run' is not a boolean"],
    [{ name: 'a', count: 'many' }, "Provided value 'many' for input 'count' is not a number"],
  ])('are refused: %j', async (inputs, message) => {
    await expect(bench.start(form, { event: 'workflow_dispatch', inputs })).rejects.toThrow(message);
  });

  it('are at most 25', async () => {
    const names = Array.from({ length: 26 }, (_, index) => `      input-${index}: {}\n`).join('');
    const text = `on:\n  workflow_dispatch:\n    inputs:\n${names}jobs: { a: { runs-on: x, steps: [{ run: x }] } }\n`;
    expect((await bench.run(text, { event: 'workflow_dispatch' })).problems.join()).toContain('up to 25');
  });
});

describe('a workflow that starts by itself', () => {
  it('has no inputs', async () => {
    const result = await bench.run(form, { event: 'schedule' });
    expect(stepOf(jobOf(result, 'job'), 'plain').log).toBe('[][wet]schedule\n');
    await expect(bench.start(form, { event: 'schedule', inputs: { name: 'a' } })).rejects.toThrow('has no inputs');
  });

  it('starts on its own events only', async () => {
    expect((await bench.run(form, { event: 'pull_request' })).conclusion).toBe('startup_failure');
  });
});

describe('a file that GitHub refuses', () => {
  const job = 'jobs: { a: { runs-on: x, steps: [{ run: x }] } }';
  it.each([
    ['a key that does not exist', `on: push\n${job}\nname2: x`, "Unexpected value 'name2'"],
    [
      'a context where there is none',
      `on: push\nenv: { A: "\${{ env.B }}" }\n${job}`,
      "Unrecognized named-value: 'env'",
    ],
    ['a secret in a condition', job.replace('run: x', 'run: x, if: secrets.A'), "Unrecognized named-value: 'secrets'"],
    [
      'a job that needs an unknown one',
      job.replace(']', '] }, c: { needs: b, runs-on: x, steps: [{ run: x }]'),
      "unknown job 'b'",
    ],
    ['a step id twice', job.replace('{ run: x }', '{ id: a, run: x }, { id: a, run: x }'), 'more than once'],
    [
      'an action at the root by $/ alone',
      job.replace('run: x', 'uses: $/'),
      'Expected format {org}/{repo}[/path]@ref.',
    ],
    ['what the step runner cannot do', job.replace('runs-on: x', 'runs-on: x, container: y'), 'cannot do container'],
  ])('has %s', async (_, text, problem) => {
    const result = await bench.run(text.startsWith('on:') ? text : `on: push\n${text}`);
    expect(result.conclusion).toBe('startup_failure');
    expect(result.problems.join('\n')).toContain(problem);
  });
});
