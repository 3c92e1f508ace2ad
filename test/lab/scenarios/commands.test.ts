import { describe, expect, it, jest } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { generousLimits, hangMs } from './support/limits.js';

jest.setTimeout(hangMs);

/** Returns the program that a command in package.json runs. The tests are compiled, so its compilation is omitted. */
async function programOf(command: string): Promise<string> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
  const program = /^npm run compile --silent && node (\S+)$/.exec(scripts[command] ?? '')?.[1];
  if (program === undefined) throw new Error(`npm run ${command} is: ${String(scripts[command])}`);
  return resolve(program);
}

/** Starts the program of a command with the given arguments; `output` returns what it has written so far. */
async function start(
  command: string,
  ...words: readonly string[]
): Promise<{ child: ChildProcess; output: () => string }> {
  const child = spawn(process.execPath, [await programOf(command), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return { child, output: () => text };
}

/** The first commands in README and docs/lab.md, as a newcomer runs them. */
describe('the commands for newcomers', () => {
  it('the demo runs the full life cycle of a cluster, and leaves nothing', async () => {
    const limits = Object.entries(generousLimits).map(([name, value]) => `${name}=${value}`);
    const { child, output } = await start('demo', ...limits);
    const [code] = (await once(child, 'close')) as [number | null];
    expect(output()).toContain('Left in the subscription: nothing\nHosts that were refused: 0\n');
    expect([code, output().trimEnd().split('\n').at(-1)]).toEqual([0, 'The demo ended well.']);
    const folder = resolve('reports', 'demo');
    expect([output().includes(`\nReports: ${folder}\n`), existsSync(join(folder, 'report.json'))]).toEqual([
      true,
      true,
    ]);
  });

  it('the lab runs until Ctrl-C, and removes its folder', async () => {
    const { child, output } = await start('lab');
    while (!output().includes('Ctrl-C ends everything')) await once(child.stdout ?? child, 'data');
    const folder = dirname(/source (\S+)/.exec(output())?.[1] ?? '');
    expect(existsSync(folder)).toBe(true);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, existsSync(folder)]).toEqual([0, false]);
  });

  // The other benches take minutes, on an idle machine.
  it('a bench prints what it measures', async () => {
    const { child, output } = await start('bench', 'start=2');
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, output().match(/^# .+$/gm)]).toEqual([0, ['# start']]);
  });
});
