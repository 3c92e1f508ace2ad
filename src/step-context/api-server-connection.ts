import type { ConnectElsewhere } from '../chaos/measurement/probe.js';
import { apiServerAddressOf } from '../kubernetes/api/api-server-address.js';
import type { Context } from './context.js';
import type { Connection } from './undo-log.js';

/**
 * Returns a function that opens a connection to the API server directly, as every new connection of kubectl does; undefined
 * if the kubeconfig names none.
 */
export async function connectionsToApiServer(
  { ports: { files, network } }: Context,
  { kubeconfig, context }: Connection,
): Promise<ConnectElsewhere | undefined> {
  const address = apiServerAddressOf(await files.readText(kubeconfig), context);
  return address && ((timeoutMs, signal) => network.connect(address.host, address.port, timeoutMs, signal));
}
