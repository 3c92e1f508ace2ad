import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jobOf, jobs, makeBench, stepOf, steps, type Bench, type Files } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** An action that tells what it was given, in both phases. */
const files: Files = {
  'tell/action.yml': `name: Tell
description: Tells
inputs:
  label: { default: "\${{ github.job }}-\${{ strategy.job-index }}" }
  count: { default: 3 }
  dry-run: { default: 'auto' }
runs: { using: node24, main: ../dist/tell.js, post: ../dist/tell.js, post-if: always() }
`,
  'dist/tell.js': `const { appendFileSync } = require('node:fs');
const put = (file, text) => appendFileSync(process.env[file], text);
const inputs = Object.entries(process.env).filter(([name]) => name.startsWith('INPUT_')).sort();
const phase = process.env.STATE_saved ? 'post of ' + process.env.STATE_saved : 'main';
console.log(phase + ' ' + JSON.stringify(Object.fromEntries(inputs)));
console.log([process.version.split('.')[0], process.cwd() === process.env.GITHUB_WORKSPACE, process.env.GITHUB_ACTION_REPOSITORY].join(' '));
if (phase === 'main') {
  put('GITHUB_STATE', 'saved=' + process.env.INPUT_LABEL + '\\n');
  put('GITHUB_OUTPUT', 'label=' + process.env.INPUT_LABEL + '\\n');
  if (process.env['INPUT_DRY-RUN'] === 'fail') process.exitCode = 1;
}
`,
  'both/action.yml': `name: Both
description: Tells twice
inputs:
  who: { default: nobody }
outputs:
  label: { value: "\${{ steps.tell.outputs.label }}" }
runs:
  using: composite
  steps:
    - id: tell
      uses: $/tell
      with: { label: "for \${{ inputs.who }}", dry-run: "\${{ env.MODE }}" }
    - id: next
      shell: bash
      run: |
        echo "after \${{ steps.tell.outcome }} in $(basename "$GITHUB_ACTION_PATH") [$INPUT_WHO]"
        echo "## Next" >> "$GITHUB_STEP_SUMMARY"
        echo "SET=by both" >> "$GITHUB_ENV"
    - shell: bash
      run: echo "now SET is $SET"
    - if: failure()
      shell: bash
      run: echo "cleaning up"
`,
};

describe('an action of the repository', () => {
  it('gets its inputs as variables, with defaults, and its post phase after the job', async () => {
    const result = await bench.run(
      steps(`- id: one
  uses: $/tell
  with: { dry-run: true, count: 4, extra: "\${{ github.actor }}" }
- id: two
  uses: $/tell
  with: { label: second, dry-run: '' }
- id: script
  run: echo "\${{ steps.one.outputs.label }}"
`),
      {},
      files,
    );
    const { steps: done } = jobOf(result, 'job');
    expect(done.map(({ name, phase }) => [name, phase])).toEqual([
      ['Run $/tell', 'main'],
      ['Run $/tell', 'main'],
      ['Run echo "job-0"', 'main'],
      ['Post Run $/tell', 'post'],
      ['Post Run $/tell', 'post'],
    ]);
    const given = { INPUT_COUNT: '4', 'INPUT_DRY-RUN': 'true', INPUT_EXTRA: 'octocat', INPUT_LABEL: 'job-0' };
    expect(done[0]?.log).toContain(`main ${JSON.stringify(given)}\nv24 true acme/shop\n`);
    expect(done[0]?.annotations).toEqual([
      {
        level: 'warning',
        message: "Unexpected input(s) 'extra', valid inputs are ['label', 'count', 'dry-run']",
      },
    ]);
    expect(done[1]?.log).toContain('{"INPUT_COUNT":"3","INPUT_DRY-RUN":"","INPUT_LABEL":"second"}');
    expect(done[2]?.log).toBe('job-0\n');
    // The last one to begin is the first one to be cleaned up.
    expect(done[3]?.log).toContain('post of second');
    expect(done[4]?.log).toContain(`post of job-0 ${JSON.stringify(given)}`);
  });

  it('has its post phase also after a failure, but not when it was skipped', async () => {
    const result = await bench.run(
      steps(`- id: bad
  uses: $/tell
  with: { dry-run: fail }
- uses: $/tell
`),
      {},
      files,
    );
    const job = jobOf(result, 'job');
    expect(job.steps.map(({ conclusion, phase }) => `${phase} ${conclusion}`)).toEqual([
      ...['main failure', 'main skipped', 'post success'],
    ]);
    expect(job.result).toBe('failure');
  });

  it('is refused when it wants to run before the job', async () => {
    const early = files['tell/action.yml']?.replace('post:', 'pre: ../dist/tell.js, post:') ?? '';
    const result = await bench.run(steps('- uses: $/tell\n'), {}, { ...files, 'tell/action.yml': early });
    expect(jobOf(result, 'job').steps[0]?.log).toContain('cannot run what comes before a job');
  });

  it('must be there', async () => {
    const result = await bench.run(steps('- uses: $/none\n- uses: ./tell\n  if: always()\n'), {}, files);
    expect(jobOf(result, 'job').steps.map(({ log }) => log)).toEqual([
      expect.stringContaining("Can't find 'action.yml'"),
      expect.stringContaining("Can't find 'action.yml'"),
    ]);
  });

  it('may be used from the workspace once it is checked out', async () => {
    const result = await bench.run(steps('- uses: actions/checkout@v7\n- id: a\n  uses: ./tell\n'), {}, files);
    expect(stepOf(jobOf(result, 'job'), 'a').outputs).toEqual({ label: 'job-0' });
  });

  it('checks the commit of the run out, and no other', async () => {
    const checkout = '- uses: actions/checkout@v7\n  with: { ref: "${{ github.sha }}" }\n';
    const compare = '- run: test "$(cat .git/HEAD)" = "$GITHUB_SHA"\n';
    const result = await bench.run(steps(`${checkout}${compare}- uses: actions/checkout@v7\n  with: { ref: v1 }\n`));
    expect(jobOf(result, 'job').steps.map(({ conclusion }) => conclusion)).toEqual(['success', 'success', 'failure']);
  });
});

