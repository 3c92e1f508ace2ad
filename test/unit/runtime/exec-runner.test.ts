import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import { createExecRunner } from '../../../src/runtime/exec-runner.js';
import type { Runner } from '../../../src/runtime/ports.js';
import { isAlive } from '../../support/process-table.js';

let folder = '';
let runner: Runner;
const never = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-runner-'));
  const PATH = `${folder}:${process.env['PATH'] ?? ''}`;
  runner = createExecRunner({ PATH, 'INPUT_LICENSE-KEY': 'secret', STATE_undo: 'x', HOME: '/home/u' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Installs a program named az on the PATH; it is Node code, so that no other interpreter is needed. */
async function installAz(code: string): Promise<void> {
  await writeFile(join(folder, 'az'), `#!${process.execPath}\n${code}\n`);
  await chmod(join(folder, 'az'), 0o755);
}

/** Installs a program like the az of an installation whose Python was removed. */
async function installBroken(): Promise<void> {
  await writeFile(join(folder, 'az'), '#!/nonexistent/python\n');
  await chmod(join(folder, 'az'), 0o755);
}

function broken(): object {
  const [path, start] = [join(folder, 'az'), `The program "az" (${join(folder, 'az')}) could not be started: `];
  const hint = expect.stringContaining(`if ${path} is a script, the interpreter in its first line must exist`);
  return { code: 'command-failed', message: expect.stringContaining(start), hint };
}

/** Waits for a file and returns its content. */
async function fileWith(name: string): Promise<string> {
  for (;;) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (text !== '') return text;
    await pause(20);
  }
}

describe('run', () => {
  it('passes arguments and standard input unchanged, and no inputs or state of the step', async () => {
    await installAz(`
      let text = '';
      process.stdin.on('data', d => (text += d)).on('end', () => {
        const { HOME, GIVEN } = process.env;
        const leaked = Object.keys(process.env).filter(name => /^(INPUT|STATE)_/.test(name));
        console.log(JSON.stringify({ argv: process.argv.slice(2), text, HOME, GIVEN, leaked }));
      });`);
    const argv = ['a b', '$(HOME)', "it's", ''];
    const result = await runner.run({ tool: 'az', argv, why: 'test', stdin: 'token', env: { GIVEN: 'g' } }, never);
    expect(JSON.parse(result.stdout)).toEqual({ argv, text: 'token', HOME: '/home/u', GIVEN: 'g', leaked: [] });
  });

  it('returns a non-zero exit code as a result', async () => {
    await installAz(`console.error('no'); process.exit(3)`);
    expect(await runner.run({ tool: 'az', argv: [], why: 'test' }, never)).toMatchObject({ code: 3, stderr: 'no\n' });
  });

  it('returns -1 for a process that a signal has ended', async () => {
    await installAz(`process.kill(process.pid, 'SIGKILL')`);
    expect(await runner.run({ tool: 'az', argv: [], why: 'test' }, never)).toMatchObject({ code: -1 });
  });

  it('names a program whose interpreter does not exist', async () => {
    await installBroken();
    await expect(runner.run({ tool: 'az', argv: [], why: 'test' }, never)).rejects.toMatchObject(broken());
  });

  it('names the missing program', async () => {
    await expect(runner.run({ tool: 'kubelogin', argv: [], why: 'test' }, never)).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'The program "kubelogin" is not on the PATH of this runner.',
    });
  });

  it('ends a process that exceeds its timeout, and reports the timeout', async () => {
    await installAz(`setInterval(() => {}, 1000)`);
    await expect(
      runner.run({ tool: 'az', argv: ['aks', 'show'], why: 'test', timeoutMs: 300 }, never),
    ).rejects.toMatchObject({
      code: 'command-timeout',
    });
  });

  it('ends the whole process tree on abort, even a grandchild that ignores SIGINT below a wrapper that does not forward it', async () => {
    await writeFile(
      join(folder, 'stubborn.js'),
      `process.on('SIGINT', () => {}); require('fs').writeFileSync('${folder}/pid', String(process.pid)); setInterval(() => {}, 1000)`,
    );
    await installAz(`require('child_process').spawnSync(process.execPath, ['${folder}/stubborn.js'])`);
    const abort = new AbortController();
    const running = runner.run({ tool: 'az', argv: [], why: 'test' }, abort.signal);
    const pid = Number(await fileWith('pid'));
    abort.abort(new Error('stop now'));
    await expect(running).rejects.toThrow('stop now');
    expect(isAlive(pid)).toBe(false);
  });

  it.each(Array.from({ length: 12 }, (_, turns) => turns))(
    'ends a program on an abort %s turns of the event loop after the call, also while it starts',
    async turns => {
      const whole = join(folder, 'whole');
      await installAz(`setTimeout(() => require('fs').writeFileSync('${whole}', ''), 4000)`);
      const abort = new AbortController();
      const running = runner.run({ tool: 'az', argv: [], why: 'test' }, abort.signal);
      running.catch(() => undefined);
      for (let turn = 0; turn < turns; turn += 1) await immediate();
      abort.abort(new Error('stop now'));
      await expect(running).rejects.toThrow('stop now');
      expect(existsSync(whole)).toBe(false);
    },
  );
});

describe('start', () => {
  it('reports how a process ended', async () => {
    await installAz(`console.error('unknown flag'); process.exit(1)`);
    expect(await runner.start({ tool: 'az', argv: [], why: 'test' }).exited).toEqual({
      code: 1,
      stderr: 'unknown flag\n',
    });
  });

  it('stops a process, and can be called twice', async () => {
    await installAz(`require('fs').writeFileSync('${folder}/pid', String(process.pid)); setInterval(() => {}, 1000)`);
    const running = runner.start({ tool: 'az', argv: [], why: 'test' });
    const pid = Number(await fileWith('pid'));
    await running.stop();
    await running.stop();
    expect(isAlive(pid)).toBe(false);
    expect(await running.exited).toEqual({ code: -1, stderr: '' });
  });

  it('passes on each line of stderr at once, while the program runs', async () => {
    await installAz(`console.error('enter the code ABCD'); process.stderr.write('and '); setInterval(() => {}, 1000)`);
    const lines: string[] = [];
    await new Promise<void>(resolve => {
      const running = runner.start({ tool: 'az', argv: [], why: 'test' }, line => {
        lines.push(line);
        void running.stop().then(resolve);
      });
    });
    expect(lines[0]).toBe('enter the code ABCD');
  });

  it('reports a program whose interpreter does not exist through exited', async () => {
    await installBroken();
    await expect(runner.start({ tool: 'az', argv: [], why: 'test' }).exited).rejects.toMatchObject(broken());
  });

  it('reports a missing program through exited', async () => {
    await expect(runner.start({ tool: 'kubelogin', argv: [], why: 'test' }).exited).rejects.toMatchObject({
      code: 'tool-missing',
    });
  });
});
