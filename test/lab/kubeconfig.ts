import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

/** What a client needs to connect to an API server: PEM texts, not paths. */
export interface ApiCredentials {
  readonly server: string;
  readonly ca?: string;
  readonly verifyServer: boolean;
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  readonly token?: string;
}

type Fields = Readonly<Record<string, string | boolean | undefined>>;

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { readonly name: string; readonly context: Fields }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster: Fields }[];
  readonly users?: readonly { readonly name: string; readonly user: Fields }[];
}

/**
 * Reads the current context of a kubeconfig file. Relative paths in it are relative to the file, as for kubectl.
 * @throws Error when the context, its cluster or its user is missing, or when the user authenticates with a plugin.
 */
export async function readKubeconfig(path: string): Promise<ApiCredentials> {
  const config = parse(await readFile(path, 'utf8')) as Kubeconfig;
  const name = config['current-context'];
  const context = config.contexts?.find(item => item.name === name)?.context;
  const cluster = config.clusters?.find(item => item.name === context?.['cluster'])?.cluster;
  const user = config.users?.find(item => item.name === context?.['user'])?.user;
  const server = cluster?.['server'];
  if (!cluster || !user || typeof server !== 'string') {
    throw new Error(`${path}: the current context "${name ?? ''}" does not name a cluster and a user of this file`);
  }
  if ('exec' in user) throw new Error(`${path}: the lab reads certificates and tokens, not exec plugins`);

  const text = async (fields: Fields, key: string): Promise<string | undefined> => {
    const inline = fields[`${key}-data`];
    if (typeof inline === 'string') return Buffer.from(inline, 'base64').toString('utf8');
    const file = fields[key];
    return typeof file === 'string' ? readFile(resolve(dirname(path), file), 'utf8') : undefined;
  };
  const [ca, cert, key] = await Promise.all([
    text(cluster, 'certificate-authority'),
    text(user, 'client-certificate'),
    text(user, 'client-key'),
  ]);
  const token = user['token'];
  return {
    server,
    verifyServer: cluster['insecure-skip-tls-verify'] !== true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
    ...(typeof token === 'string' ? { token } : {}),
  };
}
