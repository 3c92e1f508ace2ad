import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * A server in a process of its own, so that its memory is not that of the clients. The first line that it reads is the
 * options of TLS as JSON, or `{}`; it then prints its port. Each later line is a number of connections to reset at once.
 */
const sockets = new Set<Socket>();
const lines = createInterface({ input: process.stdin });
lines.once('line', text => {
  const options = JSON.parse(text) as { readonly key?: string; readonly cert?: string };
  const server = options.key === undefined ? createServer() : createTlsServer(options);
  server.on('request', (_, response) => response.end('welcome'));
  // As long as clients need between two requests.
  server.keepAliveTimeout = 120_000;
  server.on(options.key === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
    console.log((server.address() as AddressInfo).port);
  });
  lines.on('line', count => {
    for (const socket of [...sockets].slice(0, Number(count))) socket.destroy();
  });
  lines.on('close', () => process.exit());
});
