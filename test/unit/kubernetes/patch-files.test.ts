import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPatches } from '../../../src/kubernetes/patch-files.js';
import { diskFiles } from '../../../src/runtime/node-ports.js';

const merge = 'kind: StatefulSet\nmetadata: {name: migratorydata}\nspec: {minReadySeconds: 0400}\n';
const operations = '- {op: add, path: /metadata/labels/team, value: push}\n';

/** A folder of a repository with a kustomization, in which all other files are patches. */
describe('a kustomization', () => {
  let root: string;
  let folder: string;
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const kustomization = (text: string): Promise<void> => write('kustomization.yaml', text);
  const refusal = async (): Promise<string> => {
    const error: unknown = await readPatches(diskFiles, folder).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'patches-failed' });
    return String(error).replaceAll(folder, 'ops');
  };

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'patches-')));
    folder = join(root, 'ops');
    await mkdir(join(folder, 'parts'), { recursive: true });
    await writeFile(join(root, 'outside.yaml'), merge);
    await symlink('../outside.yaml', join(folder, 'link.yaml'));
  });

  afterEach(() => rm(root, { recursive: true }));

  it('lists its patches of both forms, as files and as texts, each as it was written', async () => {
    await write('parts/merge.yaml', `${merge}---\n${merge}`);
    await write('operations.json', JSON.stringify([{ op: 'add', path: '/data/x', value: 1 }]));
    const inline = operations.replaceAll('\n', '\n        ');
    await kustomization(`
kind: Component
patches:
  - path: parts/merge.yaml
  - {path: operations.json, target: {kind: Service, name: migratorydata-.*}}
  - target: {kind: HorizontalPodAutoscaler}
    patch: |
        ${inline}
images: [{name: migratorydata/server, newTag: 6.0.25}]
`);
    const { patches, transformations } = await readPatches(diskFiles, folder);
    expect(patches.map(({ target, fields }) => ({ target, fields }))).toEqual([
      { target: { kind: 'StatefulSet', name: 'migratorydata' }, fields: ['kind', 'metadata', 'spec'] },
      { target: { kind: 'StatefulSet', name: 'migratorydata' }, fields: ['kind', 'metadata', 'spec'] },
      { target: { kind: 'Service', name: 'migratorydata-.*' }, fields: ['data'] },
      { target: { kind: 'HorizontalPodAutoscaler' }, fields: ['metadata'] },
    ]);
    expect([patches[0]?.text, patches[3]?.text]).toEqual([merge, operations]);
    expect(transformations).toEqual({ images: [{ name: 'migratorydata/server', newTag: '6.0.25' }] });
  });

  it.each(['kustomization.yml', 'Kustomization'])('is found by the name %s', async name => {
    await write(name, `patches: [{target: {kind: Service}, patch: '${operations.trim()}'}]`);
    expect((await readPatches(diskFiles, folder)).patches).toHaveLength(1);
  });

  it.each([
    ['a remote base', 'resources: [https://example.com/base]', 'has the fields resources, which are not used'],
    ['a base in the workspace', 'bases: [../base]', 'has the fields bases'],
    ['further components', 'components: [parts]', 'has the fields components'],
    ['generators and plugins', 'generators: [x]\nhelmCharts: []', 'has the fields generators, helmCharts'],
    ['two documents', 'images: []\n---\nimages: []', 'has 2 documents'],
    ['nothing', 'kind: Kustomization', 'has no list of patches'],
    ['patches that are no list', 'patches: {path: a.yaml}', 'has no list of patches'],
    ['a remote patch', 'patches: [{path: https://example.com/a.yaml}]', 'which is not in its folder'],
    ['a patch of Git', 'patches: [{path: git::ssh://example.com/a}]', 'which is not in its folder'],
    ['a patch above the folder', 'patches: [{path: parts/../../outside.yaml}]', 'which is not in its folder'],
    ['a patch at the root', 'patches: [{path: /etc/passwd}]', 'which is not in its folder'],
    ['a link out of the folder', 'patches: [{path: link.yaml}]', 'it is a link to a place outside of its folder'],
    ['a missing patch', 'patches: [{path: nowhere.yaml}]', 'ops/nowhere.yaml cannot be read'],
    ['a patch and a path', `patches: [{path: a.yaml, patch: x}]`, 'must have a path or a patch'],
    ['options of a patch', 'patches: [{path: a.yaml, options: {}}]', 'must have a path or a patch'],
    ['a patch without a target', `patches: [{patch: '${operations.trim()}'}]`, 'a list of JSON patches needs a target'],
    [
      'a patch that is no YAML',
      `patches: [{patch: 'hidden: ['}]`,
      'patches[0] of ops/kustomization.yaml cannot be read',
    ],
  ])('is refused with %s', async (_, text, reason) => {
    await kustomization(text);
    const said = await refusal();
    expect(said).toContain(reason);
    expect(said).not.toContain('hidden');
  });
});
