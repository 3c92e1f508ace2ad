import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { parse } from 'yaml';
import type { ActionError } from '../../../src/errors/action-error.js';
import { applyPatches, kustomization } from '../../../src/kubernetes/kustomize.js';
import { MemoryFiles, ScriptedRunner, fakePorts } from '../fakes.js';

const objects = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'ns' }, data: { password: 'aHVudGVyMg==' } },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'migratorydata', namespace: 'ns' } },
];
const patch = 'kind: StatefulSet\nmetadata: {name: migratorydata}\nspec: {minReadySeconds: 5}\n';
const signal = new AbortController().signal;

function portsWith(
  texts: Record<string, string>,
  runner = new ScriptedRunner(),
): ReturnType<typeof fakePorts> & { files: MemoryFiles; runner: ScriptedRunner } {
  const files = new MemoryFiles();
  for (const [path, text] of Object.entries(texts)) files.texts.set(path, text);
  return { ...fakePorts(), files, runner };
}

describe('patches', () => {
  it('start no process if there are none', async () => {
    const ports = portsWith({});
    expect(await applyPatches(ports, objects, '', signal)).toBe(objects);
    expect(ports.runner.commands).toEqual([]);
  });

  it('apply to all objects except Secrets, which are in no file, and leave no file behind', async () => {
    const written: string[] = [];
    const runner = new ScriptedRunner().on('kustomize', {
      stdout: 'kind: StatefulSet\nmetadata: {name: migratorydata}\nspec: {minReadySeconds: 5}\n',
    });
    const ports = portsWith({ '/p/b.yaml': patch, '/p/a.yml': patch, '/p/readme.md': 'x' }, runner);
    const write = ports.files.writeText.bind(ports.files);
    ports.files.writeText = (path, text, mode) => {
      written.push(text);
      return write(path, text, mode);
    };
    const patched = await applyPatches(ports, objects, '/p', signal);
    expect(patched.map(({ kind }) => kind)).toEqual(['StatefulSet', 'Secret']);
    expect(patched[0]).toMatchObject({ spec: { minReadySeconds: 5 } });
    expect(written).toHaveLength(4);
    expect(written.join()).not.toContain('aHVudGVyMg');
    expect([...ports.files.texts.keys()].filter(path => !path.startsWith('/p/'))).toEqual([]);
  });

  it('are read as they were written, by kustomize, from files of any extension that are named', async () => {
    const written: string[] = [];
    const first = `${patch}# 0400 is octal\n`;
    const runner = new ScriptedRunner().on('kustomize', { stdout: patch });
    const ports = portsWith(
      { '/p/two.txt': `${first}---\n${patch}`, '/p/.git/x.yaml': 'x', '/q/A.YAML': patch },
      runner,
    );
    const write = ports.files.writeText.bind(ports.files);
    ports.files.writeText = (path, text, mode) => {
      written.push(text);
      return write(path, text, mode);
    };
    await applyPatches(ports, objects, '/p/two.txt', signal);
    expect(written.slice(1, 3)).toEqual([first, `---\n${patch}`]);
    await applyPatches(ports, objects, '/q', signal);
    expect(written[5]).toBe(patch);
  });

  it('do not need the namespace, because each has an explicit target', () => {
    const target = { kind: 'StatefulSet', name: 'migratorydata' };
    const files = kustomization(objects, {
      patches: [{ source: '/p/x.json', target, fields: [], text: '{}' }],
      transformations: {},
    });
    expect(parse(files.at(-1)?.text ?? '')).toMatchObject({
      resources: ['objects.yaml'],
      patches: [{ path: '1-x.yaml', target: { kind: 'StatefulSet', name: 'migratorydata' } }],
    });
  });

  it.each([
    ['a missing path', {}, '/p', '/p does not exist'],
    ['a folder without patches', { '/p/readme.md': 'x' }, '/p', 'contains no file'],
    [
      'a folder in the folder',
      { '/p/a.yaml': patch, '/p/base/b.yaml': patch, '/p/prod/c.yaml': patch },
      '/p',
      'patches: /p contains folders, which are not read: base, prod. Move their files up, or name one folder.',
    ],
    [
      'a file that is not YAML',
      { '/p/a.yaml': 'a: 1\nb:\n  - [x' },
      '/p',
      'patches: /p/a.yaml cannot be read: line 3, column 7 is not valid YAML (bad indent).',
    ],
    [
      'a document that does not identify an object',
      { '/p/a.yaml': 'spec: {}' },
      '/p/a.yaml',
      'does not identify an object',
    ],
    [
      'an unknown object',
      { '/p/a.yaml': 'kind: Deployment\nmetadata: {name: x}' },
      '/p',
      'Deployment x (/p/a.yaml) does not exist; these objects can be patched: StatefulSet migratorydata',
    ],
    ['a Secret', { '/p/a.yaml': 'kind: Secret\nmetadata: {name: s}' }, '/p', 'Secret s (/p/a.yaml) does not exist'],
  ])('are rejected for %s', async (_, texts, path, text) => {
    const result = applyPatches(portsWith(texts), objects, path, signal);
    await expect(result).rejects.toMatchObject({
      code: 'patches-failed',
      message: expect.stringContaining(text) as unknown,
    });
  });

  it.each([
    'authorization: Bearer s3cr3t: x',
    '{"token": "s3cr3t',
    'a: *s3cr3t',
    '%s3cr3t\n---\na: [',
    's3cr3t: 1\ns3cr3t: 2',
    '@s3cr3t',
  ])('show nothing of a file that is not what it should be: %s', async content => {
    const result = applyPatches(portsWith({ '/p/a.yaml': content }), objects, '/p', signal);
    const error = await result.catch((thrown: unknown) => thrown as ActionError);
    expect(error).toMatchObject({ code: 'patches-failed', message: expect.stringContaining('/p/a.yaml') });
    expect(inspect(error, { depth: 9 })).not.toContain('s3cr3t');
  });

  it('show nothing of what kustomize has printed', async () => {
    const runner = new ScriptedRunner().on('kustomize', { stdout: 'a: s3cr3t: x' });
    const result = applyPatches(portsWith({ '/p/a.yaml': patch }, runner), objects, '/p', signal);
    await expect(result).rejects.toMatchObject({
      code: 'patches-failed',
      message:
        'patches: the output of kubectl kustomize cannot be read: line 1, column 4 is not valid YAML (block as implicit key).',
    });
  });

  it.each([
    ['before', `WARNING: there is a newer version\n${patch}`],
    ['after', `${patch}WARNING: there is a newer version\n`],
    ['as a document', `hello\n---\n${patch}`],
  ])('take no line that a wrapper of kubectl prints %s the manifests for a part of them', async (_, stdout) => {
    const runner = new ScriptedRunner().on('kustomize', { stdout });
    const result = applyPatches(portsWith({ '/p/a.yaml': patch }, runner), objects, '/p', signal);
    await expect(result).rejects.toMatchObject({
      code: 'patches-failed',
      hint: expect.stringContaining('what else prints on the standard output of kubectl'),
    });
  });

  it('fail with the message of kustomize', async () => {
    const runner = new ScriptedRunner().on('kustomize', { code: 1, stderr: 'error: unable to parse SM or JSON patch' });
    const result = applyPatches(portsWith({ '/p/a.yaml': patch }, runner), objects, '/p', signal);
    await expect(result).rejects.toMatchObject({
      code: 'patches-failed',
      message: expect.stringContaining('unable to parse') as unknown,
    });
  });
});
