import { type IncomingMessage, request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';

export interface ApiReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ApiRequest {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
}

/** Sends a request to an API on a unix socket. Returns the complete response. */
export async function ask(socketPath: string, request: ApiRequest): Promise<ApiReply> {
  const incoming = await open(socketPath, request);
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk as string;
  const json = incoming.headers['content-type']?.includes('json') === true;
  return { status: incoming.statusCode ?? 0, body: json ? (JSON.parse(text) as ApiReply['body']) : { text } };
}

/** Opens a watch and yields its events as they arrive. */
export async function* follow(socketPath: string, path: string): AsyncGenerator<WatchEvent> {
  const incoming = await open(socketPath, { path });
  try {
    for await (const line of createInterface(incoming)) yield JSON.parse(line) as WatchEvent;
  } finally {
    incoming.destroy();
  }
}

export interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly code?: number;
  };
}

function open(socketPath: string, { method = 'GET', path, body, contentType }: ApiRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType ?? 'application/json' };
    const outgoing = httpRequest({ socketPath, method, path, headers, agent: false }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
