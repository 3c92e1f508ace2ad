import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunResult } from '../../lab/workflow/result.js';
import type { RunOptions } from '../../lab/workflow/start.js';
import { jobOf, jobs, makeBench, resultsOf, stepOf, steps, type Bench, type Files } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** Cancels a run as soon as it says that it is under way. */
async function cancelled(workflow: string, options?: Partial<RunOptions>, files?: Files): Promise<RunResult> {
  const run = await bench.start(workflow, options, files);
  await run.logged('under way');
  run.cancel();
  return run.ended;
}

const hanging = 'run: echo under way && exec sleep 60';

describe('cancelling a run', () => {
  it('stops the step under way; of the rest only what asks for it runs', async () => {
    const result = await cancelled(
      steps(`- id: long
  ${hanging}
- id: plain
  run: echo
- id: failure
  if: failure()
  run: echo
- id: not-cancelled
  if: \${{ !cancelled() }}
  run: echo
- id: cancelled
  if: cancelled()
  run: echo "\${{ job.status }}"
- id: always
  if: always()
  run: exit 1
`),
    );
    const job = jobOf(result, 'job');
    expect(Object.fromEntries(job.steps.map(({ id, conclusion }) => [id, conclusion]))).toEqual({
      ...{ long: 'cancelled', plain: 'skipped', failure: 'skipped', 'not-cancelled': 'skipped' },
      ...{ cancelled: 'success', always: 'failure' },
    });
    expect(stepOf(job, 'cancelled').log).toBe('cancelled\n');
    expect(job.result).toBe('cancelled');
    expect(result.conclusion).toBe('cancelled');
  });

  it('interrupts the process of the step first, and takes what it then tells', async () => {
    const script = `trap 'echo told=yes >> "$GITHUB_OUTPUT"; exit 0' INT
echo under way
while :; do sleep 0.1; done
`;
    const text = steps(`- id: polite\n  run: |\n${script.replace(/^/gm, '    ')}`);
    const job = jobOf(await cancelled(text), 'job');
    expect(stepOf(job, 'polite')).toMatchObject({ conclusion: 'cancelled', outputs: { told: 'yes' } });
  });

  it('leaves a step alone whose condition holds even then', async () => {
    const flag = join(await mkdtemp(join(tmpdir(), 'flag-')), 'go');
    const text = steps(`- id: teardown
  if: always()
  run: |
    trap 'exit 7' INT
    echo under way
    until [ -e ${flag} ]; do sleep 0.05; done
- id: next
  if: always()
  run: echo
`);
    const run = await bench.start(text);
    await run.logged('under way');
    run.cancel();
    await writeFile(flag, '');
    const job = jobOf(await run.ended, 'job');
    expect(job.steps.map(({ id, conclusion }) => [id, conclusion])).toEqual([
      ['teardown', 'success'],
      ['next', 'success'],
    ]);
    expect(job.result).toBe('cancelled');
    await rm(dirname(flag), { recursive: true });
  });
});

