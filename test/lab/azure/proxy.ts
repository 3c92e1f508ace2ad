import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { metadataHost } from './managed-identity.js';

export interface Proxy {
  readonly server: Server;
  /** Closes the open tunnels. */
  closeTunnels(): void;
}

/**
 * Creates a forward proxy for the given hosts only. A tunnel to one of them ends in `tlsServer`, so that az keeps its
 * real addresses and no call leaves the machine; a plain http request to the Instance Metadata Service goes to
 * `metadata`. For anything else, `refuse` gets `host:port`, or the address of a plain http request.
 */
export function createProxy(
  tlsServer: TlsServer,
  hosts: readonly string[],
  metadata: RequestListener,
  refuse: (address: string) => void,
): Proxy {
  const tunnels = new Set<Duplex>();

  const server = createServer((request, response) => {
    const address = request.url ?? '';
    if (address.startsWith(`http://${metadataHost}/`)) {
      metadata(request, response);
      return;
    }
    refuse(address);
    response.writeHead(403).end();
  });
  server.on('connect', (request, socket: Duplex, head: Buffer) => {
    const destination = request.url ?? '';
    const host = destination.split(':')[0]?.toLowerCase() ?? '';
    if (!hosts.includes(host)) {
      refuse(destination);
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    tunnels.add(socket);
    socket.on('close', () => tunnels.delete(socket));
    // A client that dies during a request resets its connection, which does not matter to the proxy.
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    tlsServer.emit('connection', socket);
  });
  return {
    server,
    closeTunnels: () => {
      for (const socket of tunnels) socket.destroy();
    },
  };
}
