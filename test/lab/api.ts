import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { KubernetesObject, List, Status } from '../../src/kubernetes/api/types.js';
import { readKubeconfig } from './kubeconfig.js';
import { followList } from './list-watch.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const mergePatch = 'application/merge-patch+json';
export const strategicMergePatch = 'application/strategic-merge-patch+json';

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

/** The Kubernetes API for the lab itself; the project under test never uses it. */
export interface LabApi {
  readonly server: string;
  /**
   * The client certificate of the kubeconfig. It is also a server certificate where clients verify none (kubelet,
   * metrics).
   */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** @throws ApiError when the API server refuses; Error when it is unreachable. */
  request<T>(method: Method, path: string, body?: unknown, contentType?: string): Promise<T>;
  list<T extends KubernetesObject>(path: string): Promise<List<T>>;
  /** Patches with {@link mergePatch} by default. A subresource is part of the path. */
  patch<T>(path: string, body: unknown, contentType?: string): Promise<T>;
  /**
   * Delivers every object of a collection (as ADDED), then every change. Resolves after the first list. Continues until
   * the signal aborts, across disconnects and expired versions: it derives missed changes from a new list, so that a
   * consumer never misses a DELETED.
   */
  watch<T extends KubernetesObject>(
    path: string,
    onEvent: (event: WatchEvent<T>) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Closes idle connections. Watches end by their signals. */
  close(): void;
}

/** An error response of the API server. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly status: Partial<Status>;
  constructor(method: string, path: string, code: number, status: Partial<Status>) {
    super(`${method} ${path}: ${code} ${status.reason ?? ''} ${status.message ?? ''}`.trim());
    this.code = code;
    this.status = status;
  }
}

/** Returns whether the API server responded "not found". */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === 404;
}

/** For objects that someone else may have deleted in the meantime. */
export async function ignoreNotFound(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Connects with the current context of a kubeconfig file: certificate or token, https or http. */
export async function connectApi(kubeconfigPath: string): Promise<LabApi> {
  const { server, ca, verifyServer, clientCertificate, token } = await readKubeconfig(kubeconfigPath);
  const secure = server.startsWith('https:');
  const tls = { ...(ca === undefined ? {} : { ca }), ...clientCertificate, rejectUnauthorized: verifyServer };
  const agent = secure ? new HttpsAgent({ ...tls, keepAlive: true }) : new HttpAgent({ keepAlive: true });

  const open = (method: Method, path: string, headers: Record<string, string>, signal?: AbortSignal): ClientRequest =>
    (secure ? httpsRequest : httpRequest)(new URL(path, server), {
      method,
      agent,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(signal ? { signal } : {}),
    });

  const request = async <T>(
    method: Method,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<T> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const call = open(method, path, text === undefined ? {} : { 'content-type': contentType });
    const response = await answerTo(call, text);
    const answer = await readText(response);
    const code = response.statusCode ?? 0;
    if (code >= 200 && code < 300) return JSON.parse(answer) as T;
    throw new ApiError(method, path, code, asStatus(answer));
  };

  return {
    server,
    ...(clientCertificate ? { clientCertificate } : {}),
    request,
    list: <T extends KubernetesObject>(path: string) => request<List<T>>('GET', path),
    patch: (path, body, contentType = mergePatch) => request('PATCH', path, body, contentType),
    watch: <T extends KubernetesObject>(path: string, onEvent: (event: WatchEvent<T>) => void, signal: AbortSignal) =>
      followList<T>({
        list: () => request<List<T>>('GET', path),
        open: async query => {
          const call = open('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, {}, signal);
          const response = await answerTo(call);
          if (response.statusCode === 200) return response;
          throw new ApiError('GET', path, response.statusCode ?? 0, asStatus(await readText(response)));
        },
        onEvent,
        signal,
      }),
    close: () => {
      agent.destroy();
    },
  };
}

function answerTo(call: ClientRequest, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.once('response', resolve);
    call.once('error', reject);
    call.end(body);
  });
}

async function readText(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A proxy in between or an unready server may respond with plain text. */
function asStatus(text: string): Partial<Status> {
  try {
    return JSON.parse(text) as Partial<Status>;
  } catch {
    return { message: text.trim() };
  }
}
