import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseForeignYaml, writeYaml } from '../../../src/runtime/yaml.js';
import { locateTools, type Tools } from '../tools/locate-tools.js';
import { runTool } from '../tools/run.js';
import { hangMs } from './support/limits.js';

jest.setTimeout(hangMs);

/** Each run of a property starts a process, so few runs look at many values each. */
const runs = { numRuns: 12 };
const many = { minLength: 60, maxLength: 60 };

let folder: string;
let tools: Tools;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yaml-'));
  tools = await locateTools(() => undefined);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Manifest {
  readonly data: Readonly<Record<string, unknown>>;
}

async function save(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** Returns the object of a manifest as kubectl sends it to the API server, which is not asked. */
async function byKubectl(text: string): Promise<Manifest> {
  const file = await save('object.yaml', text);
  const argv = ['label', '--local', '-f', file, 'read=here', '-o', 'json'];
  return JSON.parse(
    await runTool(tools.kubectl, argv, { env: { PATH: process.env['PATH'], HOME: folder } }),
  ) as Manifest;
}

/** Returns the object of a manifest as kustomize understands it. */
async function byKustomize(text: string): Promise<Manifest> {
  await save('object.yaml', text);
  await save('kustomization.yaml', 'resources: [object.yaml]\n');
  return parseForeignYaml(await runTool(tools.kubectl, ['kustomize', folder]))[0]?.value as Manifest;
}

/** Returns the object of a manifest in a reader of YAML 1.1, which is in the Python of az. */
async function byPython(text: string): Promise<Manifest> {
  const script = 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding="utf-8")), sys.stdout)';
  const file = await save('object.yaml', text);
  const az = process.env['LAB_AZ'] ?? tools.az;
  return JSON.parse(await runTool(join(dirname(az), 'python'), ['-c', script, file])) as Manifest;
}

const header = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'values' } };

describe('a manifest of the action', () => {
  const awkward = fc.string({
    unit: fc.constantFrom(...Array.from(' \n\t:#-?.,[]{}&*!|>%@`\'"\\0178_oxeEyYnN~=<\u0085\u2028a')),
  });
  const words = fc.constantFrom('on', 'No', 'y', '~', 'null', '<<', '=', '.inf', '1:30', '0400', '-0o17', '2026-01-02');
  const text = fc.oneof(fc.string({ unit: 'binary' }), awkward, words).filter(found => found !== '__proto__');

  it.each([
    ['kubectl', byKubectl],
    ['a reader of YAML 1.1', byPython],
  ])('has the same texts, as keys and as values, in %s', async (_, read) => {
    const property = fc.asyncProperty(fc.array(text, many), async texts => {
      const data = Object.fromEntries(texts.map(found => [found, found]));
      expect((await read(writeYaml({ ...header, data }))).data).toEqual(data);
    });
    await fc.assert(property, runs);
  });

  it('has the same texts, as values, in kustomize', async () => {
    // kustomize writes some characters of YAML 1.1 in a way that it cannot read itself.
    const readable = text.map(found => found.replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, ''));
    const property = fc.asyncProperty(fc.array(readable, many), async texts => {
      const data = Object.fromEntries(texts.map((found, index) => [`k${index}`, found]));
      expect((await byKustomize(writeYaml({ ...header, data }))).data).toEqual(data);
    });
    await fc.assert(property, runs);
  });
});

describe('a manifest of a user', () => {
  const scalar = fc.oneof(
    fc.constantFrom('y', 'Y', 'yes', 'Yes', 'YES', 'yEs', 'on', 'On', 'n', 'no', 'NO', 'off', 'Off', 'True', 'FALSE'),
    fc.constantFrom('~', 'null', 'Null', 'nULL', '', '"0400"', "'on'", '!!str on', '!!int 0x1F', '!!float 5', '1e999'),
    fc.stringMatching(/^[-+]?\d[\d_]{0,9}$/),
    fc.stringMatching(/^[-+]?0[xXoObB]?[\da-fA-F_]{1,9}$/),
    fc.stringMatching(/^[-+]?[\d_]{0,4}\.[\d_]{0,4}(?:[eE][-+]?\d{1,2})?$/),
    fc.stringMatching(/^\d{1,3}(?::[0-5]?\d){1,2}$/),
    fc.stringMatching(/^20\d\d-[01]?\d-[0-3]?\d(?:[Tt ][0-2]\d:[0-5]\d:[0-5]\d(?:Z|\+01:00)?)?$/),
  );
  const textOf = (lines: readonly string[]): string =>
    ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: values}', 'data:', ...lines, ''].join('\n');

  it('means what it means to kubectl', async () => {
    const property = fc.asyncProperty(fc.array(scalar, many), async scalars => {
      const text = textOf(scalars.map((found, index) => `  k${index}: ${found}`));
      expect((parseForeignYaml(text)[0]?.value as Manifest).data).toEqual((await byKubectl(text)).data);
    });
    await fc.assert(property, runs);
  });

  it.each([
    ['keys that are words and numbers', ['  on: a', '  1_000: b', '  0x10: c', '  -5: d']],
    ['a key twice', ['  a: 1', '  a: 2']],
    ['a merge key and anchors', ['  base: &b {x: 0400, y: on}', '  more: {<<: *b, x: 2}', '  same: *b']],
    ['merge keys in a list', ['  one: &o {x: 1}', '  two: &t {x: 2, z: 3}', '  all: {<<: [*o, *t]}']],
    ['blocks', ['  a: |', '    0400', '  b: >-', '    on', '    off', '  c: |+', '    x', '']],
    ['types', ['  a: !!binary aGVsbG8=', '  b: !!timestamp 2026-01-02', '  c: !mine 5', '  d: !!set {e, f}']],
    ['other line ends', ['  a: 0400\r', '  b: on\r']],
  ])('means what it means to kubectl: %s', async (_, lines) => {
    const text = textOf(lines);
    expect(parseForeignYaml(text)[0]?.value).toMatchObject({ data: (await byKubectl(text)).data });
  });
});
