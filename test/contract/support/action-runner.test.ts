import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputVariables } from '../../support/action-inputs.js';
import { runAction, runPost, startAction } from '../../support/action-runner.js';
import { readOutput, readValues } from '../../support/commands.js';
import { secondSignalMs } from '../../support/step-process.js';

let folder: string;
let entry: string;
const env = (): Record<string, string> => ({ PATH: '/nowhere', RUNNER_TEMP: folder });

const actionFile = `inputs:
  instance: { default: '\${{ github.job }}-\${{ strategy.job-index }}' }
  dry-run: { default: auto }
  node-count: { default: 3 }
  empty: { description: none }
`;

/** A small action: what it does is given by the input \`do\`. */
const program = `const fs = require('node:fs');
const put = (file, text) => fs.appendFileSync(process.env[file], text);
if (process.env.STATE_phase) { console.log('post of ' + process.env.STATE_made + ' for ' + process.env['INPUT_DRY-RUN']); return; }
put('GITHUB_STATE', 'phase=post\\n');
put('GITHUB_STATE', 'made<<E\\none\\ntwo\\nE\\n');
put('GITHUB_OUTPUT', 'url<<E\\nhttp://x\\nE\\n');
put('GITHUB_STEP_SUMMARY', '## done');
console.log('::add-mask::hunter22');
console.log('the secret is hunter22');
console.log('::error title=crash-loop::first%0Asecond 100%25');
if (process.env.INPUT_DO === 'hang') {
  process.on('SIGINT', () => { console.log('got SIGINT'); setTimeout(() => process.exit(1), 50); });
  setInterval(() => {}, 1000);
  console.log('hanging on ' + process.pid);
} else process.exitCode = 3;
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mda-'));
  entry = join(folder, 'dist', 'index.js');
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'action.yml'), actionFile);
  await writeFile(entry, program);
});
afterAll(() => rm(folder, { recursive: true }));

describe('running an action', () => {
  it('collects what the runner would', async () => {
    const result = await runAction({ env: env(), entry });
    expect(result).toMatchObject({
      code: 3,
      signal: undefined,
      cancelMs: undefined,
      annotations: [{ level: 'error', title: 'crash-loop', message: 'first\nsecond 100%' }],
      masks: ['hunter22'],
      outputs: { url: 'http://x' },
      state: { phase: 'post', made: 'one\ntwo' },
      summary: '## done',
    });
    expect(result.log).toContain('the secret is ***');
    expect(result.log).not.toContain('hunter22');
  });

  it('passes the saved state and the inputs to post', async () => {
    const options = { env: env(), entry, inputs: { 'dry-run': 'true' } };
    const post = await runPost(options, await runAction(options));
    expect(post.stdout).toBe('post of one\ntwo for true\n');
    expect(post.code).toBe(0);
  });

  it('cancels the one process by SIGINT first', async () => {
    let seen: (text: string) => void = () => undefined;
    const hanging = new Promise<void>(resolve => {
      seen = text => {
        if (text.includes('hanging')) resolve();
      };
    });
    const onOutput = (text: string): void => {
      seen(text);
    };
    const action = await startAction({ env: env(), entry, inputs: { do: 'hang' }, onOutput });
    await hanging;
    action.cancel();
    action.cancel();
    const result = await action.ended;
    expect(result).toMatchObject({ code: 1, summary: '## done' });
    expect(result.stdout.match(/got SIGINT/g)).toHaveLength(1);
    expect(result.cancelMs).toBeLessThan(secondSignalMs);
  });
});

describe('the inputs of a step', () => {
  it('are the defaults with their expressions, overridden by the given ones', () => {
    const facts = { job: 'nightly', jobIndex: '2' };
    expect(inputVariables({ 'dry-run': '', extra: 'x' }, facts, join(folder, 'action.yml'))).toEqual({
      INPUT_INSTANCE: 'nightly-2',
      'INPUT_DRY-RUN': '',
      'INPUT_NODE-COUNT': '3',
      INPUT_EMPTY: '',
      INPUT_EXTRA: 'x',
    });
  });

  it('can be read from the action.yml of this project', () => {
    expect(inputVariables({}, { job: 'check', jobIndex: '0' })).toMatchObject({ INPUT_INSTANCE: 'check-0' });
  });
});

describe('what a step prints and writes', () => {
  it('is read as the runner reads it', () => {
    const { log, annotations } = readOutput(
      '::group::Deploy\nplain ::error::no command\n::warning::w%3A\n::endgroup::',
    );
    expect(annotations).toEqual([{ level: 'warning', message: 'w:' }]);
    expect(log).toBe('# Deploy\nplain ::error::no command\nwarning: w:');
  });

  it('holds values of one line and of many', () => {
    expect(readValues('a=1\nb<<E\nx=y\n\nz\nE\nc=\n')).toEqual({ a: '1', b: 'x=y\n\nz', c: '' });
    expect(() => readValues('b<<E\nx\n')).toThrow('the value of b does not end');
  });
});
