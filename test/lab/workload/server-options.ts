/** The options of a MigratoryData server that its double supports. */
export interface ServerOptions {
  /** All given options, in order, for the log. */
  readonly given: ReadonlyMap<string, string>;
  readonly restEnabled: boolean;
  /** Ordered `host:port` entries; empty for a server without a cluster. */
  readonly clusterMembers: readonly string[];
  readonly clusterMemberListen: string;
  readonly seedCount: number;
  readonly guaranteed: boolean;
  readonly clusterPassword: string;
  /** Undefined: any token is accepted. */
  readonly token: string | undefined;
  readonly listenPort: number;
  /** The port with TLS, and the keystore for it; undefined without TLS. */
  readonly encrypted: { readonly listenPort: number; readonly keyStore: string; readonly password: string } | undefined;
}

/** Newer vendor manifests use the second name for the same options. */
const variables = ['MIGRATORYDATA_EXTRA_OPTS', 'MIGRATORYDATA_GATEWAY_EXTRA_OPTS'];

/**
 * Reads `-DName=value` items separated by white space, as the start script of the image takes them from the
 * environment, and `appended` ones that a script in the pod added to them.
 * https://migratorydata.com/docs/server/installation/docker-kubernetes/
 */
export function readServerOptions(
  environment: ReadonlyMap<string, string>,
  appended: ReadonlyMap<string, string> = new Map(),
): ServerOptions {
  const text = variables.map(name => environment.get(name)).find(value => value !== undefined) ?? '';
  const given = new Map<string, string>();
  for (const item of text.split(/\s+/)) {
    const match = /^-D([^=]+)=(.*)$/.exec(item);
    if (match) given.set(match[1] ?? '', match[2] ?? '');
  }
  for (const [name, value] of appended) given.set(name, value);
  const clusterMembers = (given.get('ClusterMembers') ?? '').split(',').filter(entry => entry !== '');
  return {
    given,
    restEnabled: given.get('Rest.Enable') === 'true',
    clusterMembers,
    clusterMemberListen: given.get('ClusterMemberListen') ?? '',
    seedCount: Number(given.get('ClusterSeedMemberCount') ?? defaultSeedCount(clusterMembers.length)),
    guaranteed: given.get('ClusterDeliveryMode') === 'Guaranteed',
    clusterPassword: given.get('ClusterPassword') ?? '',
    token: given.get('Entitlement') === 'None' ? undefined : given.get('EntitlementAllowToken'),
    listenPort: portOf(given.get('Listen') ?? '*:8800', 80),
    encrypted: encryptedOf(given),
  };
}

/** A missing port is the usual one: comments of the vendor's configuration file. */
function portOf(listen: string, usual: number): number {
  return Number(/:(\d+)$/.exec(listen)?.[1] ?? usual);
}

function encryptedOf(given: ReadonlyMap<string, string>): ServerOptions['encrypted'] {
  const listen = given.get('ListenEncrypted');
  if (listen === undefined) return undefined;
  const [keyStore, password] = [given.get('KeyStore') ?? '', given.get('KeyStorePassword') ?? ''];
  return { listenPort: portOf(listen, 443), keyStore, password };
}

/**
 * Three seeds of a list of three or four members, five of a longer one.
 * https://migratorydata.com/docs/get-started/concepts/clustering
 */
function defaultSeedCount(members: number): number {
  return members >= 5 ? 5 : Math.min(3, members);
}

/** Returns whether the value of an option must never be printed. */
export function isSecretOption(name: string): boolean {
  return /password|token|secret|license/i.test(name);
}
