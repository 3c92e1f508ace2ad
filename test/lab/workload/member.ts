import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen } from './listener.js';
import { answerRest, type RestContext } from './rest.js';

/** `hang`: accepts connections and requests and never responds. `refuse`: resets every new connection. */
export type MemberFault = 'none' | 'hang' | 'refuse';

export interface MemberSwitches {
  fault: MemberFault;
  /** The delay of every response of the REST interface. */
  answerDelayMs: number;
}

/** The client listener of one double: a welcome page and the REST interface, on a separate loopback port. */
export interface MemberListener {
  readonly port: number;
  readonly switches: MemberSwitches;
  /** Ends every connection, as the end of the process does. */
  stop(): Promise<void>;
}

export type MemberContext = Omit<RestContext, 'answerDelayMs'>;

export async function startMember(context: MemberContext): Promise<MemberListener> {
  const switches: MemberSwitches = { fault: 'none', answerDelayMs: 0 };
  const server = createServer((request, response) => {
    if (switches.fault === 'hang') return;
    answerMember(request, response, { ...context, answerDelayMs: switches.answerDelayMs });
  });
  server.on('connection', socket => {
    if (switches.fault === 'refuse') socket.resetAndDestroy();
  });
  const port = await listen(server);
  return {
    port,
    switches,
    stop: async () => {
      const closed = close(server);
      server.closeAllConnections();
      await closed;
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
