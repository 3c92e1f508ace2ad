import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findOrphans } from '../../lab/workflow/orphans.js';
import type { JobResult } from '../../lab/workflow/result.js';
import type { RunOptions } from '../../lab/workflow/start.js';
import { jobOf, jobs, makeBench, stepOf, steps, tokenService, type Bench } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** Runs a job of the given steps. */
async function job(text: string, options?: Partial<RunOptions>): Promise<JobResult> {
  return jobOf(await bench.run(steps(text), options), 'job');
}

describe('a script', () => {
  it('ends at the first error; in a pipe only with the shell bash', async () => {
    const script = (id: string, more: string): string => `- id: ${id}
  if: always()
  ${more}
  run: |
    echo "$0 $-"
    false | true
    echo survived
`;
    const result = await job(
      `- id: error\n  run: |\n    false\n    echo survived\n` + script('plain', '') + script('bash', 'shell: bash'),
    );
    expect(stepOf(result, 'error')).toMatchObject({ conclusion: 'failure', log: expect.not.stringContaining('surv') });
    expect(stepOf(result, 'plain').log).toContain('survived');
    expect(stepOf(result, 'bash')).toMatchObject({ conclusion: 'failure' });
    expect(stepOf(result, 'bash').log).not.toContain('survived');
  });

  it('is the text that YAML means, also with an expression in it', async () => {
    const text = `- id: literal
  run: |
    cat <<'END'
    \${{ github.repository }}
      and so on
    END
- id: folded
  run: >-
    echo \${{ github.repository }}
    and so on
`;
    const result = await job(text);
    expect(['literal', 'folded'].map(id => stepOf(result, id).log)).toEqual([
      'acme/shop\n  and so on\n',
      'acme/shop and so on\n',
    ]);
  });

  it('runs where and in which shell the job says, unless it says otherwise itself', async () => {
    const text = `defaults: { run: { shell: "bash -e {0}", working-directory: sub } }
${jobs(`job:
  runs-on: x
  defaults: { run: { shell: 'sh -e {0}' } }
  steps:
    - { run: mkdir sub, working-directory: . }
    - { id: here, run: 'basename "$PWD" && test -z "$BASH_VERSION"' }
    - { id: there, run: 'basename "$PWD" && test -n "$BASH_VERSION"', shell: bash, working-directory: . }
`)}`;
    const result = jobOf(await bench.run(text), 'job');
    expect(result.steps.map(({ log }) => log)).toEqual(['', 'sub\n', 'work\n']);
  });

  it('may be for another program', async () => {
    const result = await job('- id: text\n  shell: cat {0}\n  run: as it stands\n');
    expect(stepOf(result, 'text').log).toBe('as it stands');
  });
});

describe('the variables of a step', () => {
  it('are those of the workflow, the job and the step, the nearest first', async () => {
    const text = `env: { A: workflow, B: workflow, C: "\${{ github.actor }}" }
${jobs(`job:
  runs-on: x
  env: { B: job, D: "\${{ matrix.leg }}", F: "\${{ github.workspace }}/file" }
  strategy: { matrix: { leg: [one] } }
  steps:
    - id: say
      env: { E: "\${{ env.B }}-\${{ env.b }}", A: step, N: 7, T: true }
      run: echo "$A $B $C $D $E $N $T $CALLER" && echo "\${{ env.A }}" && test "$F" = "$PWD/file"
    - id: next
      run: echo "$A"
`)}`;
    const result = jobOf(await bench.run(text), 'job');
    expect(stepOf(result, 'say').log).toBe('step job octocat one job- 7 true of the tests\nstep\n');
    expect(stepOf(result, 'next').log).toBe('workflow\n');
  });

  it('are exported for later steps, as are folders for PATH', async () => {
    const result = await job(`- run: |
    mkdir one two
    printf '#!/bin/sh\\necho tool of one' > one/tool
    printf '#!/bin/sh\\necho tool of two' > two/tool
    chmod +x */tool
    echo "$PWD/one" >> "$GITHUB_PATH"
    echo "NODE_OPTIONS=--no-warnings" >> "$GITHUB_ENV"
    printf 'TEXT<<END\\nfirst\\nsecond\\nEND\\n' >> "$GITHUB_ENV"
- run: echo "$PWD/two" >> "$GITHUB_PATH"
- id: later
  run: tool && echo "$TEXT" && echo "[\${{ env.TEXT }}] [$NODE_OPTIONS]"
`);
    expect(stepOf(result, 'later').log).toBe('tool of two\nfirst\nsecond\n[first\nsecond] []\n');
  });

  it('show the run, the job and the runner, and cannot be changed', async () => {
    const github = { repository: 'acme/other', run_id: '99', run_attempt: '3', event: { number: 5 } };
    const result = await job(
      `- run: echo "GITHUB_RUN_ID=1" >> "$GITHUB_ENV"
- id: say
  env: { GITHUB_REPOSITORY: mine }
  run: |
    env | grep -E '^(GITHUB|RUNNER|CI)' | sort
    cat "$GITHUB_EVENT_PATH"
    test "$GITHUB_WORKSPACE" = "$PWD" && test "\${{ runner.temp }}" = "$RUNNER_TEMP"
`,
      { github },
    );
    const { log } = stepOf(result, 'say');
    for (const line of [
      ...['CI=true', 'GITHUB_ACTION=say', 'GITHUB_ACTIONS=true', 'GITHUB_EVENT_NAME=push', 'GITHUB_JOB=job'],
      ...['GITHUB_REPOSITORY=acme/other', 'GITHUB_RUN_ATTEMPT=3', 'GITHUB_RUN_ID=99', 'RUNNER_OS=Linux'],
      '{"number":5}',
    ]) {
      expect(log).toContain(line);
    }
    expect(log).not.toMatch(/^GITHUB_TOKEN|^GITHUB_ACTION_PATH/m);
  });

  it('have the token service only with id-token: write', async () => {
    const print = 'runs-on: x, steps: [{ run: "env | grep ID_TOKEN || echo none" }]';
    const result = await bench.run(
      jobs(`with: { permissions: { id-token: write }, ${print} }
read: { permissions: { contents: write }, ${print} }
usual: { ${print} }
`),
    );
    const logOf = (id: string): string => stepOf(jobOf(result, id), '__run').log;
    expect(logOf('with')).toBe(`ACTIONS_ID_TOKEN_REQUEST_URL=${tokenService.ACTIONS_ID_TOKEN_REQUEST_URL}\n`);
    expect([logOf('read'), logOf('usual')]).toEqual(['none\n', 'none\n']);
    expect(jobOf(result, 'usual').permissions).toEqual({ contents: 'read', packages: 'read' });
  });
});

