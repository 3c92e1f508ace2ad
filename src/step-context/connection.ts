import { join } from 'node:path';
import { addRange } from '../azure/authorized-ranges.js';
import type { Az } from '../azure/az.js';
import { findCluster } from '../azure/cluster-wait.js';
import { fetchCredentials } from '../azure/credentials.js';
import { keepLoggedIn } from '../azure/login.js';
import { runnerWord } from '../azure/runner-address.js';
import type { AzureTarget } from '../azure/spec.js';
import type { KubeconfigTarget } from '../inputs/request.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { withClusterSession } from '../kubernetes/cluster-session.js';
import type { ClusterAccess } from '../kubernetes/proxy.js';
import type { Context } from './context.js';
import { accessOf, type AksProvider, type Provider } from './provider.js';
import { withRunnerAddress } from './runner-ranges.js';
import type { Connection } from './undo-log.js';

/** A cluster that operations can work on: one kubectl process stands behind it. */
export interface ConnectedCluster {
  readonly api: KubernetesApi;
  readonly connection: Connection;
  readonly provider: Provider;
}

/**
 * Opens the cluster of a target and closes it again, whatever happens. Credentials of AKS go into a private file, never
 * into the user's kubeconfig; the file stays for later steps of the job and is removed by post.
 */
export async function connectCluster<T>(
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
    context.ports.outputs.set('kubeconfig', access.kubeconfig);
    return await withClusterSession(context, access, ({ api }) => body({ api, connection: access, provider }));
  } finally {
    closing.abort(new Error('The cluster was closed.'));
  }
}

async function accessByFile(context: Context, { source, context: name }: KubeconfigTarget): Promise<ClusterAccess> {
  if ('path' in source) return { kubeconfig: source.path, context: name };
  const kubeconfig = privateFile(context);
  await context.ports.files.writeText(kubeconfig, source.content, 0o600);
  return { kubeconfig, context: name };
}

async function accessByAzure(
  context: Context,
  { target, az }: AksProvider,
  closed: AbortSignal,
): Promise<ClusterAccess> {
  if (target.admitRunner) await admitRunner(context, az, target);
  const file = privateFile(context);
  const credentials = await fetchCredentials(az, context.ports, target, target.credentials, file);
  if (credentials.needsLogin) {
    // It ends with the cluster, by rejecting; a failed renewal shows in the next call that needs it.
    keepLoggedIn(az.session, context.ports.clock, AbortSignal.any([closed, context.signal])).catch(() => undefined);
  }
  return { kubeconfig: credentials.kubeconfig, context: '' };
}

/**
 * Lets this runner reach an API server that limits who may: a hosted runner has another address in each job. What was
 * added is recorded, and taken back by post.
 */
async function admitRunner(context: Context, az: Az, target: AzureTarget): Promise<void> {
  const cluster = await findCluster(az, target);
  if (cluster === undefined) return;
  const [range = ''] = await withRunnerAddress(context, [runnerWord]);
  const { resourceGroup, clusterName } = target;
  await addRange(az, cluster, range, () => {
    context.undoLog.record({ kind: 'authorized-range', azure: accessOf(target), resourceGroup, clusterName, range });
  });
}

/** A path that no other step uses, in a folder that post removes. */
function privateFile({ ports, undoLog }: Context): string {
  const folder = join(ports.run.tempFolder, `migratorydata-aks-kubeconfig-${crypto.randomUUID()}`);
  undoLog.record({ kind: 'file', path: folder });
  return join(folder, 'config');
}
