import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { KubernetesObject } from '../../../../src/kubernetes/api/types.js';
import { renderManifests } from '../../../../src/migratorydata/manifests/render-manifests.js';
import type { StatefulSetManifest } from '../../../../src/migratorydata/manifests/shapes.js';
import { firstSecretNames } from '../../../../src/migratorydata/secret-plan.js';
import { optionsVariable, parseOptions } from '../../../../src/migratorydata/server-options.js';
import { expandReferences } from '../../../lab/workload/environment.js';
import { defaults } from '../samples.js';
import { tutorialObjects, tutorialOptions } from './tutorial.js';

/** The rendered objects by the same names; the pod and its container are separate from the StatefulSet. */
function renderedObjects(): Readonly<Record<string, object>> {
  const files = renderManifests({
    deployment: defaults,
    replicas: defaults.replicas,
    sourceRanges: [],
    secretNames: firstSecretNames(defaults),
    autoscaling: { cpuPercent: 50 },
  });
  return Object.fromEntries(
    files.flatMap(({ object }) => (object.kind === 'StatefulSet' ? splitStatefulSet(object) : [named(object)])),
  );
}

function named(object: KubernetesObject): [string, object] {
  return [object.kind === 'Service' ? `Service ${object.metadata.name}` : object.kind, object];
}

function splitStatefulSet(object: KubernetesObject): [string, object][] {
  const statefulSet = object as StatefulSetManifest;
  const { template, ...spec } = statefulSet.spec;
  const { containers, ...pod } = template.spec;
  return [
    ['StatefulSet', { ...statefulSet, spec }],
    ['Pod', { metadata: template.metadata, spec: pod }],
    ['Container', containers[0] ?? {}],
  ];
}

/** All leaves by their path; list items are identified by their name if they have one. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (value === null || typeof value !== 'object') return new Map([[path, JSON.stringify(value)]]);
  const entries = Array.isArray(value)
    ? value.map((item: { readonly name?: string }, index) => [`${path}[${item.name ?? index}]`, item] as const)
    : Object.entries(value).map(([key, item]) => [path === '' ? key : `${path}.${key}`, item as unknown] as const);
  return new Map(entries.flatMap(([key, item]) => [...leaves(item, key)]));
}

interface Place {
  readonly object: string;
  readonly field: string;
}

function differences(): readonly Place[] {
  const rendered = renderedObjects();
  expect(Object.keys(rendered)).toEqual(Object.keys(tutorialObjects));
  return Object.entries(tutorialObjects).flatMap(([object, theirs]) => {
    const [before, after] = [leaves(theirs), leaves(rendered[object])];
    const fields = [...new Set([...before.keys(), ...after.keys()])];
    return fields.filter(field => before.get(field) !== after.get(field)).map(field => ({ object, field }));
  });
}

/** The rows of the first table of docs/manifests.md: object, field, and three more cells. */
function documented(): readonly (Place & { readonly cells: readonly string[] })[] {
  const text = readFileSync('docs/manifests.md', 'utf8');
  const table = /^\| Object \|.*\n\| --- .*\n((?:\|.*\n)+)/m.exec(text)?.[1] ?? '';
  return table
    .trim()
    .split('\n')
    .map(row => {
      const [, object = '', field = '', ...cells] = row.split('|').map(cell => cell.trim().replaceAll('`', ''));
      return { object, field, cells: cells.slice(0, -1) };
    });
}

const covers = (row: Place, { object, field }: Place): boolean =>
  (row.object === object || row.object === 'every object') &&
  (field === row.field || field.startsWith(`${row.field}.`) || field.startsWith(`${row.field}[`));
const show = ({ object, field }: Place): string => `${object}: ${field}`;

describe('the manifests and those of the tutorial', () => {
  it('differ only where docs/manifests.md gives a reason', () => {
    const rows = documented();
    expect(
      differences()
        .filter(place => !rows.some(row => covers(row, place)))
        .map(show),
    ).toEqual([]);
  });

  it('differ wherever docs/manifests.md says so', () => {
    const found = differences();
    expect(
      documented()
        .filter(row => !found.some(place => covers(row, place)))
        .map(show),
    ).toEqual([]);
  });

  it('have a reason for each difference', () => {
    for (const row of documented()) {
      expect([show(row), row.cells.length, row.cells.at(-1)?.length]).toEqual([show(row), 3, expect.any(Number)]);
      expect(row.cells.every(cell => cell !== '')).toBe(true);
    }
  });

  it('start each server with the same options, and two secrets of its own', () => {
    const { env } = renderedObjects()['Container'] as StatefulSetManifest['spec']['template']['spec']['containers'][0];
    const text = env.find(({ name }) => name === optionsVariable)?.value ?? '';
    const options = parseOptions(expandReferences(text, new Map([['POD_NAME', 'migratorydata-0']])));
    expect(Object.fromEntries(options)).toEqual({
      ...tutorialOptions,
      ClusterPassword: '$(SECRET_CLUSTER_PASSWORD)',
      EntitlementAllowToken: '$(SECRET_ENTITLEMENT_TOKEN)',
    });
  });
});
