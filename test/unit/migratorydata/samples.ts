import type { KubernetesObject, Secret, StatefulSet } from '../../../src/kubernetes/api/types.js';
import { completeSecrets, type KeptSecrets, referredSecrets } from '../../../src/migratorydata/kept-secrets.js';
import { renderManifests } from '../../../src/migratorydata/manifests/render-manifests.js';
import type { StatefulSetManifest } from '../../../src/migratorydata/manifests/shapes.js';
import { renderStatefulSet } from '../../../src/migratorydata/manifests/stateful-set.js';
import { firstSecretNames, planSecrets } from '../../../src/migratorydata/secret-plan.js';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { asRecord } from '../../../src/runtime/json.js';
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

/** The objects of a deployment with an autoscaler, as rendered. */
export function objectsOf(changes: Partial<Deployment> = {}): readonly KubernetesObject[] {
  const deployment = deploymentWith(changes);
  const { replicas, exposure } = deployment;
  const names = { secretNames: firstSecretNames(deployment), sourceRanges: exposure.sourceRanges };
  const files = renderManifests({ deployment, replicas, autoscaling: { cpuPercent: 50 }, ...names });
  return files.map(({ object }) => object);
}

/** Applies a merge patch of JSON (RFC 7386) to the objects of a name, as most patches of users work. */
export function patchedWith(
  objects: readonly KubernetesObject[],
  name: string,
  patch: Readonly<Record<string, unknown>>,
): readonly KubernetesObject[] {
  return objects.map(object => (object.metadata.name === name ? (merged(object, patch) as KubernetesObject) : object));
}

function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const fields = Object.entries(patch).map(([key, value]) => [key, merged(asRecord(target)[key], value)] as const);
  return Object.fromEntries(
    Object.entries({ ...asRecord(target), ...Object.fromEntries(fields) }).filter(([, value]) => value !== null),
  );
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

/** A live deployment with all Secrets of its namespace. */
export interface Deployed {
  readonly statefulSet: StatefulSet;
  readonly existing: readonly Secret[];
  readonly kept: KeptSecrets;
}

/** Deploys to a namespace as the operation does. */
export function deployOn(former: Deployed | undefined, changes: Partial<Deployment>, generate: () => string): Deployed {
  const { statefulSet, existing = [] } = former ?? {};
  const deployment = deploymentWith(changes);
  const kept = completeSecrets(deployment, statefulSet, existing, generate);
  const referred = statefulSet ? referredSecrets(statefulSet) : [];
  const complete = { ...deployment, secrets: kept.secrets };
  const { names, manifests } = planSecrets(complete, existing, { ...kept, referred });
  const manifest = renderStatefulSet(complete, { replicas: 3, partition: 0, secretNames: names });
  return { statefulSet: live(manifest), existing: [...existing, ...manifests.map(stored)], kept };
}

/** Deploys one after the other to one namespace; the generated texts are `random-1-0123456789` and so on. */
export function deployAll(first: Partial<Deployment>, ...more: readonly Partial<Deployment>[]): Deployed {
  let count = 0;
  const generate = (): string => `random-${(count += 1)}-0123456789`;
  return more.reduce((former, changes) => deployOn(former, changes, generate), deployOn(undefined, first, generate));
}

/** A Secret as stored by the API server. */
export function stored(secret: Secret): Secret {
  return { ...secret, metadata: { ...secret.metadata, uid: 'f00d', resourceVersion: '3' } };
}
