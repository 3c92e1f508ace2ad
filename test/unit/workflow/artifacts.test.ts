import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { findFiles } from '../../lab/workflow/find-files.js';
import { jobOf, jobs, makeBench, stepOf, steps, type Bench } from './bench.js';

let bench: Bench;
let folder: string;
beforeAll(async () => {
  bench = await makeBench();
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  for (const path of ['out/a.txt', 'out/deep/b.txt', 'out/deep/c.tmp', 'out/.hidden', '.dot/d.txt', 'e.txt']) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), path);
  }
});
afterAll(async () => {
  await bench.remove();
  await rm(folder, { recursive: true });
});

describe('the files of an artifact', () => {
  it.each([
    ['out', 'out', ['a.txt', 'deep/b.txt', 'deep/c.tmp']],
    ['out/', 'out', ['a.txt', 'deep/b.txt', 'deep/c.tmp']],
    ['out/a.txt', 'out', ['a.txt']],
    ['out/**/*.txt', 'out', ['a.txt', 'deep/b.txt']],
    ['out/*.txt', 'out', ['a.txt']],
    ['out/d*', 'out', ['deep/b.txt', 'deep/c.tmp']],
    ['out\n!out/**/*.tmp', 'out', ['a.txt', 'deep/b.txt']],
    ['out/deep\ne.txt', '.', ['e.txt', 'out/deep/b.txt', 'out/deep/c.tmp']],
    ['.dot/d.txt', '.dot', ['d.txt']],
    ['.dot', '.dot', []],
    ['none\nout/none', '.', []],
  ])('named by %j', async (patterns, root, names) => {
    const found = await findFiles(patterns, { workspace: folder, home: '/nowhere', hidden: false });
    expect(relative(folder, found.root)).toBe(root === '.' ? '' : root);
    expect(found.files.map(file => relative(found.root, file)).sort()).toEqual(names);
  });

  it('include hidden ones when asked for, and may lie at home', async () => {
    const found = await findFiles('~/out', { workspace: '/nowhere', home: folder, hidden: true });
    expect(found.files.map(file => relative(found.root, file))).toContain('.hidden');
  });
});

const upload = (id: string, inputs: string): string =>
  `- id: ${id}\n  if: always()\n  uses: actions/upload-artifact@v7\n  with: { ${inputs} }\n`;
const download = (inputs: string): string => `- uses: actions/download-artifact@v8\n  with: { ${inputs} }\n`;

describe('uploading an artifact', () => {
  it('keeps the files under a name that is taken once in a run', async () => {
    const result = await bench.run(
      steps(
        '- run: mkdir out && echo one > out/a.txt\n' +
          upload('first', 'name: reports, path: out') +
          '- run: echo two > out/a.txt\n' +
          upload('again', 'name: reports, path: out') +
          upload('instead', 'name: reports, path: out, overwrite: true') +
          upload('other', "name: 'deploy: 1', path: out"),
      ),
    );
    const job = jobOf(result, 'job');
    expect(stepOf(job, 'first').outputs).toEqual({ 'artifact-id': '1' });
    expect(stepOf(job, 'again').log).toContain('(409) Conflict: an artifact with this name already exists');
    expect(stepOf(job, 'instead').conclusion).toBe('success');
    expect(stepOf(job, 'other').log).toContain('The artifact name is not valid: deploy: 1');
    expect(Object.keys(result.artifacts)).toEqual(['reports']);
    expect(await readFile(join(result.artifacts['reports'] ?? '', 'a.txt'), 'utf8')).toBe('two\n');
  });

  it('needs a path, and does with a path that leads nowhere what it is told', async () => {
    const result = await bench.run(
      steps(
        upload('empty', 'name: a, path: "${{ steps.none.outputs.report-directory }}"') +
          upload('warn', 'name: a, path: none') +
          upload('ignore', 'name: a, path: none, if-no-files-found: ignore') +
          upload('error', 'name: a, path: none, if-no-files-found: error'),
      ),
    );
    const job = jobOf(result, 'job');
    const told = job.steps.map(({ conclusion, annotations }) => [conclusion, annotations[0]?.level]);
    expect(told).toEqual([
      ['failure', 'error'],
      ['success', 'warning'],
      ['success', undefined],
      ['failure', 'error'],
    ]);
    expect(stepOf(job, 'empty').log).toContain('Input required and not supplied: path');
  });
});

describe('downloading artifacts', () => {
  const legs = `legs:
  runs-on: x
  strategy: { matrix: { leg: [a, b] } }
  steps:
    - run: mkdir out && echo "\${{ matrix.leg }}" > "out/\${{ matrix.leg }}.txt"
    - uses: actions/upload-artifact@v7
      with: { name: "leg-\${{ matrix.leg }}", path: out }
`;
  const fold = (inputs: string): string => `fold:
  needs: legs
  runs-on: x
  steps:
    - uses: actions/download-artifact@v8
      with: { ${inputs} }
    - run: find . -type f | sort
`;

  it.each([
    ['pattern: leg-*, path: legs', './legs/leg-a/a.txt\n./legs/leg-b/b.txt\n'],
    ['pattern: leg-*, path: legs, merge-multiple: true', './legs/a.txt\n./legs/b.txt\n'],
    ['name: leg-b', './b.txt\n'],
    ['pattern: "*-a"', './a.txt\n'],
    ['pattern: none-*', ''],
    ['path: all', './all/leg-a/a.txt\n./all/leg-b/b.txt\n'],
  ])('by %s', async (inputs, listed) => {
    const result = await bench.run(jobs(legs + fold(inputs)));
    expect(jobOf(result, 'fold').steps[1]?.log).toBe(listed);
  });

  it('fails for a name that is not there', async () => {
    const result = await bench.run(steps(download('name: none')));
    expect(jobOf(result, 'job').steps[0]?.log).toContain('Artifact not found for name: none');
  });
});