describe('a composite action', () => {
  it('has steps, inputs and outputs of its own in the same job', async () => {
    const result = await bench.run(
      steps(`- run: echo "SET=before" >> "$GITHUB_ENV"
- id: both
  uses: $/both
  with: { who: all }
  env: { MODE: auto }
- id: after
  run: echo "\${{ steps.both.outputs.label }}, $SET, [\${{ steps.tell.outcome }}]"
`),
      {},
      files,
    );
    const job = jobOf(result, 'job');
    expect(stepOf(job, 'both')).toMatchObject({ outputs: { label: 'for all' }, summary: '## Next\n' });
    expect(stepOf(job, 'both').log).toContain('after success in both []\n');
    expect(stepOf(job, 'both').log).toContain('now SET is by both\n');
    expect(stepOf(job, 'both').log).not.toContain('cleaning up');
    expect(stepOf(job, 'after').log).toBe('for all, by both, []\n');
    expect(job.steps.at(-1)).toMatchObject({ phase: 'post', log: expect.stringContaining('post of for all') });
  });

  it('fails with one of its steps; those that ask for a failure run', async () => {
    const result = await bench.run(steps('- id: both\n  uses: $/both\n  env: { MODE: fail }\n'), {}, files);
    const { log, conclusion } = stepOf(jobOf(result, 'job'), 'both');
    expect(conclusion).toBe('failure');
    expect(log).toContain('cleaning up');
    expect(log).not.toContain('after');
  });
});

it('a composite action that is cancelled still has the post phases of its steps', async () => {
  const hanging = `name: Hanging
description: Hangs
runs:
  using: composite
  steps:
    - uses: $/tell
    - { shell: bash, run: echo under way && exec sleep 60 }
    - { shell: bash, if: always(), run: echo too late }
`;
  const run = await bench.start(steps('- id: hang\n  uses: $/hang\n'), {}, { ...files, 'hang/action.yml': hanging });
  await run.logged('under way');
  run.cancel();
  const { steps: done } = jobOf(await run.ended, 'job');
  expect(done.map(({ phase, conclusion }) => `${phase} ${conclusion}`)).toEqual(['main cancelled', 'post success']);
  expect(done[0]?.log).not.toMatch(/^too late/m);
});

describe('the action of this project', () => {
  it('is at the root of its repository, under the name by which others use it', async () => {
    const text = jobs(`job:
  runs-on: x
  steps:
    - id: own
      uses: <owner>/migratorydata-aks@v1
      with: { operation: render, replicas: 4 }
    - run: test -d "\${{ steps.own.outputs.manifests }}"
`);
    const job = jobOf(await bench.run(text), 'job');
    expect(stepOf(job, 'own')).toMatchObject({ conclusion: 'success', report: { outcome: 'success' } });
    expect(stepOf(job, 'own').outputs['outcome']).toBe('success');
    expect(job.steps.map(({ name, conclusion }) => `${name}: ${conclusion}`).at(-1)).toBe(
      'Post Run <owner>/migratorydata-aks@v1: success',
    );
  });
});

describe('an action of others', () => {
  it('runs only when there is a stand-in for it, with inputs that the stand-in understands', async () => {
    const result = await bench.run(
      steps(`- uses: acme/unknown@v1
- if: always()
  uses: actions/checkout@v7
  with: { submodules: true }
`),
    );
    expect(jobOf(result, 'job').steps.map(({ log }) => log)).toEqual([
      'error: the step runner has no stand-in for acme/unknown@v1\n',
      expect.stringContaining('does not understand submodules'),
    ]);
  });
});
