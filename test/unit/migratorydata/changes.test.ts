import { describe, expect, it } from '@jest/globals';
import { toActionError } from '../../../src/errors/action-error.js';
import type { StatefulSet } from '../../../src/kubernetes/api/types.js';
import {
  acceptSameRequests,
  changeAsRendered,
  changeBetween,
  type DeploymentChange,
  needsFullRestart,
} from '../../../src/migratorydata/changes.js';
import { contains } from '../../../src/migratorydata/contains.js';
import type { StatefulSetManifest } from '../../../src/migratorydata/manifests/shapes.js';
import { renderStatefulSet } from '../../../src/migratorydata/manifests/stateful-set.js';
import { firstSecretNames } from '../../../src/migratorydata/secret-plan.js';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { stampTemplate } from '../../../src/migratorydata/template-stamp.js';
import { deploymentWith, live, secrets, statefulSetOf } from './samples.js';

/** The change without a dry run. */
const change = (before: StatefulSet, after: StatefulSet, allowFullRestart = false): DeploymentChange =>
  needsFullRestart(before, after, { allowFullRestart }) ? 'full-restart' : changeAsRendered(before, after);

const running = live(statefulSetOf());

function refusalOf(before: StatefulSet, after: StatefulSet): string {
  try {
    return change(before, after);
  } catch (error) {
    const { code, message } = toActionError(error);
    return `${code}: ${message}`;
  }
}

const withSecrets = (server: string, clusterPassword: string): StatefulSet => {
  const secretNames = { server, clusterPassword };
  const deployment = deploymentWith({
    secrets: { licenseKey: secrets.licenseKey, clusterPassword: secrets.clusterPassword },
  });
  return renderStatefulSet(deployment, { replicas: 3, partition: 0, secretNames });
};

describe('changeAsRendered', () => {
  it('returns none for the same deployment, regardless of fields that the server and others have added', () => {
    expect(change(running, statefulSetOf())).toBe('none');
  });

  it('returns in-place if the template is the same', () => {
    expect(change(running, statefulSetOf({}, { partition: 3 }))).toBe('in-place');
    expect(change(running, statefulSetOf({}, { replicas: 5 }))).toBe('in-place');
  });

  it.each<[string, Partial<Deployment>]>([
    ['the image', { image: 'migratorydata/server:6.0.25' }],
    ['the memory', { memory: '256MB' }],
    ['an option', { extraOpts: '-DLogLevel=DEBUG' }],
    ['the REST interface', { rest: true }],
    ['the distribution of members', { podSpread: 'required' }],
  ])('returns rolling for a change of %s', (_, changes) => {
    expect(change(running, statefulSetOf(changes))).toBe('rolling');
    expect(change(live(statefulSetOf(changes)), statefulSetOf())).toBe('rolling');
  });

  it('returns rolling if a field is no longer rendered', () => {
    const before = live(statefulSetOf({ secrets: { registryCredentials: secrets.registryCredentials } }));
    expect(change(before, statefulSetOf())).toBe('rolling');
  });

  it('returns rolling if the live template was changed manually', () => {
    const edited = live(statefulSetOf({ image: 'somebody/else:1' }));
    const stamp = statefulSetOf().metadata.annotations ?? {};
    expect(change({ ...edited, metadata: { ...edited.metadata, annotations: stamp } }, statefulSetOf())).toBe(
      'rolling',
    );
  });

  it('returns rolling if a former run ended during an update', () => {
    const halfway = live(statefulSetOf(), { currentRevision: 'migratorydata-1', updateRevision: 'migratorydata-2' });
    expect(change(halfway, statefulSetOf())).toBe('rolling');
  });

  it('returns rolling for a new license key, because the Secret has another name', () => {
    const before = live(withSecretsManifest('migratorydata-secrets-1'));
    expect(change(before, withSecrets('migratorydata-secrets-2', 'migratorydata-cluster-password-1'))).toBe('rolling');
  });
});

function withSecretsManifest(server: string): Parameters<typeof live>[0] {
  return withSecrets(server, 'migratorydata-cluster-password-1') as Parameters<typeof live>[0];
}

