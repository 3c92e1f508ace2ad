import { join } from 'node:path';
import type { AzureClient } from '../azure/arm/client.js';
import { keepLoggedIn } from '../azure/cli/login.js';
import { addRange } from '../azure/cluster/authorized-ranges.js';
import { fetchCredentials, renewForApiServer } from '../azure/cluster/credentials.js';
import { runnerWord } from '../azure/cluster/runner-address.js';
import { claimKey } from '../azure/ownership/range-claims.js';
import type { AzureTarget } from '../azure/spec.js';
import type { KubeconfigTarget } from '../inputs/request.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { withClusterSession } from '../kubernetes/api/cluster-session.js';
import { type Context, rangeHolderOf } from './context.js';
import { accessOf, type AksProvider, openAzure, type Provider } from './provider.js';
import { withRunnerAddress } from './runner-ranges.js';
import type { Connection } from './undo-log.js';

/** An open connection to a cluster through one kubectl process. */
export interface ConnectedCluster {
  readonly api: KubernetesApi;
  readonly connection: Connection;
  readonly provider: Provider;
}

/**
 * Connects to the cluster of a target for the duration of `body`, and returns its kubeconfig to later steps as an
 * output.
 */
export function connectCluster<T>(
  context: Context,
  provider: Provider,
  body: (cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  return withConnection(context, provider, cluster => {
    context.ports.outputs.set('kubeconfig', cluster.connection.kubeconfig);
    return body(cluster);
  });
}

/**
 * Connects to the cluster of a target for the duration of `body`. Credentials of AKS are written to a private file,
 * never to the user's kubeconfig; the post step removes the file.
 */
export async function withConnection<T>(
  context: Context,
  provider: Provider,
  body: (cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  const closing = new AbortController();
  try {
    const access =
      provider.kind === 'kubeconfig'
        ? await accessByFile(context, provider.target)
        : await accessByAzure(context, provider, closing.signal);
    return await onConnection(context, access, api => body({ api, connection: access, provider }));
  } finally {
    closing.abort(new Error('The connection to the cluster was closed.'));
  }
}

/** Runs `body` on a connection; a login of the action that kubectl has lost is renewed. */
export function onConnection<T>(
  context: Context,
  connection: Connection,
  body: (api: KubernetesApi) => Promise<T>,
): Promise<T> {
  const { login } = connection;
  const renewLogin = login && (() => renewForApiServer(openAzure(context, { login }).session, context.signal));
  return withClusterSession({ ...context, renewLogin }, connection, ({ api }) => body(api));
}

async function accessByFile(context: Context, { source, context: name }: KubeconfigTarget): Promise<Connection> {
  if ('path' in source) return { kubeconfig: source.path, context: name };
  const kubeconfig = privateFile(context);
  await context.ports.files.writeText(kubeconfig, source.content, 0o600);
  return { kubeconfig, context: name };
}

async function accessByAzure(
  context: Context,
  { target, azure }: AksProvider,
  closed: AbortSignal,
): Promise<Connection> {
  if (target.admitRunner) await admitRunner(context, azure, target);
  const file = privateFile(context);
  const credentials = await fetchCredentials(azure, context.ports, target, target.credentials, file);
  if (credentials.needsLogin) {
    // It ends with the connection, by rejecting.
    keepLoggedIn(azure.session, context.ports.clock, AbortSignal.any([closed, context.signal])).catch(() => undefined);
  }
  const access = { kubeconfig: credentials.kubeconfig, context: '' };
  return credentials.needsLogin && target.login !== undefined ? { ...access, login: target.login } : access;
}

/**
 * Adds the address of this runner to the authorized IP ranges of the API server: a hosted runner has a different
 * address in each job. The change is recorded, and reverted by the post step.
 */
async function admitRunner(context: Context, azure: AzureClient, target: AzureTarget): Promise<void> {
  const [range = ''] = await withRunnerAddress(context, [runnerWord]);
  const { resourceGroup, clusterName } = target;
  const holder = rangeHolderOf(context);
  const entry = { azure: accessOf(target), resourceGroup, clusterName, range, key: claimKey(holder) };
  await addRange(azure, target, { holder, range, stepMs: context.timeoutMs }, () => {
    context.undoLog.record({ kind: 'authorized-range', ...entry });
  });
}

/** Returns a path that no other step uses, in a folder that the post step removes. */
function privateFile({ ports, undoLog }: Context): string {
  const folder = join(ports.run.tempFolder, `migratorydata-aks-kubeconfig-${crypto.randomUUID()}`);
  undoLog.record({ kind: 'file', path: folder });
  return join(folder, 'config');
}
