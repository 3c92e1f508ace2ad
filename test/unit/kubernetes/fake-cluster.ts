import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallRecord } from '../../../src/journal/model.js';
import { createApi, type KubernetesApi } from '../../../src/kubernetes/api/api.js';
import { createTransport } from '../../../src/kubernetes/api/transport.js';
import { systemClock } from '../../../src/runtime/node-ports.js';
import type { Clock } from '../../../src/runtime/ports.js';
import { RecordingLog } from '../fakes.js';

/** Any object, as JSON. */
export type Json = Record<string, unknown> & {
  metadata: { name: string; resourceVersion?: string } & Record<string, unknown>;
};

export interface Received {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
}

interface Watcher {
  readonly collection: string;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
}

interface WatchEvent {
  readonly collection: string;
  readonly version: number;
  readonly type: string;
  readonly object: Json;
}

type Script = (received: Received, response: ServerResponse) => boolean;

/**
 * A minimal API server on a unix socket: it stores objects by path, and serves lists, watches, patches and deletions.
 * Scripts are called first and may respond to any request; `react` simulates the controllers after each change.
 */
export class FakeCluster implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly calls: CallRecord[] = [];
  readonly warnings: string[] = [];
  readonly log = new RecordingLog();
  readonly scripts: Script[] = [];
  react: (change: { readonly method: string; readonly path: string; readonly body: unknown }) => void = () => undefined;
  readonly #objects = new Map<string, Json>();
  readonly #watchers = new Set<Watcher>();
  readonly #events: WatchEvent[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #cleanups: (() => unknown)[] = [];
  #socketPath = '';
  #version = 100;

  static async start(): Promise<FakeCluster> {
    const cluster = new FakeCluster();
    const folder = await mkdtemp(join(tmpdir(), 'fake-cluster-'));
    cluster.#socketPath = join(folder, 's');
    await new Promise<void>(resolve => cluster.#server.listen(cluster.#socketPath, resolve));
    cluster.#cleanups.push(() => rm(folder, { recursive: true }));
    return cluster;
  }

  /** The socket of the API server, which kubectl proxy would serve. */
  get socketPath(): string {
    return this.#socketPath;
  }

  api(
    signal: AbortSignal = new AbortController().signal,
    clock: Clock = systemClock,
    renewLogin?: () => Promise<void>,
  ): KubernetesApi {
    const transport = createTransport(this.#socketPath);
    this.#cleanups.push(() => {
      transport.close();
    });
    const startedMs = performance.now();
    const journal = {
      call: (record: CallRecord) => void this.calls.push(record),
      elapsed: () => Math.round(performance.now() - startedMs),
      warnOnce: (text: string) => void this.warnings.push(text),
    };
    return createApi(transport, { clock, log: this.log, journal, renewLogin }, signal);
  }

  /** Adds or replaces an object under a collection path such as `/api/v1/namespaces/ns/pods`. */
  put(collection: string, given: object): Json {
    const object = given as Json;
    const path = `${collection}/${object.metadata.name}`;
    const uid = this.#objects.get(path)?.metadata['uid'] ?? object.metadata['uid'] ?? randomUUID();
    const stored: Json = { ...object, metadata: { uid, ...object.metadata, resourceVersion: String(++this.#version) } };
    const type = this.#objects.has(path) ? 'MODIFIED' : 'ADDED';
    this.#objects.set(path, stored);
    this.#tell(collection, type, stored);
    return stored;
  }

  get(path: string): Json | undefined {
    return this.#objects.get(path);
  }

  delete(path: string): void {
    const object = this.#objects.get(path);
    if (object === undefined) return;
    this.#objects.delete(path);
    const gone = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    this.#tell(path.slice(0, path.lastIndexOf('/')), 'DELETED', gone);
  }

  /** Returns the objects of a collection, which may be of all namespaces. */
  list(collection: string): readonly Json[] {
    const inside = (path: string): boolean => {
      const own = path.slice(0, path.lastIndexOf('/'));
      return own === collection || own.replace(/\/namespaces\/[^/]+(?=\/)/, '') === collection;
    };
    return [...this.#objects].filter(([path]) => inside(path)).map(([, object]) => object);
  }

  get watching(): number {
    return this.#watchers.size;
  }

  /** Ends all open watches, with an error event or by closing the connection. */
  breakWatches(error?: object): void {
    for (const watcher of this.#watchers) {
      if (error === undefined) watcher.response.destroy();
      else watcher.response.end(`${JSON.stringify({ type: 'ERROR', object: error })}\n`);
    }
    this.#watchers.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    for (const clean of this.#cleanups) await clean();
  }

  #tell(collection: string, type: string, object: Json): void {
    const event = { collection, version: this.#version, type, object };
    this.#events.push(event);
    for (const watcher of this.#watchers) send(watcher, event);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://localhost');
    const contentType = request.headers['content-type'] ?? '';
    const received = { method: request.method ?? '', path, query, contentType, body };
    this.received.push(received);
    if (this.scripts.some(script => script(received, response))) return;
    this.#answer(received, response);
  }

  #answer({ method, path, query, contentType, body }: Received, response: ServerResponse): void {
    const collection = path.slice(0, path.lastIndexOf('/'));
    const found = this.#objects.get(path);
    const sent = body === '' ? undefined : (JSON.parse(body) as Json);
    if (method === 'GET' && query.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const watcher = { collection: path, query, response };
      this.#watchers.add(watcher);
      // Like the API server, so that no change between a list and its watch is lost.
      const since = Number(query.get('resourceVersion') ?? this.#version);
      for (const event of this.#events.filter(({ version }) => version > since)) send(watcher, event);
      response.once('close', () => this.#watchers.delete(watcher));
      return;
    }
    if (method === 'GET' && found === undefined && isCollection(path)) {
      const all = this.list(path).filter(object => matches(object, query));
      const from = Number(query.get('continue') ?? 0);
      const to = from + Number(query.get('limit') ?? all.length);
      const more = to < all.length ? { continue: String(to), remainingItemCount: all.length - to } : {};
      reply(response, 200, {
        metadata: { resourceVersion: String(this.#version), ...more },
        items: all.slice(from, to),
      });
      return;
    }
    const proxied = /^(.*)\/http:([^/:]+):\d+\/proxy\/$/.exec(path);
    if (proxied !== null && this.#objects.has(`${proxied[1]}/${proxied[2]}`)) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>MigratoryData</title>');
      return;
    }
    const version = (sent as Partial<Json> | undefined)?.metadata?.resourceVersion;
    const changed = path.endsWith('/scale') ? this.#objects.get(collection) : found;
    if (method === 'PATCH' && version !== undefined && changed?.metadata.resourceVersion !== version) {
      refuse(response, changed === undefined ? 404 : 409, changed === undefined ? 'NotFound' : 'Conflict');
      return;
    }
    if (method === 'PATCH' && path.endsWith('/scale')) {
      const owner = changed;
      if (owner === undefined || sent === undefined) return;
      this.put(collection.slice(0, collection.lastIndexOf('/')), merge(owner, sent) as Json);
      reply(response, 200, sent);
    } else if (method === 'PATCH' && sent !== undefined) {
      const applied = contentType.startsWith('application/apply-patch');
      if (found === undefined && !applied) {
        refuse(response, 404, 'NotFound');
        return;
      }
      const object = (applied ? mergeApplied(found, sent) : merge(found, sent)) as Json;
      if (query.has('dryRun')) {
        reply(response, 200, object);
        return;
      }
      reply(response, 200, this.put(collection, object));
    } else if (method === 'POST' && path.endsWith('/eviction')) {
      if (!body.includes('dryRun')) this.delete(collection);
      reply(response, 201, { kind: 'Status', status: 'Success' });
    } else if (method === 'POST' && sent !== undefined && this.#objects.has(`${path}/${sent.metadata.name}`)) {
      refuse(response, 409, 'AlreadyExists');
      return;
    } else if (method === 'POST' && sent !== undefined) {
      reply(response, 201, this.put(path, sent));
    } else if (found === undefined) {
      refuse(response, 404, 'NotFound');
    } else {
      if (method === 'DELETE') this.delete(path);
      reply(response, 200, found);
    }
    if (method !== 'GET') this.react({ method, path, body: sent });
  }
}

/** Whether a path names a collection, such as `/api/v1/nodes`, and not an object or one of its subresources. */
function isCollection(path: string): boolean {
  const [, rest = ''] = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
  return /^(?:[^/]+|namespaces\/[^/]+\/[^/]+)$/.test(rest);
}

function send({ collection, query, response }: Watcher, event: WatchEvent): void {
  const { type, object } = event;
  if (event.collection === collection && matches(object, query))
    response.write(`${JSON.stringify({ type, object })}\n`);
}

export function reply(response: ServerResponse, status: number, object: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object));
}

/** Responds with a Status, like the API server. */
export function refuse(response: ServerResponse, code: number, reason: string, more: object = {}): void {
  reply(response, code, { kind: 'Status', status: 'Failure', code, reason, message: `${reason} it is`, ...more });
}

/** A script that responds to the first matching requests. */
export function once(
  matching: (received: Received) => boolean,
  answer: (response: ServerResponse) => void,
  times = 1,
): Script {
  let left = times;
  return (received, response) => {
    if (left === 0 || !matching(received)) return false;
    left -= 1;
    answer(response);
    return true;
  };
}

function matches(object: Json, query: URLSearchParams): boolean {
  const termsOf = (selector: string): readonly string[] =>
    (query.get(selector) ?? '').split(',').filter(term => term !== '');
  const labels = (object.metadata['labels'] ?? {}) as Record<string, string>;
  const isLabelled = termsOf('labelSelector').every(term => {
    const [, key = '', operator, value] = /^([^=!]+)(?:(!?=)(.*))?$/.exec(term) ?? [];
    if (operator === undefined) return key in labels;
    return (labels[key] === value) === (operator === '=');
  });
  if (!isLabelled) return false;
  return termsOf('fieldSelector').every(term => {
    const [path = '', value] = term.split('=');
    const found = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], object);
    // Like the API server, which knows every node as schedulable or not.
    return (path === 'spec.unschedulable' ? JSON.stringify(found ?? false) : found) === value;
  });
}

/** Server-side apply without owners: what others have set stays, and items of lists are matched by position. */
function mergeApplied(target: unknown, applied: unknown): unknown {
  if (typeof applied !== 'object' || applied === null || typeof target !== 'object' || target === null) return applied;
  if (Array.isArray(applied)) return applied.map((item, index) => mergeApplied((target as unknown[])[index], item));
  const kept = target as Record<string, unknown>;
  const merged = Object.entries(applied).map(([name, value]) => [name, mergeApplied(kept[name], value)] as const);
  return { ...kept, ...Object.fromEntries(merged) };
}

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const kept = { ...(target as Record<string, unknown> | undefined) };
  const merged = Object.entries(patch).map(([name, value]) => [name, merge(kept[name], value)] as const);
  return Object.fromEntries(
    Object.entries({ ...kept, ...Object.fromEntries(merged) }).filter(([, value]) => value !== null),
  );
}
