import { memberAddress, memberList } from './membership.js';
import type { Deployment } from './spec.js';

/** The variable that holds the name of the pod, so that each member can be told its own address. */
export const podNameVariable = 'POD_NAME';

/**
 * The variables that the start script of the image takes server options from. Newer manifests of the vendor use the
 * second name; which one an image reads depends on its version, so both get one value.
 * https://migratorydata.com/docs/server/installation/docker-kubernetes/ and
 * github.com/migratorydata/migratorydata-platform-sandbox, kubernetes/02-migratorydata.yaml
 */
export const optionsVariable = 'MIGRATORYDATA_EXTRA_OPTS';
export const newerOptionsVariable = 'MIGRATORYDATA_GATEWAY_EXTRA_OPTS';

/** The variable that the start script takes options of the Java virtual machine from. */
export const javaOptionsVariable = 'MIGRATORYDATA_JAVA_EXTRA_OPTS';

/** A server parameter whose value comes from a Kubernetes Secret through a variable of the container. */
export interface SecretOption {
  /** The name of the server parameter. */
  readonly parameter: string;
  /** The variable of the container; its name must not look like one that the start script reads. */
  readonly variable: string;
  /** The key within the Secret. */
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

/** The secret parameters that a deployment has. The REST interface needs a token: without one given, one is generated. */
export function secretsInUse({ rest, secrets }: Pick<Deployment, 'rest' | 'secrets'>): readonly SecretOptionName[] {
  const given: Readonly<Record<SecretOptionName, boolean>> = {
    licenseKey: secrets.licenseKey !== undefined,
    clusterPassword: secrets.clusterPassword !== undefined,
    entitlementToken: secrets.entitlementToken !== undefined || rest,
  };
  return (Object.keys(secretOptions) as SecretOptionName[]).filter(name => given[name]);
}

/**
 * The options of the server as the start script takes them: `-DName=value`, separated by spaces. Kubernetes replaces
 * `$(NAME)` by the variables that stand before this one, so secrets are no part of the text. Where the user gives a
 * parameter that has a value here, the user's takes its place: none of ours stands there beside the user's.
 */
export function serverOptions(deployment: Deployment): string {
  const ours: readonly (readonly [string, string])[] = [
    ['Memory', deployment.memory],
    ['ClusterDeliveryMode', 'Guaranteed'],
    ['LogLevel', 'INFO'],
    ['X.ConnectionOffload', 'true'],
    ['ClusterSeedMemberCount', String(deployment.seedMembers)],
    ['ClusterMemberListen', memberAddress(reference(podNameVariable), deployment)],
    ['ClusterMembers', memberList(deployment).join(',')],
    ...(deployment.rest ? [['Rest.Enable', 'true'] as const] : []),
    ...secretsInUse(deployment).map(name => {
      const { parameter, variable } = secretOptions[name];
      return [parameter, reference(variable)] as const;
    }),
  ];
  const extra = literal(deployment.extraOpts).split(/\s+/).filter(Boolean);
  const given = new Set([...parseOptions(deployment.extraOpts).keys()].map(name => name.toLowerCase()));
  const kept = ours.filter(([name]) => !given.has(name.toLowerCase())).map(([name, value]) => `-D${name}=${value}`);
  return [...kept, ...extra].join(' ');
}

/** The parameters in a text of options, by name; of two with one name the latter, as the server takes it. */
export function parseOptions(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\s+/).flatMap(item => {
      const [, name, value] = /^-D([^=]+)=(.*)$/.exec(item) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/**
 * How the value of a variable refers to one that stands before it.
 * kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables
 */
export function reference(variable: string): string {
  return `$(${variable})`;
}

/** A text that Kubernetes leaves as the user gave it: a doubled dollar sign stands for one. */
export function literal(text: string): string {
  return text.replaceAll('$', () => '$$');
}
