import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jobOf, jobs, makeBench, resultsOf, stepOf, steps, type Bench } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const runs = (id: string, script: string, more = ''): string => `${id}:
  runs-on: ubuntu-latest
  ${more}
  steps:
    - run: ${script}
`;

describe('a job', () => {
  it('is skipped when one that it needs fails, and so is all that needs it', async () => {
    const text =
      runs('first', 'exit 1') + runs('second', 'echo', 'needs: first') + runs('third', 'echo', 'needs: second');
    const result = await bench.run(jobs(text));
    expect(resultsOf(result)).toEqual({ first: 'failure', second: 'skipped', third: 'skipped' });
    expect(result.conclusion).toBe('failure');
  });

  it('is skipped when an ancestor was skipped, even when all that it names succeeded', async () => {
    const text =
      runs('never', 'echo', 'if: false') +
      runs('always', 'echo', 'needs: never\n  if: always()') +
      runs('plain', 'echo', 'needs: always') +
      runs('either', 'echo', 'needs: always\n  if: success() || failure()') +
      runs('named', 'echo', "needs: always\n  if: always() && needs.always.result == 'success'");
    expect(resultsOf(await bench.run(jobs(text)))).toEqual({
      ...{ never: 'skipped', always: 'success', plain: 'skipped', either: 'skipped', named: 'success' },
    });
  });

  it('may fail without consequence for the run, where that is tolerated', async () => {
    const text = runs('bad', 'exit 1', 'continue-on-error: ${{ true }}') + runs('next', 'echo', 'needs: bad');
    const result = await bench.run(jobs(text));
    expect([result.conclusion, resultsOf(result)]).toEqual(['success', { bad: 'success', next: 'success' }]);
    expect(jobOf(result, 'bad').steps[0]?.conclusion).toBe('failure');
  });

  it('asks with failure() for any ancestor, and may look at results', async () => {
    const text =
      runs('bad', 'exit 1') +
      runs('between', 'echo', 'needs: bad\n  if: always()') +
      runs('cleanup', 'echo', 'needs: between\n  if: failure()') +
      runs('other', 'echo', "needs: [bad, between]\n  if: ${{ !cancelled() && needs.bad.result == 'failure' }}");
    expect(resultsOf(await bench.run(jobs(text)))).toEqual({
      ...{ bad: 'failure', between: 'success', cleanup: 'success', other: 'success' },
    });
  });

  it('gets the outputs of what it needs, without those that are empty', async () => {
    const text = `first:
  runs-on: ubuntu-latest
  outputs: { version: "\${{ steps.set.outputs.version }}", none: "\${{ steps.set.outputs.none }}" }
  steps:
    - id: set
      run: echo version=1.2 >> "$GITHUB_OUTPUT"
second:
  runs-on: ubuntu-latest
  needs: first
  env: { NEEDS: "\${{ toJSON(needs) }}" }
  steps:
    - run: echo "$NEEDS"
`;
    const result = await bench.run(jobs(text));
    expect(jobOf(result, 'first').outputs).toEqual({ version: '1.2' });
    const { log } = stepOf(jobOf(result, 'second'), '__run');
    expect(JSON.parse(log)).toEqual({ first: { result: 'success', outputs: { version: '1.2' } } });
  });

  it('that has a condition which cannot be evaluated fails', async () => {
    const result = await bench.run(jobs(runs('odd', 'echo', "if: fromJSON('{') == 1")));
    expect(resultsOf(result)).toEqual({ odd: 'failure' });
    expect(jobOf(result, 'odd').errors).toHaveLength(1);
  });
});

describe('a step', () => {
  it('runs after a failure only when it says so', async () => {
    const result = await bench.run(
      steps(`- id: bad
  run: exit 3
- id: plain
  run: echo
- id: condition
  if: steps.bad.outcome == 'failure'
  run: echo
- id: failure
  if: failure() && steps.bad.outcome == 'failure'
  run: echo
- id: always
  if: \${{ always() }}
  run: echo
- id: cancelled
  if: cancelled()
  run: echo
`),
    );
    const job = jobOf(result, 'job');
    expect(Object.fromEntries(job.steps.map(({ id, conclusion }) => [id, conclusion]))).toEqual({
      ...{ bad: 'failure', plain: 'skipped', condition: 'skipped' },
      ...{ failure: 'success', always: 'success', cancelled: 'skipped' },
    });
    expect(stepOf(job, 'bad').annotations).toEqual([
      { level: 'error', message: 'Process completed with exit code 3.' },
    ]);
    expect(job.result).toBe('failure');
  });

  it('may fail without consequence for the job', async () => {
    const result = await bench.run(
      steps(`- id: bad
  run: exit 1
  continue-on-error: \${{ true }}
- id: next
  run: echo "\${{ steps.bad.outcome }} \${{ steps.bad.conclusion }} \${{ job.status }}"
`),
    );
    const job = jobOf(result, 'job');
    expect(stepOf(job, 'bad')).toMatchObject({ outcome: 'failure', conclusion: 'success' });
    expect(stepOf(job, 'next').log).toBe('failure success success\n');
    expect(job.result).toBe('success');
  });

  it('fails when an expression of it is wrong', async () => {
    const result = await bench.run(steps('- id: odd\n  run: echo\n  env: { A: "${{ fromJSON(\'x\') }}" }\n'));
    expect(stepOf(jobOf(result, 'job'), 'odd')).toMatchObject({ conclusion: 'failure' });
  });

  it('is stopped when its time is over, and has failed then', async () => {
    const result = await bench.run(
      steps(`- id: slow
  run: exec sleep 60
  timeout-minutes: 2
- id: next
  if: failure()
  run: echo
`),
      { minuteMs: 100 },
    );
    const job = jobOf(result, 'job');
    expect(stepOf(job, 'slow').conclusion).toBe('failure');
    expect(stepOf(job, 'slow').log).toContain("The action 'Run exec sleep 60' has timed out after 2 minutes.");
    expect(stepOf(job, 'next').conclusion).toBe('success');
  });
});
