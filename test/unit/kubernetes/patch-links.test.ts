import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPatches } from '../../../src/kubernetes/kustomize.js';
import { diskFiles } from '../../../src/runtime/node-ports.js';
import type { Files } from '../../../src/runtime/ports.js';
import { fakePorts, ScriptedRunner, someRun } from '../fakes.js';

const patch = 'kind: StatefulSet\nmetadata: {name: migratorydata}\n';
const objects = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'migratorydata', namespace: 'ns' } }];

let root: string;
let files: Files;

/** A workspace with patches and links, beside a file of the runner that is a valid patch. */
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'patches-')));
  for (const folder of ['runner', 'work/ops', 'work/good', 'work/bad', 'work/far']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const file of [
    'runner/secret.yaml',
    'work/ops/base.yaml',
    'work/good/real.yaml',
    'work/far/real.yaml',
    'work/notes.txt',
  ]) {
    await writeFile(join(root, file), patch);
  }
  const links = [
    ['work/good/again.yaml', 'real.yaml'],
    ['work/bad/out.yaml', join(root, 'runner/secret.yaml')],
    ['work/far/sibling.yaml', '../ops/base.yaml'],
    ['work/one.yaml', '../runner/secret.yaml'],
    ['work/folder', '../runner'],
    ['work/inside', 'good'],
    ['work/lost.yaml', 'nowhere.yaml'],
  ] as const;
  for (const [path, target] of links) await symlink(target, join(root, path));
  // The workspace is the working directory of the step.
  const work = (path: string): string => join(root, 'work', path);
  files = {
    ...diskFiles,
    realPath: path => diskFiles.realPath(path.startsWith('/') ? path : work(path)),
    exists: path => diskFiles.exists(path.startsWith('/') ? path : work(path)),
  };
});

afterAll(() => rm(root, { recursive: true }));

function apply(patches: string): Promise<unknown> {
  const runner = new ScriptedRunner().on('kustomize', { stdout: patch });
  const ports = fakePorts({ runner, files, run: { ...someRun, tempFolder: join(root, 'temp') } });
  return applyPatches(ports, objects, patches, new AbortController().signal);
}

describe('a link in the patches', () => {
  it.each([
    ['to another file of its folder', 'good'],
    ['that is the folder, to another one of the workspace', 'inside'],
  ])('is followed: %s', async (_, patches) => {
    await expect(apply(patches)).resolves.toHaveLength(1);
  });

  it('is followed where the workflow names a folder outside of the workspace', async () => {
    await expect(apply(join(root, 'runner'))).resolves.toHaveLength(1);
  });

  it.each([
    [
      'in a folder, to a file of the runner',
      'bad',
      'bad/out.yaml cannot be read: it is a link to a place outside of its folder.',
    ],
    [
      'in a folder, to another folder',
      'far',
      'far/sibling.yaml cannot be read: it is a link to a place outside of its folder.',
    ],
    ['that is the file', 'one.yaml', 'one.yaml cannot be read: it is a link to a place outside of the workspace.'],
    ['that is the folder', 'folder', 'folder cannot be read: it is a link to a place outside of the workspace.'],
    ['to nothing', 'lost.yaml', 'lost.yaml does not exist.'],
  ])('is refused: %s', async (_, patches, reason) => {
    await expect(apply(patches)).rejects.toMatchObject({ code: 'patches-failed', message: `patches: ${reason}` });
    const absolute = join(root, 'work', patches);
    await expect(apply(absolute)).rejects.toMatchObject({ code: 'patches-failed' });
  });
});