describe('the jobs of a cancelled run', () => {
  const job = (id: string, script: string, more = ''): string => `${id}:
  runs-on: ubuntu-latest
  ${more}
  steps:
    - ${script}
`;

  it('run when their conditions hold even then, with what they need cancelled', async () => {
    const text =
      job('deploy', hanging) +
      job('verify', 'run: echo', 'needs: deploy') +
      job('report', 'run: echo', 'needs: deploy\n  if: ${{ !cancelled() }}') +
      job('teardown', 'run: echo "${{ needs.deploy.result }} ${{ job.status }}"', 'needs: deploy\n  if: always()') +
      job('notify', 'run: echo', 'needs: deploy\n  if: cancelled()');
    const result = await cancelled(jobs(text));
    expect(resultsOf(result)).toEqual({
      ...{ deploy: 'cancelled', verify: 'skipped', report: 'skipped', teardown: 'success', notify: 'success' },
    });
    expect(stepOf(jobOf(result, 'teardown'), '__run').log).toBe('cancelled success\n');
    expect(result.conclusion).toBe('cancelled');
  });

  it('are cancelled when they wait for their turn only', async () => {
    const text = `legs:
  runs-on: ubuntu-latest
  strategy: { max-parallel: 1, matrix: { leg: [1, 2] } }
  steps:
    - ${hanging}
`;
    const result = await cancelled(jobs(text));
    expect(jobOf(result, 'legs').legs.map(leg => [leg.result, leg.steps.length])).toEqual([
      ['cancelled', 1],
      ['cancelled', 0],
    ]);
  });

  it('of a called workflow decide each by its own condition', async () => {
    const called =
      job('deploy', hanging) +
      job('teardown', 'run: echo', 'needs: deploy\n  if: always()') +
      job('plain', 'run: echo', 'needs: deploy');
    const files = { '.github/workflows/called.yml': jobs(called).replace('push', 'workflow_call') };
    const result = await cancelled(jobs('call:\n  uses: ./.github/workflows/called.yml\n'), {}, files);
    expect(resultsOf(jobOf(result, 'call'))).toEqual({ deploy: 'cancelled', teardown: 'success', plain: 'skipped' });
    expect(jobOf(result, 'call').result).toBe('cancelled');
  });

  it('are ended when they still run five minutes later', async () => {
    const text = steps(`- id: stubborn
  run: |
    trap '' INT TERM
    echo under way
    sleep 60 & while :; do wait; done
- id: never
  if: always()
  run: echo
`);
    const result = await cancelled(text, { minuteMs: 20 });
    const { steps: done, result: outcome } = jobOf(result, 'job');
    expect(done.map(({ id, conclusion }) => [id, conclusion])).toEqual([['stubborn', 'cancelled']]);
    expect(outcome).toBe('cancelled');
  });
});

describe('a runner that is lost', () => {
  it('fails its job: nothing is told, no later step and no post phase runs, and who always runs sees it', async () => {
    const action =
      'name: Lasting\ndescription: Does not end.\nruns: { using: node24, main: main.mjs, post: post.mjs }\n';
    const main = `import { appendFileSync } from 'node:fs';
appendFileSync(process.env.GITHUB_OUTPUT, 'told=yes\\n');
console.log('under way');
setInterval(() => undefined, 1000);
`;
    const text = jobs(`deploy:
  runs-on: x
  outputs: { told: "\${{ steps.first.outputs.told }}" }
  steps:
    - { id: first, run: 'echo "told=yes" >> "$GITHUB_OUTPUT"' }
    - uses: actions/checkout@v7
    - { id: long, uses: ./lasting }
    - { id: always, if: always(), run: echo }
teardown:
  needs: deploy
  if: always()
  runs-on: x
  steps: [{ id: see, run: 'echo "<\${{ needs.deploy.result }} \${{ needs.deploy.outputs.told }}>"' }]
`);
    const files = {
      'lasting/action.yml': action,
      'lasting/main.mjs': main,
      'lasting/post.mjs': "console.log('post');",
    };
    const run = await bench.start(text, {}, files);
    await run.logged('under way');
    expect(() => {
      run.lose('teardown');
    }).toThrow('job teardown is on no runner now');
    run.lose('deploy');
    const result = await run.ended;
    const deploy = jobOf(result, 'deploy');
    expect([result.conclusion, deploy.result, deploy.outputs]).toEqual(['failure', 'failure', {}]);
    expect(deploy.steps.map(({ id, phase, conclusion }) => `${id} ${phase} ${conclusion}`)).toEqual([
      ...['first main success', '__actions_checkout main success', 'long main failure'],
    ]);
    expect(deploy.errors.join()).toContain('lost communication');
    expect(stepOf(jobOf(result, 'teardown'), 'see').log).toBe('<failure >\n');
  });
});
