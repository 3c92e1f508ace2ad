import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { forwardPort } from '../../../lab/workload/port-forward.js';
import { createApi } from './api.js';
import type { Behaviour } from './behaviour.js';
import { type Json, parseTarget, type Target } from './objects.js';
import { followLog } from './probe-pod.js';
import { notFound, ProxyError, StatusError } from './status.js';
import type { Change, Store } from './store.js';
import { type ApiCall, isSelected } from './verbs.js';

/** Runs before the API handles a call: throws a StatusError to refuse it, or does nothing. */
export type Gate = (call: ApiCall) => void;

/** Serves the API over HTTP, watches included. `gate` gets every call first. */
export function createApiServer(store: Store, behaviour: Behaviour, gate: Gate): Server {
  const answer = createApi(store, behaviour);
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    try {
      gate(call);
      if (behaviour.hangs(call.path)) return;
      const target = parseTarget(call.path);
      if (target && /^(1|true)$/.test(call.query['watch'] ?? '')) {
        streamChanges(store, target, call, response);
        return;
      }
      if (target?.subresource === 'log' && call.query['follow'] === 'true') {
        const pod = store.get(target.resource, target.namespace, target.name ?? '');
        if (!pod) throw notFound(target.resource.plural, target.name ?? '');
        followLog(store, pod, () => behaviour.log(pod), response);
        return;
      }
      const { status, body } = answer(call);
      send(response, status, body);
    } catch (error) {
      if (error instanceof ProxyError) {
        send(response, error.status, error.message);
        return;
      }
      if (!(error instanceof StatusError)) throw error;
      if (error.retryAfterSeconds !== undefined) response.setHeader('retry-after', error.retryAfterSeconds);
      send(response, error.status, error.body);
    }
  };
  const forward = async (request: IncomingMessage, socket: Duplex): Promise<void> => {
    const call = await readCall(request);
    gate(call);
    forwardPort(request, socket, Number(call.query['ports']), { port: behaviour.memberPort });
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // The caller must see a defect of the stand-in; it must not end the test process.
      const failure = new StatusError(500, 'InternalError', `stand-in: ${String(error)}`);
      send(response, failure.status, failure.body);
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    forward(request, socket).catch(() => socket.destroy());
  });
  return server;
}

async function readCall(request: IncomingMessage): Promise<ApiCall> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  request.setEncoding('utf8');
  let text = '';
  for await (const chunk of request) text += chunk as string;
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: request.headers['content-type'] ?? '',
    // Apply takes YAML as well, which the action does not send.
    ...(text === '' ? {} : { body: JSON.parse(text) as Json }),
  };
}

function send(response: ServerResponse, status: number, body: Json | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type }).end(text);
}

/** One JSON event per line, as "Efficient detection of changes" in the Kubernetes documentation describes. */
function streamChanges(store: Store, target: Target, { query }: ApiCall, response: ServerResponse): void {
  const wanted = (change: Change): boolean => {
    const { name, namespace } = change.object.metadata;
    return (
      change.resource === target.resource &&
      (target.namespace === undefined || target.namespace === namespace) &&
      (target.name === undefined || target.name === name) &&
      isSelected(change.object, query)
    );
  };
  const write = (type: string, object: Json): void => {
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const from = query['resourceVersion'] ?? '';
  const missed = /^0?$/.test(from) ? [] : store.since(Number(from));
  if (missed === undefined) {
    write('ERROR', new StatusError(410, 'Expired', `too old resource version: ${from}`).body);
    response.end();
    return;
  }
  if (/^0?$/.test(from)) {
    const { resource, namespace } = target;
    for (const object of store.list(resource, namespace).filter(item => isSelected(item, query)))
      write('ADDED', object);
  }
  for (const { type, object } of missed.filter(wanted)) write(type, object);

  const stop = store.onChange(change => {
    if (wanted(change)) write(change.type, change.object);
  });
  const seconds = Number(query['timeoutSeconds'] ?? 1800);
  const timer = setTimeout(() => response.end(), seconds * 1000);
  response.once('close', () => {
    stop();
    clearTimeout(timer);
  });
}
