import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runScript, type ScriptEnd } from './support/own-ci.js';

const script = resolve('scripts/check-dist.sh');

/** A repository with a committed dist, as this one marks it. */
let repository: string;
let summary: string;

beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'dist-'));
  summary = join(repository, 'summary');
  await mkdir(join(repository, 'dist'));
  await writeFile(join(repository, '.gitattributes'), 'dist/** linguist-generated -diff\n');
  await writeFile(join(repository, '.gitignore'), 'summary\n*.map\n');
  await writeFile(join(repository, 'dist', 'index.js'), 'one();\ntwo();\n');
  git('init --quiet && git add . && git -c user.name=tests -c user.email=tests@example.com commit --quiet -m Start');
});

afterEach(async () => {
  await rm(repository, { recursive: true, force: true });
});

function git(words: string): string {
  const { code, output } = runScript(`git ${words}`, { HOME: repository }, repository);
  if (code !== 0) throw new Error(output);
  return output;
}

function check(): ScriptEnd {
  return runScript(script, { HOME: repository, GITHUB_STEP_SUMMARY: summary }, repository);
}

it('is content with a dist that is committed as it is', () => {
  expect(check()).toEqual({ code: 0, output: 'dist is what the sources give.\n' });
});

it('shows what changed, in the log and in the summary', async () => {
  await writeFile(join(repository, 'dist', 'index.js'), 'one();\nthree();\n');
  const { code, output } = check();
  expect(code).toBe(1);
  expect(output).toMatch(/^::error::dist is not what the sources give/m);
  const shown = await readFile(summary, 'utf8');
  expect(shown).toMatch(/^~~~~~~~~diff\n[\s\S]*^-two\(\);\n\+three\(\);\n[\s\S]*^~~~~~~~~$/m);
});

it.each(['new.js', 'index.js.map'])('counts a new file, also one that git ignores: %s', async name => {
  await writeFile(join(repository, 'dist', name), 'four();\n');
  expect(check().code).toBe(1);
  expect(await readFile(summary, 'utf8')).toContain('+four();');
});

it('counts a file that is gone, and one that may now be run', async () => {
  await chmod(join(repository, 'dist', 'index.js'), 0o755);
  expect(check().code).toBe(1);
  await rm(join(repository, 'dist', 'index.js'));
  // An empty folder is no reason for git to fail.
  expect(check().code).toBe(1);
});

it('leaves the checkout as it was', async () => {
  await writeFile(join(repository, 'dist', 'new.js'), 'four();\n');
  const before = git('status --porcelain');
  check();
  expect(git('status --porcelain')).toBe(before);
});

it('keeps a long difference short enough for a summary', async () => {
  await writeFile(join(repository, 'dist', 'index.js'), `${'x'.repeat(5000)}\n`.repeat(1000));
  expect(check().code).toBe(1);
  expect((await readFile(summary)).byteLength).toBeLessThan(100_000);
});