describe('changeBetween', () => {
  const withSpec = (more: Partial<StatefulSet['spec']>): StatefulSet => ({
    ...running,
    spec: { ...running.spec, ...more },
  });

  it('returns none for what the API server would not change, whatever was rendered, and whatever it counts', () => {
    const metadata = { ...running.metadata, generation: 2, resourceVersion: '18' };
    const stamp = { 'migratorydata-aks/template': 'another' };
    const applied = { ...running, metadata: { ...metadata, annotations: stamp }, status: {} };
    expect(changeBetween(running, applied)).toBe('none');
    expect(changeBetween(running, JSON.parse(JSON.stringify(running)) as StatefulSet)).toBe('none');
  });

  it('returns rolling for another template, or after an interrupted update', () => {
    const { template } = running.spec;
    const applied = withSpec({ template: { ...template, spec: { ...template.spec, dnsPolicy: 'Default' } } });
    expect(changeBetween(running, applied)).toBe('rolling');
    const halfway = live(statefulSetOf(), { currentRevision: 'migratorydata-1', updateRevision: 'migratorydata-2' });
    expect(changeBetween(halfway, halfway)).toBe('rolling');
  });

  it('returns in-place for anything else', () => {
    expect(changeBetween(running, withSpec({ replicas: 5 }))).toBe('in-place');
    expect(changeBetween(running, withSpec({ minReadySeconds: 1 }))).toBe('in-place');
    const labels = { ...running.metadata.labels, team: 'shop' };
    expect(changeBetween(running, { ...running, metadata: { ...running.metadata, labels } })).toBe('in-place');
  });
});

describe('a change that causes different member lists', () => {
  it.each<[string, Partial<Deployment>, string]>([
    ['seed-members', { seedMembers: 5, minReplicas: 5, replicas: 5 }, 'seed-members (3, then 5)'],
    ['max-replicas', { maxReplicas: 7 }, 'max-replicas (5, then 7)'],
    ['cluster-domain', { clusterDomain: 'corp.example' }, 'cluster-domain (cluster.local, then corp.example)'],
    [
      'the delivery mode',
      { extraOpts: '-DClusterDeliveryMode=Standard' },
      'the delivery mode (Guaranteed, then Standard)',
    ],
  ])('of %s is rejected unless a full restart is allowed', (_, changes, difference) => {
    expect(refusalOf(running, statefulSetOf(changes))).toMatch(/^full-restart-needed: /);
    expect(refusalOf(running, statefulSetOf(changes))).toContain(difference);
    expect(change(running, statefulSetOf(changes), true)).toBe('full-restart');
  });

  it('reports all differences', () => {
    const refusal = refusalOf(running, statefulSetOf({ maxReplicas: 9, clusterDomain: 'corp.example' }));
    expect(refusal).toContain('max-replicas');
    expect(refusal).toContain('cluster-domain');
  });

  it('includes the first password after that of the image', () => {
    const { containers, ...pod } = running.spec.template.spec as StatefulSetManifest['spec']['template']['spec'];
    const [container] = containers;
    const env = container?.env.filter(({ name }) => name !== 'SECRET_CLUSTER_PASSWORD');
    const template = { ...running.spec.template, spec: { ...pod, containers: [{ ...container, env }] } };
    expect(refusalOf({ ...running, spec: { ...running.spec, template } }, statefulSetOf())).toContain(
      'cluster-password (none, then in Secret migratorydata-cluster-password-1)',
    );
  });

  it('includes a new password, which has a new Secret name', () => {
    const before = live(withSecretsManifest('migratorydata-secrets-1'));
    const after = withSecrets('migratorydata-secrets-1', 'migratorydata-cluster-password-2');
    expect(refusalOf(before, after)).toContain(
      'cluster-password (in Secret migratorydata-cluster-password-1, then in Secret migratorydata-cluster-password-2)',
    );
  });
});