describe('a job', () => {
  it('has folders of its own, and nothing of another job', async () => {
    const print =
      'echo "$PWD $HOME $RUNNER_TEMP $AZURE_CONFIG_DIR"; ls -A . "$HOME" "$AZURE_CONFIG_DIR"; touch a "$HOME/b"';
    const result = await bench.run(
      jobs(`one: { runs-on: x, steps: [{ run: '${print}' }] }
two: { needs: one, runs-on: x, steps: [{ run: '${print}' }] }
`),
    );
    const [one = [], two = []] = ['one', 'two'].map(id =>
      stepOf(jobOf(result, id), '__run').log.split(/\s+/).slice(0, 4),
    );
    expect(new Set([...one, ...two]).size).toBe(8);
    expect(stepOf(jobOf(result, 'two'), '__run').log).not.toMatch(/^[ab]$/m);
  });

  it('is described by what it asks for', async () => {
    const result = await bench.run(
      jobs(`job:
  name: Deploy to \${{ vars.REGION }}
  runs-on: \${{ fromJSON(vars.RUNNER) }}
  environment: \${{ vars.REGION == 'eastus' && 'production' || '' }}
  timeout-minutes: \${{ fromJSON('350') }}
  concurrency: { group: "job-\${{ vars.REGION }}" }
  steps: [{ run: echo }]
`),
      { vars: { REGION: 'eastus', RUNNER: '["self-hosted","private"]' } },
    );
    expect(jobOf(result, 'job')).toMatchObject({
      ...{ name: 'Deploy to eastus', runsOn: ['self-hosted', 'private'], environment: 'production' },
      timeoutMinutes: 350,
    });
    expect(result.concurrency).toEqual(['job-eastus']);
  });

  it('leaves no process behind', async () => {
    const result = await job('- id: start\n  run: sleep 4711 & echo "$RUNNER_TRACKING_ID"\n');
    const trackingId = stepOf(result, 'start').log.trim();
    expect(trackingId).toMatch(/^github_/);
    expect(findOrphans(trackingId)).toEqual([]);
  });
});

describe('what a step tells', () => {
  it('is kept: outputs, the summary, annotations, and the log without commands', async () => {
    const result = await job(`- id: tell
  run: |
    echo "a=1" >> "$GITHUB_OUTPUT"
    printf 'b<<X\\nmany\\nlines\\nX\\n' >> "$GITHUB_OUTPUT"
    echo "## Done" >> "$GITHUB_STEP_SUMMARY"
    echo "::warning title=careful::on the ice"
    echo plain >&2
- id: read
  run: echo "\${{ steps.tell.outputs.a }}\${{ steps.tell.outputs.c }}"
`);
    expect(stepOf(result, 'tell')).toMatchObject({
      outputs: { a: '1', b: 'many\nlines' },
      summary: '## Done\n',
      annotations: [{ level: 'warning', title: 'careful', message: 'on the ice' }],
    });
    expect(stepOf(result, 'tell').log).toContain('plain\n');
    expect(stepOf(result, 'read').log).toBe('1\n');
  });

  it('is not an output of the job when it holds a secret', async () => {
    const text = jobs(`job:
  runs-on: x
  outputs: { open: "\${{ steps.a.outputs.open }}", closed: "\${{ steps.a.outputs.closed }}" }
  steps:
    - id: a
      env: { KEY: "\${{ secrets.KEY }}" }
      run: |
        echo "::add-mask::tower"
        echo "open=door" >> "$GITHUB_OUTPUT"
        echo "closed=the tower" >> "$GITHUB_OUTPUT"
        echo "in the tower: $KEY"
`);
    const result = await bench.run(text, { secrets: { KEY: 'hunter22' } });
    const { outputs, errors, steps: done } = jobOf(result, 'job');
    expect(outputs).toEqual({ open: 'door' });
    expect(errors).toEqual(["Skip output 'closed' since it may contain secret."]);
    expect(done[0]?.log).toBe('in the ***: ***\n');
    expect(result.log).not.toContain('hunter22');
  });

  it('fails the step when a file is malformed', async () => {
    const result = await job('- id: odd\n  run: echo "no name and value" >> "$GITHUB_OUTPUT"\n');
    expect(stepOf(result, 'odd')).toMatchObject({ conclusion: 'failure' });
    expect(stepOf(result, 'odd').log).toContain('not a name and a value');
  });
});
