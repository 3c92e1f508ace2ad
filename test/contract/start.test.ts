import { describe, expect, it } from '@jest/globals';
import { chmod, copyFile, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { secondSignalMs } from '../support/step-process.js';
import { type Job, startJob } from './support/job.js';
import { leftIn } from './support/undo.js';

/** Returns the folder of the compiled code. */
const codeFolder = ({ temp }: Job): string => join(temp, 'migratorydata-aks-code');

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter(entry => entry.isFile()).map(({ name }) => name);
}

/** Makes Node send a signal to itself as soon as a handler is registered. */
function signalAtOnce(name: string): Readonly<Record<string, string>> {
  const program = `let sent = false;
    process.on('newListener', event => {
      if (event !== '${name}' || sent) return;
      sent = true;
      process.nextTick(() => process.kill(process.pid, event));
    });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}

describe('a step that is cancelled while it starts', () => {
  it.each(['SIGINT', 'SIGTERM'])('by %s has done nothing, and says why', async name => {
    await using job = await startJob();
    const main = await job.run({ ...job.onKubeconfig, operation: 'deploy' }, { env: signalAtOnce(name) });
    expect([main.code, main.signal, main.outputs['outcome'], main.report.outcome]).toEqual([
      1,
      undefined,
      'cancelled',
      'cancelled',
    ]);
    expect(main.annotations).toMatchObject([{ title: 'cancelled', message: expect.stringContaining(name) }]);
    expect([main.changes, leftIn(main), main.ms < secondSignalMs]).toEqual([[], [], true]);
  });
});

describe('a step that needs no cluster', () => {
  it('loads nothing of Node for networks, streams, hashes and other programs', async () => {
    await using job = await startJob();
    const [program, list] = [join(job.folder, 'list.cjs'), join(job.folder, 'loaded')];
    const writeList = `require('node:fs').writeFileSync('${list}', process.moduleLoadList.join('\\n'))`;
    await writeFile(program, `process.on('exit', () => ${writeList});\n`);
    const main = await job.run({ operation: 'nonsense' }, { env: { NODE_OPTIONS: `--require=${program}` } });
    expect(main.outputs['error-code']).toBe('invalid-input');
    const loaded = (await readFile(list, 'utf8')).split('\n');
    expect(loaded).toContain('NativeModule vm');
    const heavy = ['net', 'stream', 'http', 'https', 'tls', 'crypto', 'child_process', 'readline', 'perf_hooks'];
    expect(heavy.filter(name => loaded.includes(`NativeModule ${name}`))).toEqual([]);
    expect(loaded).not.toContain('NativeModule internal/fs/promises');
  });
});

describe('the compiled code', () => {
  const inputs = { operation: 'nonsense' };
  /** Without the code that the other tests share. */
  const alone = { env: { NODE_COMPILE_CACHE: '' } };
  /** A file that is replaced gets another inode. */
  const inodesOf = async (job: Job): Promise<readonly number[]> =>
    Promise.all((await filesBelow(codeFolder(job))).map(async name => (await stat(join(codeFolder(job), name))).ino));

  it('is kept for the later steps of the job, which use it, and no other user can read or change it', async () => {
    await using job = await startJob();
    await job.run(inputs, alone);
    expect((await stat(codeFolder(job))).mode & 0o777).toBe(0o700);
    const kept = await inodesOf(job);
    expect(kept).not.toEqual([]);
    const later = await job.run(inputs, alone);
    expect([later.code, later.stderr, later.outputs['error-code']]).toEqual([1, '', 'invalid-input']);
    expect(await inodesOf(job)).toEqual(kept);
  });

  it.each([
    ['cut off', (code: Buffer) => code.subarray(0, code.length / 2)],
    ['damaged', (code: Buffer) => Buffer.concat([code.subarray(0, 1e5), Buffer.alloc(100), code.subarray(1e5 + 100)])],
    ['empty', () => Buffer.alloc(0)],
    ['of another program', () => Buffer.from('#!/bin/sh\n')],
  ])('is replaced when it is %s', async (_, damage) => {
    await using job = await startJob();
    await job.run(inputs, alone);
    const [name = ''] = await filesBelow(codeFolder(job));
    const path = join(codeFolder(job), name);
    const code = await readFile(path);
    await writeFile(path, damage(code));
    const later = await job.run(inputs, alone);
    expect([later.code, later.stderr, later.outputs['error-code']]).toEqual([1, '', 'invalid-input']);
    expect((await stat(path)).size).toBeGreaterThan(code.length / 2);
  });

  it.each(['open to others', 'a link'])('is not used from a folder that is %s', async what => {
    await using job = await startJob();
    const elsewhere = join(job.folder, 'elsewhere');
    await mkdir(elsewhere, { mode: 0o700 });
    if (what === 'a link') await symlink(elsewhere, codeFolder(job));
    else {
      await mkdir(codeFolder(job));
      await chmod(codeFolder(job), 0o755);
    }
    const main = await job.run(inputs, alone);
    expect([main.code, main.stderr]).toEqual([1, '']);
    expect(await filesBelow(codeFolder(job))).toEqual([]);
  });
});

describe('the post phase', () => {
  it('with nothing to undo does nothing', async () => {
    await using job = await startJob();
    const main = await job.run({ operation: 'nonsense' });
    const post = await job.post({}, main);
    expect([post.code, post.output, post.processes]).toEqual([0, '', []]);
  });

  it('with nothing to undo loads nothing', async () => {
    await using job = await startJob();
    const main = await job.run({ operation: 'nonsense' });
    const entry = join(job.folder, 'dist', 'index.js');
    await mkdir(dirname(entry));
    await copyFile('dist/index.js', entry);
    await copyFile('action.yml', join(job.folder, 'action.yml'));
    const post = await job.post({}, main, { entry });
    expect([post.code, post.output]).toEqual([0, '']);
  });
});
