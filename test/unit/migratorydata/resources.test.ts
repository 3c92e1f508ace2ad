import { describe, expect, it } from '@jest/globals';
import { renderHeadlessService } from '../../../src/migratorydata/manifests/headless-service.js';
import { readInventory, renderInventory } from '../../../src/migratorydata/resource-inventory.js';
import {
  isResource,
  nameOf,
  prepareResources,
  type Resource,
  secretValuesIn,
  withResourceDigest,
} from '../../../src/migratorydata/resources.js';
import { statefulSetOf } from './samples.js';

const deployment = { namespace: 'migratory', name: 'chat' };

type Fields = Readonly<Record<string, unknown>>;
const object = (kind: string, name: string, more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...more,
});
const prepare = (...contents: readonly unknown[]): readonly Resource[] =>
  prepareResources(
    contents.map(content => ({ source: 'ops/a.yaml', content, text: '' })),
    deployment,
    [renderHeadlessService(deployment)],
  );

describe('further objects', () => {
  it('get our labels and the namespace, and come before those that refer to them', () => {
    const labels = { team: 'shop' };
    const given = object('ConfigMap', 'a', { metadata: { name: 'a', namespace: 'migratory', labels } });
    const ready = prepare(object('Ingress', 'web'), given, object('ServiceAccount', 'a'));
    expect(ready.map(({ object: { kind } }) => kind)).toEqual(['ServiceAccount', 'ConfigMap', 'Ingress']);
    expect(ready[1]?.object.metadata).toEqual({
      name: 'a',
      namespace: 'migratory',
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'migratorydata-aks', 'migratorydata-aks/resource': 'chat' },
    });
    expect(ready.every(({ object: made }) => isResource(made, 'chat'))).toBe(true);
    // Neither a deployment beside it nor an object of the deployment itself.
    expect(ready.some(({ object: made }) => isResource(made, 'news'))).toBe(false);
    expect(isResource(renderHeadlessService(deployment), 'chat')).toBe(false);
  });

  it.each<[string, Fields | null]>([
    ['has no valid apiVersion, kind and metadata.name', { kind: 'ConfigMap', metadata: { name: 'a' } }],
    ['has no valid apiVersion, kind and metadata.name', object('ConfigMap', '../pods/x')],
    ['has no valid apiVersion, kind and metadata.name', object('ConfigMap', 'a', { apiVersion: 'v1/../../x' })],
    ['has no valid apiVersion, kind and metadata.name', null],
    ['is for namespace other and not migratory', object('Pod', 'a', { metadata: { name: 'a', namespace: 'other' } })],
    ['is an object of the deployment itself', object('Service', 'chat-hs')],
    ['has a name that the action uses itself', object('ConfigMap', 'migratorydata-aks-mark')],
    ['has a name that the action uses itself', object('Secret', 'chat-secrets-2')],
  ])('are refused: %s', (reason, content) => {
    expect(() => prepare(content)).toThrow(reason);
    expect(() => prepare(content)).toThrow(expect.objectContaining({ code: 'resources-failed' }));
  });

  it('have one place each', () => {
    expect(() => prepare(object('ConfigMap', 'a'), object('ConfigMap', 'a'))).toThrow('is also in ops/a.yaml');
  });

  it('change the template of the members only where these use them', () => {
    const used = (level: string): readonly Resource[] =>
      prepare(object('Secret', 'audit', { data: { level } }), object('ConfigMap', 'other', { data: { level } }));
    const set = statefulSetOf({ secretOpts: [{ parameter: 'X', secret: 'audit', key: 'level' }] });
    const digestOf = (resources: readonly Resource[]): unknown =>
      withResourceDigest(set, resources).spec.template.metadata?.annotations?.['migratorydata-aks/resources'];
    expect(digestOf(used('a'))).toMatch(/^[0-9a-f]{16}$/);
    expect(digestOf(used('a'))).toBe(digestOf(used('a')));
    expect(digestOf(used('a'))).not.toBe(digestOf(used('b')));
    expect(digestOf(used('a').slice(1))).toBeUndefined();
  });

  it('are found in every place where a pod may refer to them', () => {
    const places: readonly Fields[] = [
      { volumes: [{ name: 'v', secret: { secretName: 'a' } }] },
      { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'a' } }] } }] },
      { containers: [{ envFrom: [{ secretRef: { name: 'a' } }] }] },
      { initContainers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'k' } } }] }] },
    ];
    for (const spec of places) {
      const set = statefulSetOf();
      const other = { ...set, spec: { ...set.spec, template: { ...set.spec.template, spec } } };
      const { template } = withResourceDigest(other as unknown as typeof set, prepare(object('Secret', 'a'))).spec;
      expect(template.metadata?.annotations).toHaveProperty(['migratorydata-aks/resources']);
    }
  });

  it('have values to hide if they are Secrets', () => {
    const data = { a: Buffer.from('from-data').toString('base64') };
    const secret = object('Secret', 'a', { data, stringData: { b: 'from-text' } });
    expect(secretValuesIn(prepare(secret, object('ConfigMap', 'b', { data: { c: 'public' } })))).toEqual([
      'from-data',
      'from-text',
    ]);
  });

  it('are listed in an inventory, of which only names of objects are believed', () => {
    const names = prepare(object('ConfigMap', 'a'), object('Secret', 'b')).map(({ object: made }) => nameOf(made));
    expect(readInventory(renderInventory(deployment, names).data)).toEqual(names);
    const planted = [...names, { apiVersion: 'v1', kind: 'Pod', name: '../x' }, 'x', { apiVersion: '../v1' }, null];
    expect(readInventory({ objects: JSON.stringify(planted) })).toEqual(names);
    for (const text of ['{', '{}', '3']) expect(readInventory({ objects: text })).toEqual([]);
    expect(readInventory(undefined)).toEqual([]);
  });
});