describe('a change that Kubernetes does not allow', () => {
  const patched = (spec: Partial<StatefulSet['spec']>): StatefulSet => {
    const wanted = statefulSetOf();
    return stampTemplate({ ...wanted, spec: { ...wanted.spec, ...spec } });
  };

  it.each<[string, Partial<StatefulSet['spec']>, string]>([
    ['serviceName', { serviceName: 'other' }, 'serviceName is "migratorydata-hs" and would become "other"'],
    [
      'podManagementPolicy',
      { podManagementPolicy: 'Parallel' },
      'podManagementPolicy is "OrderedReady" and would become "Parallel"',
    ],
    [
      'selector',
      { selector: { matchLabels: { app: 'x' } } },
      'selector is {"matchLabels":{"app.kubernetes.io/name":"migratorydata","app.kubernetes.io/instance":"migratorydata"}} and would become {"matchLabels":{"app":"x"}}',
    ],
    [
      'volumeClaimTemplates',
      { volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
      'volumeClaimTemplates is [] and would become [{"metadata":{"name":"data"}}]',
    ],
  ])('is rejected with the difference: %s', (_, spec, difference) => {
    expect(refusalOf(running, patched(spec))).toMatch(/^immutable-field: /);
    expect(refusalOf(running, patched(spec))).toContain(difference);
  });

  it('does not include defaults that the server adds to a volume claim', () => {
    const claim = { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1024Mi' } } } };
    const stored = { ...claim, spec: { resources: { requests: { storage: '1Gi' } }, volumeMode: 'Filesystem' } };
    const before = { ...running, spec: { ...running.spec, volumeClaimTemplates: [stored] } };
    expect(change(before, patched({ volumeClaimTemplates: [claim] }))).toBe('none');
  });

  it('takes precedence, even if a full restart is allowed', () => {
    const wanted = statefulSetOf({ maxReplicas: 9 });
    const both = { ...wanted, spec: { ...wanted.spec, podManagementPolicy: 'Parallel' } };
    expect(() => change(running, both, true)).toThrow('podManagementPolicy');
  });
});

describe('acceptSameRequests', () => {
  const withToken = (server: string): StatefulSetManifest => {
    const deployment = deploymentWith({ rest: true, secrets: { entitlementToken: secrets.entitlementToken } });
    return renderStatefulSet(deployment, {
      replicas: 3,
      partition: 0,
      secretNames: { ...firstSecretNames(deployment), server },
    });
  };
  const before = live(withToken('migratorydata-secrets-1'));

  it.each<[string, StatefulSet, StatefulSet, boolean]>([
    ['is true if only the image differs', running, statefulSetOf({ image: 'migratorydata/server:6.1' }), true],
    ['is false if REST is being enabled', running, statefulSetOf({ rest: true }), false],
    ['is true with the same token', before, withToken('migratorydata-secrets-1'), true],
    ['is false if the token changes', before, withToken('migratorydata-secrets-2'), false],
    [
      'is false after an interrupted update',
      { ...before, status: { currentRevision: '1', updateRevision: '2' } },
      withToken('migratorydata-secrets-1'),
      false,
    ],
  ])('%s', (_, former, wanted, expected) => {
    expect(acceptSameRequests(former, wanted)).toBe(expected);
  });
});

describe('contains', () => {
  it.each<[unknown, unknown, boolean]>([
    [{ a: 1, b: 2 }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [[1, 2], [1], false],
    [[{ a: 1, b: 2 }], [{ a: 1 }], true],
    ['500m', '0.5', true],
    ['1Gi', '1024Mi', true],
    ['1Gi', '1G', false],
    ['x', 'y', false],
    [undefined, [], true],
    [undefined, {}, true],
    [{ a: '1' }, { a: 1 }, false],
    [undefined, 'x', false],
  ])('%j and rendered %j: %s', (object, rendered, expected) => {
    expect(contains(object, rendered)).toBe(expected);
  });

  it('does not depend on the order of keys, and neither does the digest', () => {
    const wanted = statefulSetOf();
    const { spec, metadata } = wanted.spec.template;
    const turned = stampTemplate({ ...wanted, spec: { ...wanted.spec, template: { spec, metadata } } } as StatefulSet);
    expect(turned.metadata.annotations).toEqual(wanted.metadata.annotations);
  });
});
