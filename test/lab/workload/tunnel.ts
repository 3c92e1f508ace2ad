import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { ClusterView } from './cluster-view.js';
import { carry } from './flow.js';
import { close } from './listener.js';
import type { Route, RoutingContext } from './routing.js';

/** Connections of the API server to nodes, pods and Services. */
export interface Tunnel {
  stop(): Promise<void>;
}

/**
 * Serves the API server on a socket as Konnectivity does on AKS: by `CONNECT`, it leads addresses of pods to the members and
 * those on loopback to these. Without it nothing could reach a pod, because the API server refuses pods on loopback.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity
 */
export async function startTunnel(
  socketPath: string,
  context: Omit<RoutingContext, 'view' | 'random'> & { readonly view: Pick<ClusterView, 'pods'> },
): Promise<Tunnel> {
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request, client: Socket) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    // A Unix socket cannot be reset.
    client.resetAndDestroy = () => client.destroy();
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const route = routeTo(hostname, Number(port), context);
    if (route === undefined) {
      passOn(client, hostname, Number(port));
      return;
    }
    if (route.kind === 'hang') return;
    if (route.kind === 'reset') {
      client.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      return;
    }
    client.write(established);
    carry(client, route, context);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    async stop() {
      const closed = close(server);
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(socketPath, { force: true });
    },
  };
}

const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** Returns undefined for an address on loopback, such as that of a node, and for `localhost`. */
function routeTo(
  address: string,
  port: number,
  { view, members, nodeIsAlive }: Parameters<typeof startTunnel>[1],
): Route | undefined {
  if (address === 'localhost' || address.startsWith('127.')) return undefined;
  const pod = view.pods().find(({ status }) => status.podIP === address);
  // The view may be behind the API server. The address of a pod that it does not have belongs to others outside.
  if (pod === undefined) return { kind: 'reset' };
  const node = pod.spec.nodeName ?? '';
  if (!nodeIsAlive(node)) return { kind: 'hang' };
  const member = members.find(pod.metadata.uid ?? '');
  return member?.options.listenPort === port
    ? { kind: 'server', host: '127.0.0.1', port: member.port, nodes: [node] }
    : { kind: 'reset' };
}

function passOn(client: Socket, host: string, port: number): void {
  const server = connect(port, host);
  server.once('connect', () => {
    client.write(established);
    client.pipe(server);
    server.pipe(client);
  });
  server.on('error', () => client.destroy());
  server.on('close', () => client.destroy());
  client.on('close', () => server.destroy());
}
