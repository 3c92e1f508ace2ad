import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFiles, readRunFacts } from '../../../src/runtime/node-ports.js';

describe('the folder of a job', () => {
  let parent: string;
  let path: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'facts-'));
    path = join(parent, `migratorydata-aks-${process.getuid?.() ?? 0}`);
  });
  afterEach(() => {
    rmSync(parent, { recursive: true });
  });

  it('is that of the runner', () => {
    expect(readRunFacts({ RUNNER_TEMP: '/runner/temp', TMPDIR: '/nowhere' }).tempFolder).toBe('/runner/temp');
  });

  it('is a private one outside of a runner, the same for both phases', () => {
    expect(readRunFacts({ TMPDIR: parent }).tempFolder).toBe(path);
    expect(readRunFacts({ TMPDIR: parent }).tempFolder).toBe(path);
    expect(lstatSync(path).mode & 0o777).toBe(0o700);
  });

  it.each<[string, () => void]>([
    [
      'a link',
      () => {
        symlinkSync(mkdtempSync(join(parent, 'theirs-')), path);
      },
    ],
    [
      'a folder that others can write to',
      () => {
        mkdirSync(path);
        chmodSync(path, 0o777);
      },
    ],
  ])('is not %s that somebody has placed there', (_, place) => {
    place();
    expect(() => readRunFacts({ TMPDIR: parent })).toThrow('Set RUNNER_TEMP to a private folder.');
  });
});

describe('the disk', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'disk-'));
    writeFileSync(join(folder, 'file'), '');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes the folders of a file, also those of several files at once', async () => {
    const paths = ['a/b/1', 'a/b/2', 'a/c/3'].map(path => join(folder, path));
    await Promise.all(paths.map(path => diskFiles.writeText(path, path)));
    expect(await Promise.all(paths.map(path => diskFiles.readText(path)))).toEqual(paths);
  });

  it('knows the size of a file, and of nothing else', async () => {
    writeFileSync(join(folder, 'four'), 'four');
    expect(await diskFiles.size(join(folder, 'four'))).toBe(4);
    await expect(diskFiles.size(folder)).rejects.toThrow('it is no file');
    await expect(diskFiles.size('/dev/zero')).rejects.toThrow('it is no file');
  });

  it('makes a folder with its mode, and keeps one that exists', async () => {
    await diskFiles.makeFolder(join(folder, 'x/y'), 0o700);
    await diskFiles.makeFolder(join(folder, 'x/y'), 0o700);
    expect(statSync(join(folder, 'x/y')).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['below a file', () => join(folder, 'file/reports/x'), 'ENOTDIR'],
    ['as a folder that is a file', () => join(folder, 'file'), 'EEXIST'],
    ['below /proc', () => '/proc/nope/x', 'ENOENT'],
  ])('says why nothing can be made %s', async (_, pathOf, reason) => {
    const path = pathOf();
    await expect(diskFiles.makeFolder(path)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringMatching(`${path} could not be written: .*${reason}`) as unknown,
      hint: expect.stringContaining('report-directory') as unknown,
    });
  });

  it('says that a file cannot be written', async () => {
    await expect(diskFiles.writeText('/proc/nope/report.json', '{}')).rejects.toMatchObject({
      code: 'file-unwritable',
    });
  });
});
