import type { Journal } from '../../journal/journal.js';
import type { Ports } from '../../runtime/ports.js';
import { createApi, type KubernetesApi } from './api.js';
import { type ClusterAccess, openProxy } from './proxy.js';
import type { ApiPorts } from './requester.js';
import { createTransport } from './transport.js';

/** An open connection to one cluster. */
export interface ClusterSession {
  readonly access: ClusterAccess;
  readonly api: KubernetesApi;
  /** Ends the proxy. Safe to call twice. */
  close(): Promise<void>;
}

interface Opening extends Pick<ApiPorts, 'renewLogin'> {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

/**
 * Opens a connection to a cluster: it starts one kubectl process, which the caller must stop, and sends no request.
 * @throws ActionError as `openProxy`.
 */
async function openCluster(
  { ports, journal, signal, renewLogin }: Opening,
  access: ClusterAccess,
): Promise<ClusterSession> {
  const proxy = await openProxy(ports, access, signal);
  const transport = createTransport(proxy.socketPath);
  const { clock, log } = ports;
  const api = createApi(transport, { clock, log, journal, renewLogin }, signal);
  return {
    access,
    api,
    async close() {
      transport.close();
      await proxy.stop();
    },
  };
}

/** Runs `body` with a connection to a cluster, and always closes it. @throws ActionError as `openProxy`. */
export async function withClusterSession<T>(
  context: Opening,
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
