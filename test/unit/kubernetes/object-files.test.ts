import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readObjectFiles } from '../../../src/kubernetes/object-files.js';
import { diskFiles } from '../../../src/runtime/node-ports.js';

let root: string;
const at = (path: string): string => join(root, path);

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'objects-')));
  for (const folder of ['good', 'linked', 'empty', 'broken']) await mkdir(at(folder));
  await writeFile(at('token.yaml'), 'kind: Secret\n');
  await writeFile(at('good/b.yml'), 'kind: B1\n---\nkind: B2\n');
  await writeFile(at('good/a.json'), '{"kind": "A"}');
  await writeFile(at('good/README.md'), 'no object');
  await writeFile(at('broken/a.yaml'), 'tell-nobody: [\n');
  await symlink('../token.yaml', at('linked/a.yaml'));
});

afterAll(() => rm(root, { recursive: true }));

async function refusal(path: string): Promise<string> {
  const error: unknown = await readObjectFiles(diskFiles, 'resources', at(path)).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'resources-failed' });
  return String(error);
}

describe('the files of further objects', () => {
  it('are read in the order of their names, with all documents', async () => {
    const found = await readObjectFiles(diskFiles, 'resources', at('good'));
    expect(found.map(({ source, content }) => [source, content])).toEqual([
      [at('good/a.json'), { kind: 'A' }],
      [at('good/b.yml'), { kind: 'B1' }],
      [at('good/b.yml'), { kind: 'B2' }],
    ]);
    expect(await readObjectFiles(diskFiles, 'resources', at('good/a.json'))).toHaveLength(1);
  });

  it('never leave the folder by a link', async () => {
    expect(await refusal('linked')).toContain('it is a link to a place outside of its folder');
  });

  it('are named when they cannot be read, and nothing of them is shown', async () => {
    expect(await refusal('nowhere')).toContain('nowhere does not exist');
    expect(await refusal('empty')).toContain('contains no file with extension .yaml, .yml, .json');
    const broken = await refusal('broken');
    expect(broken).toContain('broken/a.yaml cannot be read: line ');
    expect(broken).not.toContain('tell-nobody');
  });
});
