import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { configSections } from '../../../src/inputs/config-sections.js';
import { inputNames } from '../../../src/inputs/input-defaults.js';
import { configProblems, load, readWithConfig, workspaceWith } from './config.js';
import { actionFile, requestFor } from './read.js';
import { wrongConfigs } from './wrong-configs.js';

const schema = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('schema/config.schema.json', 'utf8')) as object,
);
const start = 'configVersion: 1\n';
const examples = readdirSync('examples/config')
  .filter(name => name.endsWith('.yaml'))
  .map(name => ({ name, text: readFileSync(`examples/config/${name}`, 'utf8') }));

describe('a config file', () => {
  it('has lists, maps and plain values as an input has texts', async () => {
    const text = `${start}
deployment: { replicas: 4, rest: true, server-options: { LogLevel: DEBUG } }
exposure:
  source-ranges: [203.0.113.0/24, runner]
azure:
  kubernetes-version: 1.30
  zones: [1, 3]
  tags: { team: messaging, cost: 7 }
scale: # nothing here
chaos: { max-outage: 5s, min-availability: 99.5 }
`;
    const { request } = await readWithConfig(text, { operation: 'e2e' });
    expect(request).toMatchObject({
      deployment: { replicas: 4, rest: true, extraOpts: '-DLogLevel=DEBUG' },
      cluster: { kubernetesVersion: '1.30', zones: ['1', '3'], tags: { team: 'messaging', cost: '7' } },
      chaos: { limits: { maxOutageMs: 5_000, minAvailability: 99.5 } },
    });
    expect(request).toMatchObject({ deployment: { exposure: { sourceRanges: ['203.0.113.0/24', 'runner'] } } });
    expect(schema(parse(text))).toBe(true);
  });

  it('loses against an input that was given, also if it is the default', async () => {
    const text = `${start}deployment:\n  replicas: 4\n  memory: 256MB\n  rest: true\n`;
    const given = { operation: 'deploy', replicas: '3', options: 'memory=512MB' };
    const { request, warnings } = await readWithConfig(text, given);
    expect(request).toMatchObject({ deployment: { replicas: 3, memory: '512MB', rest: true } });
    expect(warnings).toEqual([]);
  });

  it('is over the defaults, but not with what is empty or null', async () => {
    const text = `${start}deployment:\n  replicas:\n  memory: null\n  image: ''\n  max-replicas: 7\n`;
    const { request } = await readWithConfig(text, { operation: 'deploy', 'max-replicas': '' });
    const { deployment } = requestFor('deploy', { 'max-replicas': '7' });
    const config = { path: '.github/migratorydata.yml', digest: expect.any(String) };
    expect(request).toMatchObject({ deployment: { ...deployment, config } });
  });

  it.each([
    [{ 'max-vcpus': '6' }, 6],
    [{ 'max-vcpus': '20' }, 8],
    [{}, 8],
  ])('limits the cost also against %j', async (given, maxVcpus) => {
    const { request } = await readWithConfig(`${start}azure: { max-vcpus: 8 }\n`, { operation: 'create', ...given });
    expect(request).toMatchObject({ cluster: { maxVcpus } });
  });

  it('may describe what this cluster does not need', async () => {
    const text = `${start}azure: { location: westeurope }\nexposure: { source-ranges: [203.0.113.0/24] }\n`;
    const given = { operation: 'deploy', provider: 'kubeconfig', kubeconfig: 'k', 'service-type': 'node-port' };
    expect(await configProblems(text, given)).toEqual([]);
    expect(await configProblems(`${text.slice(0, -2)}, service-type: node-port }\n`, { operation: 'render' })).toEqual([
      expect.stringMatching(/:3:28 exposure\.source-ranges ".*": has no effect with service-type node-port; /),
    ]);
  });

  it.each(wrongConfigs.map(wrong => [wrong.mistake, wrong] as const))('is refused with %s', async (_, wrong) => {
    expect(await configProblems(wrong.text)).toEqual(wrong.problems);
  });

  it('is refused when it is too long, at once with the problems of the inputs', async () => {
    const text = `${start}# ${'x'.repeat(65_536)}\n`;
    expect(await configProblems(text, { timeout: '90' })).toEqual([
      '.github/migratorydata.yml: has more than 65536 characters; remove what the action does not read.',
      'timeout "90": must be a duration; write it as 90s, 10m or 1h30m.',
    ]);
  });

  it('must not name a file outside of the workspace by a link', async () => {
    const files = workspaceWith(`${start}deployment: { patches: deploy/patches }\n`);
    files.links.set('/workspace/deploy', '/etc');
    expect((await load(files)).problems.map(({ rule }) => rule)).toEqual([
      'must stay inside the workspace, links included',
    ]);
  });
});

describe('the schema of the config file', () => {
  it('has the inputs that the action reads from it', () => {
    const { properties } = JSON.parse(readFileSync('schema/config.schema.json', 'utf8')) as {
      properties: Record<string, { properties?: object }>;
    };
    const sections = Object.entries(properties).filter(([name]) => name !== 'configVersion');
    expect(sections.map(([name, section]) => [name, Object.keys(section.properties ?? {})])).toEqual(
      Object.entries(configSections),
    );
    expect(
      Object.values(configSections)
        .flat()
        .filter(name => !inputNames.includes(name)),
    ).toEqual([]);
  });

  it('accepts the defaults and the examples', () => {
    const defaults = Object.entries(configSections).map(([section, names]) => [
      section,
      Object.fromEntries(names.map(name => [name, actionFile.inputs[name]?.default])),
    ]);
    const text = JSON.stringify({ configVersion: 1, ...Object.fromEntries(defaults) });
    const typed = text.replaceAll(/"(\d+|true|false)"/g, '$1').replaceAll('""', 'null');
    expect([schema(JSON.parse(typed)), schema.errors]).toEqual([true, null]);
    for (const example of examples) {
      expect([example.name, schema(parse(example.text)), schema.errors]).toEqual([example.name, true, null]);
    }
  });

  it('refuses what the action refuses by the shape alone', () => {
    const shapes = wrongConfigs.filter(({ mistake }) => /section|key$|where it is|secret|version|kind/.test(mistake));
    expect(shapes.length).toBeGreaterThan(6);
    expect(shapes.filter(({ text }) => schema(parse(text))).map(({ mistake }) => mistake)).toEqual([]);
  });
});

it.each(['README.md', 'docs/config.md'])('the file in %s is read without a problem', async path => {
  const [, text = ''] = /```yaml\n((?:#.*\n)?configVersion:[^`]*)```/.exec(readFileSync(path, 'utf8')) ?? [];
  expect(text).toContain('deployment:');
  expect(await configProblems(text, { operation: 'e2e' })).toEqual([]);
});

describe('an example', () => {
  const kind = { provider: 'kubeconfig', kubeconfig: 'k', 'service-type': 'node-port' };

  it.each(examples)('is read without a problem, for a step on kind and for AKS: $name', async ({ name, text }) => {
    for (const operation of ['deploy', 'scale', 'chaos', 'verify']) {
      expect(await configProblems(text, { operation, ...kind })).toEqual([]);
    }
    if (name !== 'kind.yaml') expect(await configProblems(text, { operation: 'e2e' })).toEqual([]);
  });
});
