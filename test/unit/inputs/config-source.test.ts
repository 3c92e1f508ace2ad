import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigReading, loadConfig } from '../../../src/inputs/config-source.js';
import { diskFiles } from '../../../src/runtime/node-ports.js';
import { someRun } from '../fakes.js';
import { defaultPath, load, workspaceWith } from './config.js';
import { environmentOf, type Given } from './read.js';

const text = 'configVersion: 1\nscale: { scale-to: 4 }\n';

describe('the config file at its default path', () => {
  it('is read from the commit of the run, with its SHA-256', async () => {
    const { file, values } = await load(workspaceWith(text));
    expect(file).toMatchObject({ path: defaultPath, commit: '0123456789abcdef0123456789abcdef01234567' });
    expect(file?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(values.get('scale-to')).toEqual({ text: '4', place: `${defaultPath}:2:20 scale.scale-to` });
  });

  it.each([
    ['a branch that is checked out', 'refs/heads/main', '0123456789abcdef0123456789abcdef01234567\n'],
    [
      'a branch in the packed refs',
      'packed-refs',
      '# pack-refs with: peeled\n0123456789abcdef0123456789abcdef01234567 refs/heads/main\n',
    ],
  ])('is read from %s', async (_, name, refs) => {
    const files = workspaceWith(text, 'ref: refs/heads/main');
    files.texts.set(`.git/${name}`, refs);
    expect((await load(files)).file).toBeDefined();
  });

  it('is not there: nothing happens', async () => {
    const files = workspaceWith(text);
    files.texts.delete(`/workspace/${defaultPath}`);
    expect(await load(files)).toEqual({ isOff: false, values: new Map(), problems: [], warnings: [] });
  });

  it.each([
    ['a workspace at another commit', {}, 'f'.repeat(40), 'the workspace is at commit f{40}, and the run belongs to'],
    ['a workspace without a checkout', {}, '', 'the workspace is no checkout of a commit'],
    ['a fork, on pull_request_target', { GITHUB_EVENT_NAME: 'pull_request_target' }, undefined, 'pull_request_target'],
    ['a fork, on workflow_run', { GITHUB_EVENT_NAME: 'workflow_run' }, undefined, 'a run of workflow_run may have'],
  ])('is not read in %s, with a warning', async (_, env, head, reason) => {
    const { file, values, warnings, isOff } = await load(workspaceWith('nonsense', head), env);
    expect([file, values.size, isOff]).toEqual([undefined, 0, false]);
    expect(warnings).toEqual([expect.stringMatching(reason)]);
    expect(warnings[0]).toMatch(/Set config to its path to use it, or to none\.$/);
  });
});

describe('the input config-digest', () => {
  const digest = createHash('sha256').update(text).digest('hex');

  it.each<[string, Given]>([
    [digest, {}],
    [digest, { config: defaultPath }],
    ['none', { config: 'none' }],
    ['', {}],
  ])('%s: the file is as expected with %j', async (expected, given) => {
    const { problems } = await load(workspaceWith(text), { ...given, 'config-digest': expected });
    expect(problems).toEqual([]);
  });

  it.each<[string, string, Given, string]>([
    ['another file', 'f'.repeat(64), {}, digest],
    ['a file where none was', 'none', {}, digest],
    ['no file', digest, { config: 'none' }, 'none'],
  ])('refuses %s', async (_, expected, given, found) => {
    const { problems } = await load(workspaceWith(text), { ...given, 'config-digest': expected });
    expect(problems).toEqual([
      {
        ...{ input: 'config-digest', value: expected },
        rule: `must be the SHA-256 of the config file, but it is ${found}`,
        remedy: 'check out the same commit in all jobs, before the first step',
      },
    ]);
  });
});

describe('the input config', () => {
  it('reads a file wherever the workspace is, and under any event', async () => {
    const files = workspaceWith(text, 'f'.repeat(40));
    const given = { config: defaultPath, GITHUB_EVENT_NAME: 'pull_request_target' };
    expect((await load(files, given)).file).toMatchObject({ path: defaultPath, commit: 'f'.repeat(40) });
    expect((await load(files, { options: `{config: ${defaultPath}}` })).file).toBeDefined();
  });

  it('turns the file off', async () => {
    expect(await load(workspaceWith('nonsense'), { config: 'none' })).toMatchObject({ isOff: true, problems: [] });
  });

  it('must name a file that exists, and no link out of the workspace', async () => {
    const files = workspaceWith(text);
    files.links.set('/workspace/link', '/etc');
    const rules = async (config: string): Promise<readonly string[]> =>
      (await load(files, { config })).problems.map(({ rule }) => rule);
    expect(await rules('other.yml')).toEqual(['does not exist']);
    expect(await rules('link/passwd')).toEqual(['cannot be read (it is a link to a place outside of the workspace)']);
  });

  it('is reported on a disk as it is in memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'config-'));
    try {
      await mkdir(join(folder, 'sub'));
      await writeFile(join(folder, 'sub', 'c.yml'), text);
      const read = (path: string): Promise<ConfigReading> =>
        loadConfig(diskFiles, environmentOf({ config: path }), someRun);
      expect((await read(join(folder, 'sub', 'c.yml'))).values.get('scale-to')?.text).toBe('4');
      expect((await read(join(folder, 'c.yml'))).problems.map(({ rule }) => rule)).toEqual(['does not exist']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
