import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly method: Method;
  /** Path and query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
  /** How long the server may be silent, in milliseconds. */
  readonly idleTimeoutMs: number;
}

export interface HttpReply {
  readonly status: number;
  readonly text: string;
  /** From the Retry-After header. */
  readonly retryAfterSeconds?: number;
}

export interface HttpStream {
  readonly status: number;
  /** The lines of the body as they arrive; fails when the connection is lost. */
  readonly lines: AsyncIterable<string>;
  /** Returns the full body, for responses that are not streams. */
  text(): Promise<string>;
}

/** HTTP over one unix socket. Connection failures are errors of Node; an abort rejects with the signal's reason. */
export interface Transport {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  stream(request: HttpRequest, signal: AbortSignal): Promise<HttpStream>;
  /** Turns a connection of its own into a websocket; without `socket`, the server has refused. */
  upgrade(path: string, protocol: string, signal: AbortSignal): Promise<HttpReply & { readonly socket?: Duplex }>;
  /** Closes idle connections. */
  close(): void;
}

/**
 * Without it, Node derives the name of a TLS server from the Host header, although there is no TLS: the patterns of
 * addresses that it compiles for this take 4 ms of a step.
 */
const withoutServerName = { servername: '' };

/** Creates a transport to the server on a unix socket. */
export function createTransport(socketPath: string): Transport {
  const { Agent, request: startRequest } = process.getBuiltinModule('node:http');
  const agent = new Agent({ keepAlive: true, ...withoutServerName });

  const open = (request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, path, contentType, body, idleTimeoutMs } = request;
      const headers = {
        // kubectl proxy accepts only the hosts of --accept-hosts, which include this one.
        host: 'localhost',
        accept: 'application/json',
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      };
      const outgoing = startRequest({ agent, socketPath, method, path, headers, signal }, resolve);
      outgoing.setTimeout(idleTimeoutMs, () => {
        outgoing.destroy(new Error(`no response within ${Math.round(idleTimeoutMs / 1000)} s`));
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });

  return {
    async send(request, signal) {
      signal.throwIfAborted();
      try {
        const incoming = await open(request, signal);
        const text = await readText(incoming);
        const retryAfterSeconds = Number(incoming.headers['retry-after']);
        const reply = { status: incoming.statusCode ?? 0, text };
        return Number.isFinite(retryAfterSeconds) ? { ...reply, retryAfterSeconds } : reply;
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },

    async stream(request, signal) {
      signal.throwIfAborted();
      try {
        const incoming = await open(request, signal);
        return { status: incoming.statusCode ?? 0, lines: readLines(incoming, signal), text: () => readText(incoming) };
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },

    async upgrade(path, protocol, signal) {
      signal.throwIfAborted();
      const headers = {
        host: 'localhost',
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'),
        'sec-websocket-protocol': protocol,
      };
      try {
        return await new Promise((resolve, reject) => {
          const outgoing = startRequest({ agent: false, socketPath, path, headers, signal });
          outgoing.once('error', reject);
          outgoing.once('response', incoming => {
            readText(incoming).then(text => {
              resolve({ status: incoming.statusCode ?? 0, text });
            }, reject);
          });
          outgoing.once('upgrade', (incoming, socket, head) => {
            socket.unshift(head);
            resolve({ status: incoming.statusCode ?? 0, text: '', socket });
          });
          outgoing.end();
        });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },

    close() {
      agent.destroy();
    },
  };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  incoming.setEncoding('utf8');
  let text = '';
  for await (const chunk of incoming) text += chunk as string;
  return text;
}

async function* readLines(incoming: IncomingMessage, signal: AbortSignal): AsyncGenerator<string> {
  incoming.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of incoming) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield line;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
