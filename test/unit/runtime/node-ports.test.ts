import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readRunFacts } from '../../../src/runtime/node-ports.js';

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
