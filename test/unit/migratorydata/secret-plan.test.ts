import { describe, expect, it } from '@jest/globals';
import type { Secret } from '../../../src/kubernetes/api/types.js';
import { generationsOf, nextSecret, readSecret } from '../../../src/migratorydata/secret-generations.js';
import {
  firstSecretNames,
  generatedValues,
  isGenerated,
  planSecrets,
  type SecretPlan,
} from '../../../src/migratorydata/secret-plan.js';
import { deploymentWith, secrets, stored } from './samples.js';

const key = { namespace: 'migratory', name: 'migratorydata' };
const series = { kind: 'server', name: key.name } as const;
const next = (
  existing: readonly Secret[],
  values: Readonly<Record<string, string>>,
  referred: readonly string[] = [],
): ReturnType<typeof nextSecret> =>
  nextSecret({ deployment: key, kind: 'server', values, annotations: {} }, existing, referred);

const plan = (
  values: Parameters<typeof planSecrets>[0]['secrets'],
  existing: readonly Secret[] = [],
  choices: Partial<Parameters<typeof planSecrets>[2]> = {},
): SecretPlan => planSecrets({ ...key, secrets: values }, existing, { generated: [], referred: [], ...choices });

describe('generations of a Secret', () => {
  it('start with an immutable one with the label of this project', () => {
    const { name, manifest } = next([], { a: 'b' });
    expect(name).toBe('migratorydata-secrets-1');
    expect(manifest).toMatchObject({
      kind: 'Secret',
      type: 'Opaque',
      immutable: true,
      data: { a: 'Yg==' },
      metadata: { namespace: 'migratory', labels: { 'app.kubernetes.io/managed-by': 'migratorydata-aks' } },
    });
  });

  it('stay the same with the same values, and increase when they change', () => {
    const first = next([], { a: 'b' }).manifest;
    const existing = first ? [stored(first)] : [];
    expect(next(existing, { a: 'b' })).toEqual({ name: 'migratorydata-secrets-1' });
    expect(next(existing, { a: 'c' }).name).toBe('migratorydata-secrets-2');
    expect(next(existing, { a: 'b', c: 'd' }).name).toBe('migratorydata-secrets-2');
  });

  it('return to the one that already has the values', () => {
    const first = next([], { a: 'b' }).manifest;
    const second = next(first ? [first] : [], { a: 'c' }).manifest;
    const existing = [first, second].flatMap(secret => secret ?? []);
    expect(next(existing, { a: 'b' })).toEqual({ name: 'migratorydata-secrets-1' });
  });

  it('are counted as numbers, and skip names that are in use', () => {
    const of = (name: string): Secret => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      data: { a: 'Yg==' },
    });
    const foreign = [of('migratorydata-secrets-9'), of('migratorydata-secrets-10'), of('migratorydata-secrets-x')];
    expect(next(foreign, { a: 'b' }).name).toBe('migratorydata-secrets-11');
    expect(generationsOf(series, foreign)).toEqual([]);
  });

  it('never reuse a name to which members may refer, although its Secret is gone', () => {
    expect(next([], { a: 'b' }, ['migratorydata-secrets-3', 'migratorydata-cluster-password-8']).name).toBe(
      'migratorydata-secrets-4',
    );
  });

  it('are listed latest first', () => {
    const existing = [2, 10, 1].map(generation => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: `migratorydata-secrets-${generation}`,
        labels: { 'app.kubernetes.io/managed-by': 'migratorydata-aks' },
      },
    }));
    expect(generationsOf(series, existing).map(({ metadata }) => metadata.name)).toEqual([
      'migratorydata-secrets-10',
      'migratorydata-secrets-2',
      'migratorydata-secrets-1',
    ]);
  });

  it('of a deployment are none of those of another one, whatever their names have in common', () => {
    const secretOf = (name: string): Secret => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'migratorydata-aks' } },
    });
    const existing = ['chat-secrets-1', 'chat-secrets-secrets-2', 'chat-registry-3', 'chat-secrets-04'].map(secretOf);
    const namesOf = (name: string): readonly string[] =>
      generationsOf({ kind: 'server', name }, existing).map(({ metadata }) => metadata.name);
    expect(['chat', 'chat-secrets', 'cha'].map(namesOf)).toEqual([['chat-secrets-1'], ['chat-secrets-secrets-2'], []]);
  });

  it('are read unchanged', () => {
    const { manifest } = next([], { a: 'ä b' });
    expect(manifest && readSecret(manifest, 'a')).toBe('ä b');
    expect(manifest && readSecret(manifest, 'b')).toBeUndefined();
  });
});

describe('the Secrets of a deployment', () => {
  it('contain the values, with the password separate from the rest', () => {
    const { names, manifests } = plan(secrets);
    expect(names).toEqual({
      server: 'migratorydata-secrets-1',
      clusterPassword: 'migratorydata-cluster-password-1',
      registry: 'migratorydata-registry-1',
    });
    expect(names).toEqual(firstSecretNames(deploymentWith({ secrets })));
    expect(manifests.map(({ type, data }) => [type, Object.keys(data)])).toEqual([
      ['Opaque', ['license-key', 'entitlement-token']],
      ['Opaque', ['cluster-password']],
      ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
    ]);
  });

  it('contain the credentials for image pulls', () => {
    const registry = plan(secrets).manifests[2];
    expect(JSON.parse((registry && readSecret(registry, '.dockerconfigjson')) ?? '')).toEqual({
      auths: {
        'registry.example': {
          username: 'puller',
          password: 'pull-0123456789',
          auth: Buffer.from('puller:pull-0123456789').toString('base64'),
        },
      },
    });
  });

  it('are unchanged by a deployment with the same values', () => {
    const existing = plan(secrets).manifests.map(stored);
    expect(plan(secrets, existing)).toEqual({ names: plan(secrets).names, manifests: [] });
  });

  it('keep the Secret of the password when only the license changes', () => {
    const existing = plan(secrets).manifests.map(stored);
    expect(plan({ ...secrets, licenseKey: 'another-0123456789' }, existing).names).toMatchObject({
      server: 'migratorydata-secrets-2',
      clusterPassword: 'migratorydata-cluster-password-1',
    });
  });

  it('tell which of their values no user knows', () => {
    const { manifests } = plan(secrets, [], { generated: ['entitlementToken'] });
    const [server, password] = manifests;
    expect(server && ['license-key', 'entitlement-token'].map(name => isGenerated(server, name))).toEqual([
      false,
      true,
    ]);
    expect(password && isGenerated(password, 'cluster-password')).toBe(false);
    expect(manifests.flatMap(generatedValues)).toEqual([secrets.entitlementToken]);
    const foreign = manifests.map(secret => ({ ...secret, metadata: { ...secret.metadata, labels: {} } }));
    expect(foreign.flatMap(generatedValues)).toEqual([]);
  });
});
