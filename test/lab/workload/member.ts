import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { close, listen } from './listener.js';
import { answerRest, type RestContext } from './rest.js';

/** `hang`: accepts connections and requests and never responds. `refuse`: resets every new connection. */
export type MemberFault = 'none' | 'hang' | 'refuse';

export interface MemberSwitches {
  fault: MemberFault;
  /** The delay of every response of the REST interface. */
  answerDelayMs: number;
  /** Whether nothing passes between it and its peers: it keeps what it has, and accepts nothing. */
  cutOff: boolean;
}

/** The client listener of one double: a welcome page and the REST interface, on a separate loopback port. */
export interface MemberListener {
  readonly port: number;
  /** The loopback port with TLS; undefined without a keystore. */
  readonly tlsPort: number | undefined;
  readonly switches: MemberSwitches;
  /** Ends every connection, as the end of the process does. */
  stop(): Promise<void>;
}

export interface MemberContext extends Omit<RestContext, 'answerDelayMs'> {
  /** The keystore for TLS in the form of PKCS 12, which Java and OpenSSL read. */
  readonly keystore: { readonly pfx: Buffer; readonly passphrase: string } | undefined;
}

const alone: RestContext['cluster'] = { hasQuorum: () => false, publish: () => undefined };

/** @throws Error of OpenSSL for a keystore that cannot be read with its password. */
export async function startMember(context: MemberContext): Promise<MemberListener> {
  const switches: MemberSwitches = { fault: 'none', answerDelayMs: 0, cutOff: false };
  const respond: RequestListener = (request, response) => {
    if (switches.fault === 'hang') return;
    const cluster = switches.cutOff ? alone : context.cluster;
    answerMember(request, response, { ...context, cluster, answerDelayMs: switches.answerDelayMs });
  };
  const clear = createServer(respond);
  const encrypted = context.keystore && createTlsServer(context.keystore, respond);
  const servers = encrypted === undefined ? [clear] : [clear, encrypted];
  for (const server of servers) {
    // Clients stay connected while they are idle; by default, Node closes their connections after 5 s.
    server.keepAliveTimeout = 0;
    server.on('connection', (socket: Socket) => {
      if (switches.fault === 'refuse') socket.resetAndDestroy();
    });
  }
  return {
    port: await listen(clear),
    tlsPort: encrypted && (await listen(encrypted)),
    switches,
    stop: async () => {
      const closed = servers.map(close);
      for (const server of servers) server.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

/** Answers a client: with the welcome page, or by the REST interface. */
export function answerMember(request: IncomingMessage, response: ServerResponse, context: RestContext): void {
  const url = new URL(request.url ?? '/', 'http://member');
  if (request.method === 'GET' && url.pathname === '/') {
    send(response, 200, 'text/html; charset=utf-8', welcomePage(context.name));
    return;
  }
  answerRest(request, url, context).then(
    ({ code, body }) => {
      send(response, code, 'application/json', JSON.stringify(body));
    },
    () => {
      response.destroy();
    },
  );
}

function send(response: ServerResponse, code: number, type: string, body: string): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function welcomePage(name: string): string {
  return `<!DOCTYPE html>
<html><head><title>Welcome to MigratoryData</title></head>
<body><h1>Welcome to MigratoryData</h1>
<p>The server on ${name} is running.</p>
<ul><li><a href="/console.html">Debug Console</a></li></ul></body></html>
`;
}
