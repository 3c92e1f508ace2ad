import { describe, expect, it } from '@jest/globals';
import type { Secret } from '../../../src/kubernetes/types.js';
import { generationsOf, nextSecret, readSecret } from '../../../src/migratorydata/secret-generations.js';
import { firstSecretNames, planSecrets, readToken, type SecretPlan } from '../../../src/migratorydata/secret-plan.js';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { deploymentWith, secrets, stored } from './samples.js';

const series = { kind: 'server', name: 'migratorydata' } as const;
const random = 'random-0123456789';
const next = (existing: readonly Secret[], values: Readonly<Record<string, string>>): ReturnType<typeof nextSecret> =>
  nextSecret({ namespace: 'migratory', name: 'migratorydata' }, 'server', existing, values);

/** Plans deployments one after the other in one namespace; returns the last plan and all Secrets. */
function deployAll(...deployments: readonly Partial<Deployment>[]): { plan: SecretPlan; existing: readonly Secret[] } {
  let existing: readonly Secret[] = [];
  let plan: SecretPlan = { names: {}, manifests: [] };
  for (const [index, changes] of deployments.entries()) {
    plan = planSecrets(deploymentWith(changes), existing, `${random}-${index}`);
    existing = [...existing, ...plan.manifests.map(stored)];
  }
  return { plan, existing };
}

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
  it('are none by default', () => {
    expect(deployAll({}).plan).toEqual({ names: {}, manifests: [] });
  });

  it('contain the given values, with the password separate from the rest', () => {
    const { names, manifests } = deployAll({ secrets }).plan;
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
    const [registry] = deployAll({ secrets: { registryCredentials: secrets.registryCredentials } }).plan.manifests;
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
    expect(deployAll({ secrets }, { secrets }).plan.manifests).toEqual([]);
  });

  it('keep the Secret of the password when only the license changes', () => {
    const { names } = deployAll({ secrets }, { secrets: { ...secrets, licenseKey: 'another-0123456789' } }).plan;
    expect(names).toMatchObject({
      server: 'migratorydata-secrets-2',
      clusterPassword: 'migratorydata-cluster-password-1',
    });
  });
});

describe('the token of the REST interface', () => {
  it('is generated once and kept by later deployments', () => {
    const { plan, existing } = deployAll({ rest: true }, { rest: true }, { rest: true, image: 'other:1' });
    expect(plan).toEqual({ names: { server: 'migratorydata-secrets-1' }, manifests: [], token: `${random}-0` });
    expect(existing.map(readToken)).toEqual([`${random}-0`]);
  });

  it('is kept when a license is added', () => {
    const { plan } = deployAll({ rest: true }, { rest: true, secrets: { licenseKey: secrets.licenseKey } });
    expect(plan.names.server).toBe('migratorydata-secrets-2');
    expect(plan.token).toBe(`${random}-0`);
  });

  it('is the one that the user sets', () => {
    expect(deployAll({ rest: true, secrets }).plan.token).toBe(secrets.entitlementToken);
  });

  it('is a new one when the user removes the given one, which others may know', () => {
    expect(deployAll({ rest: true, secrets }, { rest: true }).plan.token).toBe(`${random}-1`);
  });
});
