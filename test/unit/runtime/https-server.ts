import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createTcpServer, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createTlsMaterial, type TlsMaterial } from '../../support/tls.js';

export interface HttpsServer {
  readonly url: string;
  readonly tls: TlsMaterial;
  /** The paths of the requests. */
  readonly paths: string[];
  /** How many connections were opened. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a server with its own authority and a certificate for localhost. */
export async function startServer(respond: (path: string, response: ServerResponse) => void): Promise<HttpsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'node-https-'));
  const tls = await createTlsMaterial(folder, ['localhost']);
  const paths: string[] = [];
  let connections = 0;
  const server: Server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    paths.push(request.url ?? '');
    respond(request.url ?? '', response);
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  const port = await listen(server);
  return {
    url: `https://localhost:${port}`,
    ...{ tls, paths, connections: () => connections },
    close: async () => {
      await closed(server);
      rmSync(folder, { recursive: true });
    },
  };
}

export interface TestProxy {
  readonly port: number;
  /** The requests for a tunnel: the destination and the header Proxy-Authorization. */
  readonly tunnels: { readonly destination: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** Starts a proxy whose tunnels all end on this machine, or which responds with `refusal` instead; `silent` sends nothing. */
export async function startProxy(refusal?: string): Promise<TestProxy> {
  const tunnels: TestProxy['tunnels'] = [];
  const server = createTcpServer();
  const sockets = new Set<Duplex>();
  server.on('connect', ({ url = '', headers }, socket: Duplex) => {
    tunnels.push({ destination: url, authorization: headers['proxy-authorization'] });
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (refusal === 'silent') return;
    if (refusal !== undefined) {
      socket.end(refusal);
      return;
    }
    const port = Number(url.split(':')[1]);
    const upstream: Socket = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  const port = await listen(server);
  return {
    ...{ port, tunnels },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return closed(server);
    },
  };
}

type AnyServer = Server | ReturnType<typeof createTcpServer>;

function listen(server: AnyServer): Promise<number> {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closed(server: AnyServer): Promise<void> {
  return new Promise(resolve => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
