import { memberAddress, memberList } from './membership.js';
import { tlsPort } from './object-names.js';
import type { Deployment, SecretParameter } from './spec.js';

/** The variable with the pod name, from which each member gets its own address. */
export const podNameVariable = 'POD_NAME';

/**
 * The variables from which the start script of the image reads server options. Newer manifests of the vendor use the
 * second name. Which one an image reads depends on its version, so both have the same value.
 * https://migratorydata.com/docs/server/installation/docker-kubernetes/ and
 * github.com/migratorydata/migratorydata-platform-sandbox, kubernetes/02-migratorydata.yaml
 */
export const optionsVariable = 'MIGRATORYDATA_EXTRA_OPTS';
export const newerOptionsVariable = 'MIGRATORYDATA_GATEWAY_EXTRA_OPTS';

/** The variable from which the start script reads options of the Java virtual machine. */
export const javaOptionsVariable = 'MIGRATORYDATA_JAVA_EXTRA_OPTS';

/** A server parameter whose value comes from a Kubernetes Secret through a variable of the container. */
export interface SecretOption {
  /** The name of the server parameter. */
  readonly parameter: string;
  /** The variable of the container; it must not look like a variable that the start script reads. */
  readonly variable: string;
  /** The key in the Secret. */
  readonly key: string;
}

/** Server parameters that are secrets. */
export const secretOptions = {
  licenseKey: { parameter: 'LicenseKey', variable: 'SECRET_LICENSE_KEY', key: 'license-key' },
  clusterPassword: { parameter: 'ClusterPassword', variable: 'SECRET_CLUSTER_PASSWORD', key: 'cluster-password' },
  entitlementToken: {
    parameter: 'EntitlementAllowToken',
    variable: 'SECRET_ENTITLEMENT_TOKEN',
    key: 'entitlement-token',
  },
} as const satisfies Record<string, SecretOption>;

export type SecretOptionName = keyof typeof secretOptions;

/** Returns the secret parameters of a deployment: password and token are generated if none is given. */
export function secretsInUse({ secrets }: Pick<Deployment, 'secrets'>): readonly SecretOptionName[] {
  const names = Object.keys(secretOptions) as SecretOptionName[];
  return names.filter(name => name !== 'licenseKey' || secrets.licenseKey !== undefined);
}

/**
 * Returns the server options in the format of the start script: `-DName=value`, separated by spaces. Kubernetes
 * replaces `$(NAME)` with variables that are defined earlier, so the text contains no secrets. If the user sets a
 * parameter that has a default here, the value of the user replaces the default.
 */
export function serverOptions(deployment: Deployment): string {
  const defaults: readonly (readonly [string, string])[] = [
    ['Memory', deployment.memory],
    ['ClusterDeliveryMode', 'Guaranteed'],
    ['LogLevel', 'INFO'],
    ['X.ConnectionOffload', 'true'],
    ['ClusterSeedMemberCount', String(deployment.seedMembers)],
    ['ClusterMemberListen', memberAddress(reference(podNameVariable), deployment)],
    ['ClusterMembers', memberList(deployment).join(',')],
    ...(deployment.rest ? [['Rest.Enable', 'true'] as const] : []),
    ...(deployment.exposure.tlsSecret === '' ? [] : tlsOptions),
    ...secretsInUse(deployment).map(name => {
      const { parameter, variable } = secretOptions[name];
      return [parameter, reference(variable)] as const;
    }),
  ];
  const byReference = secretParameters(deployment).map(
    ({ parameter }) => [parameter, reference(variableOf(parameter))] as const,
  );
  const extra = literal(deployment.extraOpts).split(/\s+/).filter(Boolean);
  const own = [...parseOptions(deployment.extraOpts).keys(), ...byReference.map(([name]) => name)];
  const overridden = new Set(own.map(name => name.toLowerCase()));
  const kept = [...defaults.filter(([name]) => !overridden.has(name.toLowerCase())), ...byReference];
  return [...kept.map(([name, value]) => `-D${name}=${value}`), ...extra].join(' ');
}

/** Where the members find the keystore, and its key in the Secret. */
export const keystore = { folder: '/migratorydata-tls', key: 'keystore' } as const;

/** See "ListenEncrypted" in the configuration file of the server, github.com/migratorydata/ansible-migratorydata. */
const tlsOptions = [
  ['ListenEncrypted', `*:${tlsPort}`],
  ['KeyStore', `${keystore.folder}/${keystore.key}`],
] as const;

/** The parameter with the password of the keystore. */
export const keystorePassword = 'KeyStorePassword';

/** Returns all parameters whose values are in Secrets that others create. */
export function secretParameters({
  secretOpts,
  exposure: { tlsSecret },
}: Pick<Deployment, 'secretOpts' | 'exposure'>): readonly SecretParameter[] {
  return tlsSecret === ''
    ? secretOpts
    : [...secretOpts, { parameter: keystorePassword, secret: tlsSecret, key: 'password' }];
}

/** Returns the variable of the container with the value of such a parameter. */
export function variableOf(parameter: SecretParameter['parameter']): string {
  return `SECRET_OPT_${parameter.replaceAll(/[.-]/g, '_').toUpperCase()}`;
}

/** Returns the parameters in an option text by name; of duplicates the last one, like the server. */
export function parseOptions(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\s+/).flatMap(item => {
      const [, name, value] = /^-D([^=]+)=(.*)$/.exec(item) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/**
 * Returns a reference to a variable that is defined earlier.
 * kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables
 */
export function reference(variable: string): string {
  return `$(${variable})`;
}

/** Escapes a text, so that Kubernetes passes it unchanged: a doubled dollar sign stands for one. */
export function literal(text: string): string {
  return text.replaceAll('$', () => '$$');
}
