import type { Journal } from '../journal/journal.js';
import type { Ports } from '../runtime/ports.js';
import { createApi, type KubernetesApi } from './api.js';
import { type ClusterAccess, openProxy } from './proxy.js';
import { createTransport } from './transport.js';

/** An open way to one cluster. */
export interface ClusterSession {
  readonly access: ClusterAccess;
  readonly api: KubernetesApi;
  /** Ends the proxy. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the way to a cluster: one kubectl process, which must be closed again. Nothing is asked of the API yet.
 * @throws ActionError as `openProxy`.
 */
async function openCluster(
  { ports, journal, signal }: { readonly ports: Ports; readonly journal: Journal; readonly signal: AbortSignal },
  access: ClusterAccess,
): Promise<ClusterSession> {
  const proxy = await openProxy(ports, access, signal);
  const transport = createTransport(proxy.socketPath);
  const api = createApi(transport, { clock: ports.clock, log: ports.log, journal }, signal);
  return {
    access,
    api,
    async close() {
      transport.close();
      await proxy.stop();
    },
  };
}

/** Does something with a cluster and closes the way to it, whatever happens. @throws ActionError as `openProxy`. */
export async function withClusterSession<T>(
  context: Parameters<typeof openCluster>[0],
  access: ClusterAccess,
  body: (cluster: ClusterSession) => Promise<T>,
): Promise<T> {
  const cluster = await openCluster(context, access);
  try {
    return await body(cluster);
  } finally {
    await cluster.close();
  }
}
