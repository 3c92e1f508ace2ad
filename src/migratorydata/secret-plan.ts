import type { Secret } from '../kubernetes/types.js';
import { asRecord, required } from '../runtime/json.js';
import { annotationKey } from './object-names.js';
import {
  generationsOf,
  type NextSecret,
  nextSecret,
  readSecret,
  type SecretManifest,
  secretName,
} from './secret-generations.js';
import { type SecretOptionName, secretOptions, secretsInUse } from './server-options.js';
import type { Deployment, DeploymentSecrets } from './spec.js';

/** The names of the Secrets that the pods refer to; undefined if the deployment needs none of that kind. */
export interface SecretNames {
  /** License key and entitlement token. */
  readonly server?: string;
  readonly clusterPassword?: string;
  /** Credentials for image pulls. */
  readonly registry?: string;
}

export interface SecretPlan {
  readonly names: SecretNames;
  /** The Secrets to create before the pods that refer to them. */
  readonly manifests: readonly SecretManifest[];
  /** The token for publishing and for the REST interface, from the user or generated; it must be masked before use. */
  readonly token?: string;
}

/** Marks a Secret with a generated token, so that later deployments without a token keep it. */
const generatedToken = annotationKey('generated-token');

/**
 * Decides which Secrets a deployment refers to and which of them are new.
 * @param existing all Secrets of the namespace.
 * @param randomToken the token to use if the REST interface is enabled, the user set none and none was generated
 * before; at least 128 random bits, without white space, quotes and dollar signs.
 */
export function planSecrets(
  deployment: Pick<Deployment, 'namespace' | 'name' | 'rest' | 'secrets'>,
  existing: readonly Secret[],
  randomToken: string,
): SecretPlan {
  const { name, rest, secrets } = deployment;
  const generated = rest && secrets.entitlementToken === undefined;
  const token = generated ? (formerToken(name, existing) ?? randomToken) : secrets.entitlementToken;
  const values = {
    ...(secrets.licenseKey !== undefined && { [secretOptions.licenseKey.key]: secrets.licenseKey }),
    ...(token !== undefined && { [secretOptions.entitlementToken.key]: token }),
  };
  const server =
    Object.keys(values).length > 0
      ? nextSecret(deployment, 'server', existing, values, generated ? { [generatedToken]: 'true' } : {})
      : undefined;
  const password =
    secrets.clusterPassword === undefined
      ? undefined
      : nextSecret(deployment, 'clusterPassword', existing, {
          [secretOptions.clusterPassword.key]: secrets.clusterPassword,
        });
  const registry =
    secrets.registryCredentials === undefined
      ? undefined
      : nextSecret(deployment, 'registry', existing, {
          '.dockerconfigjson': dockerConfig(secrets.registryCredentials),
        });
  return {
    names: nameSecrets({ server, clusterPassword: password, registry }),
    manifests: [server, password, registry].flatMap(next => next?.manifest ?? []),
    ...(token !== undefined && { token }),
  };
}

/**
 * Returns the names of the Secrets of a deployment in an empty namespace; for manifests that are only written to files.
 */
export function firstSecretNames(deployment: Pick<Deployment, 'name' | 'rest' | 'secrets'>): SecretNames {
  const used = secretsInUse(deployment);
  const { name } = deployment;
  return {
    ...(used.some(option => secretKindOf(option) === 'server') && { server: secretName({ kind: 'server', name }, 1) }),
    ...(used.includes('clusterPassword') && { clusterPassword: secretName({ kind: 'clusterPassword', name }, 1) }),
    ...(deployment.secrets.registryCredentials && { registry: secretName({ kind: 'registry', name }, 1) }),
  };
}

/** Returns which Secret contains a secret parameter. */
export function secretKindOf(name: SecretOptionName): 'server' | 'clusterPassword' {
  return name === 'clusterPassword' ? 'clusterPassword' : 'server';
}

/**
 * Returns the token in a Secret of a deployment, for operations that did not deploy it; it must be masked before use.
 */
export function readToken(secret: Secret): string | undefined {
  return readSecret(secret, secretOptions.entitlementToken.key);
}

/** Returns whether the token in a Secret was generated, so that no user knows it. */
export function isGenerated({ metadata }: Secret): boolean {
  return metadata.annotations?.[generatedToken] === 'true';
}

function formerToken(name: string, existing: readonly Secret[]): string | undefined {
  const former = generationsOf({ kind: 'server', name }, existing).find(isGenerated);
  return former && readToken(former);
}

function nameSecrets(planned: Readonly<Record<keyof SecretNames, NextSecret | undefined>>): SecretNames {
  return Object.fromEntries(
    Object.entries(planned).flatMap(([kind, next]) => (next ? [[kind, next.name] as const] : [])),
  );
}

/**
 * Returns the file from which the kubelet reads registry credentials.
 * kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry
 */
function dockerConfig({ server, username, password }: NonNullable<DeploymentSecrets['registryCredentials']>): string {
  const auth = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return JSON.stringify({ auths: { [server]: { username, password, auth } } });
}

/** Returns the credentials in a Secret of `dockerConfig`; undefined for another text. */
export function readRegistryCredentials(secret: Secret): DeploymentSecrets['registryCredentials'] {
  try {
    const { auths } = asRecord(JSON.parse(readSecret(secret, '.dockerconfigjson') ?? ''));
    const [[server, entry] = ['', {}]] = Object.entries(asRecord(auths));
    const fields = asRecord(entry);
    return { server, username: required(fields, 'username'), password: required(fields, 'password') };
  } catch {
    return undefined;
  }
}
