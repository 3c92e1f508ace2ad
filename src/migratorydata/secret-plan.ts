import type { Secret } from '../kubernetes/api/types.js';
import { asRecord, required } from '../runtime/json.js';
import { annotationKey, type DeploymentKey, isOurs } from './object-names.js';
import {
  type NextSecret,
  nextSecret,
  readSecret,
  type SecretKind,
  type SecretManifest,
  secretName,
} from './secret-generations.js';
import { type SecretOptionName, secretOptions } from './server-options.js';
import type { Deployment, DeploymentSecrets } from './spec.js';

/** The secrets of a deployment, with those that every cluster has. */
export type CompleteSecrets = DeploymentSecrets &
  Required<Pick<DeploymentSecrets, 'clusterPassword' | 'entitlementToken'>>;

/** The names of the Secrets that the pods refer to. */
export interface SecretNames {
  /** License key and entitlement token. */
  readonly server: string;
  readonly clusterPassword: string;
  /** Credentials for image pulls; undefined if the deployment needs none. */
  readonly registry?: string;
}

export interface SecretPlan {
  readonly names: SecretNames;
  /** The Secrets to create before the pods that refer to them. */
  readonly manifests: readonly SecretManifest[];
}

/** The key of a Secret whose value was generated, so that no user knows it. */
const generatedKey = annotationKey('generated');

/**
 * Decides which Secrets a deployment refers to and which of them are new.
 * @param existing all Secrets of the namespace.
 * @param generated the secrets that no user has given.
 * @param referred the names of Secrets to which the live members refer, whether these exist or not.
 */
export function planSecrets(
  deployment: DeploymentKey & { readonly secrets: CompleteSecrets },
  existing: readonly Secret[],
  { generated, referred }: { readonly generated: readonly SecretOptionName[]; readonly referred: readonly string[] },
): SecretPlan {
  const next = (kind: SecretKind, values: Readonly<Record<string, string>>): NextSecret => {
    const key = generated.map(name => secretOptions[name].key).find(name => Object.hasOwn(values, name));
    const annotations = key === undefined ? {} : { [generatedKey]: key };
    return nextSecret({ deployment, kind, values, annotations }, existing, referred);
  };
  const { licenseKey, clusterPassword, entitlementToken, registryCredentials } = deployment.secrets;
  const server = next('server', {
    ...(licenseKey !== undefined && { [secretOptions.licenseKey.key]: licenseKey }),
    [secretOptions.entitlementToken.key]: entitlementToken,
  });
  const password = next('clusterPassword', { [secretOptions.clusterPassword.key]: clusterPassword });
  const registry = registryCredentials && next('registry', { '.dockerconfigjson': dockerConfig(registryCredentials) });
  return {
    names: { server: server.name, clusterPassword: password.name, ...(registry && { registry: registry.name }) },
    manifests: [server, password, registry].flatMap(secret => secret?.manifest ?? []),
  };
}

/**
 * Returns the names of the Secrets of a deployment in an empty namespace; for manifests that are only written to files.
 */
export function firstSecretNames({ name, secrets }: Pick<Deployment, 'name' | 'secrets'>): SecretNames {
  const first = (kind: SecretKind): string => secretName({ kind, name }, 1);
  return {
    server: first('server'),
    clusterPassword: first('clusterPassword'),
    ...(secrets.registryCredentials && { registry: first('registry') }),
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

/** Returns whether the value of a key in a Secret was generated, so that no user knows it. */
export function isGenerated({ metadata }: Secret, key: string): boolean {
  return metadata.annotations?.[generatedKey] === key;
}

/** Returns the values in a Secret that were generated, to mask them. */
export function generatedValues(secret: Secret): readonly string[] {
  return Object.keys(secret.data ?? {}).flatMap(key =>
    isOurs(secret) && isGenerated(secret, key) ? (readSecret(secret, key) ?? []) : [],
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
