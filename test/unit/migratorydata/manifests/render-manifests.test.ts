import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { renderManifests, toYaml } from '../../../../src/migratorydata/manifests/render-manifests.js';
import type { ManifestFile } from '../../../../src/migratorydata/manifests/shapes.js';
import { firstSecretNames } from '../../../../src/migratorydata/secret-plan.js';
import type { Deployment } from '../../../../src/migratorydata/spec.js';
import { deploymentWith, secrets } from '../samples.js';

const golden = 'test/unit/migratorydata/golden/defaults.yaml';

function filesOf(changes: Partial<Deployment> = {}): readonly ManifestFile[] {
  const deployment = deploymentWith(changes);
  return renderManifests({
    deployment,
    replicas: deployment.replicas,
    sourceRanges: [],
    secretNames: firstSecretNames(deployment),
    autoscaling: { cpuPercent: 50 },
  });
}

const textOf = (changes: Partial<Deployment> = {}): string =>
  filesOf(changes)
    .map(file => toYaml(file))
    .join('---\n');

describe('the files', () => {
  it('match the golden file without inputs (UPDATE_GOLDEN=1 updates it)', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, textOf());
    expect(textOf()).toBe(readFileSync(golden, 'utf8'));
  });

  it('sort by name in the order of creation', () => {
    const files = filesOf().map(({ fileName }) => fileName);
    expect(files).toEqual(files.toSorted());
    expect(filesOf().map(({ object }) => object.kind)).toEqual([
      'Namespace',
      'Service',
      'Service',
      'PodDisruptionBudget',
      'StatefulSet',
      'HorizontalPodAutoscaler',
    ]);
  });

  it('parse as YAML to the rendered objects', () => {
    for (const file of filesOf({ secrets, podSpread: 'required', extraOpts: '-DA=#x:y' })) {
      expect(parse(toYaml(file))).toEqual(file.object);
    }
  });

  it('have the ownership label and the namespace', () => {
    for (const { object } of filesOf({ namespace: 'chat' })) {
      expect(object.metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'migratorydata-aks' });
      expect(object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace).toBe('chat');
    }
  });

  it('contain no autoscaler unless requested', () => {
    const deployment = deploymentWith({});
    const secretNames = firstSecretNames(deployment);
    expect(renderManifests({ deployment, replicas: 3, sourceRanges: [], secretNames })).toHaveLength(5);
  });

  it('contain no secret and no Secret, but instructions to create them', () => {
    const text = textOf({ secrets });
    const { registryCredentials, ...others } = secrets;
    for (const value of [...Object.values(others), registryCredentials.password]) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value).toString('base64').replace(/=+$/, ''));
    }
    expect(filesOf({ secrets }).map(({ object }) => object.kind)).not.toContain('Secret');
    expect(text).toContain(
      '#   kubectl -n migratory create secret generic migratorydata-secrets-1 --from-file=license-key=FILE --from-file=entitlement-token=FILE\n',
    );
    expect(text).toContain('create secret generic migratorydata-cluster-password-1 --from-file=cluster-password=FILE');
    expect(text).toContain('create secret generic migratorydata-registry-1 --type=kubernetes.io/dockerconfigjson');
    const secretOpts = ['a', 'b'].map(key => ({ parameter: `X.${key}`, secret: 'monitoring', key }));
    expect(textOf({ secretOpts })).toContain(
      'create secret generic monitoring --from-file=a=FILE --from-file=b=FILE\n',
    );
    expect(textOf({ exposure: { ...deploymentWith({}).exposure, tlsSecret: 'push-tls' } })).toContain(
      'create secret generic push-tls --from-file=password=FILE --from-file=keystore=FILE\n',
    );
  });

  it('say how to make what nobody gave', () => {
    const random = "<(openssl rand -hex 24 | tr -d '\\n')";
    for (const rest of [false, true]) {
      const text = textOf({ rest });
      expect(text).toContain(
        `#   kubectl -n migratory create secret generic migratorydata-secrets-1 --from-file=entitlement-token=${random}\n`,
      );
      expect(text).toContain(`generic migratorydata-cluster-password-1 --from-file=cluster-password=${random}\n`);
      expect(text).toContain(
        '#   kubectl -n migratory label secret migratorydata-secrets-1 migratorydata-cluster-password-1 app.kubernetes.io/managed-by=migratorydata-aks\n',
      );
    }
  });
});
