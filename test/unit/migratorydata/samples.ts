import type { Secret, StatefulSet } from '../../../src/kubernetes/types.js';
import type { StatefulSetManifest } from '../../../src/migratorydata/manifests/shapes.js';
import { renderStatefulSet } from '../../../src/migratorydata/manifests/stateful-set.js';
import { firstSecretNames } from '../../../src/migratorydata/secret-plan.js';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { requestFor } from '../inputs/read.js';

/** The deployment without any inputs: the cluster of the tutorial. */
export const defaults: Deployment = requestFor('render').deployment;

/** A deployment that differs from the defaults. */
export function deploymentWith(changes: Partial<Deployment>): Deployment {
  return { ...defaults, ...changes };
}

export const secrets = {
  licenseKey: 'license-0123456789',
  clusterPassword: 'password-0123456789',
  entitlementToken: 'token-0123456789',
  registryCredentials: { server: 'registry.example', username: 'puller', password: 'pull-0123456789' },
} as const;

export function statefulSetOf(
  changes: Partial<Deployment> = {},
  choices: { readonly replicas?: number; readonly partition?: number } = {},
): StatefulSetManifest {
  const deployment = deploymentWith(changes);
  return renderStatefulSet(deployment, {
    replicas: deployment.replicas,
    partition: 0,
    secretNames: firstSecretNames(deployment),
    ...choices,
  });
}

/** The object as stored by the API server: with defaults, fields of other clients, and a status. */
export function live(manifest: StatefulSetManifest, status: StatefulSet['status'] = {}): StatefulSet {
  const [container] = manifest.spec.template.spec.containers;
  return {
    ...manifest,
    metadata: { ...manifest.metadata, uid: 'e2a3', resourceVersion: '17', generation: 1 },
    spec: {
      ...manifest.spec,
      template: {
        metadata: { ...manifest.spec.template.metadata, annotations: { 'kubectl.kubernetes.io/restartedAt': 'today' } },
        spec: {
          ...manifest.spec.template.spec,
          dnsPolicy: 'ClusterFirst',
          restartPolicy: 'Always',
          containers: [{ ...container, terminationMessagePath: '/dev/termination-log' }],
        },
      },
    },
    status: { currentRevision: 'migratorydata-1', updateRevision: 'migratorydata-1', ...status },
  };
}

/** A Secret as stored by the API server. */
export function stored(secret: Secret): Secret {
  return { ...secret, metadata: { ...secret.metadata, uid: 'f00d', resourceVersion: '3' } };
}
