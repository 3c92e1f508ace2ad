import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FaultInjection, Strike } from './fault-injection.js';
import { metadataHost } from './managed-identity.js';
import { type Answer, ArmError, isObject, type Json } from './messages.js';
import { azureHosts, sameName, subscriptionId } from './names.js';
import { roleRefusal } from './role.js';
import type { RequestWithoutParams, Route } from './router.js';
import type { Settings } from './settings.js';
import { expiredTokenRefusal, tokenRefusal } from './token-refusals.js';
import type { Tokens } from './tokens.js';
import { answerVersionCheck } from './version-check.js';

/** One request with its response. */
export interface RecordedRequest {
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** 0: the connection was dropped. */
  readonly status: number;
  readonly ms: number;
  /** The JSON body, if any. Forms are not kept: they hold secrets. */
  readonly body?: unknown;
  /** The entity tag that the resource must still have, as it was sent. */
  readonly ifMatch?: string;
  /** The names of the faults that affected it. */
  readonly faults: readonly string[];
}

export interface Dispatch {
  readonly routes: readonly Route[];
  readonly faults: FaultInjection;
  readonly tokens: Tokens;
  readonly settings: Pick<Settings, 'role'>;
  record(request: RecordedRequest): void;
  /** Called for requests to hosts outside Azure. */
  refuse(address: string): void;
  /** Called with what the stand-in could not do. */
  report(problem: string): void;
}

/** Passes a request through faults, authorization and routes, and records it. */
export function createListener(dispatch: Dispatch): RequestListener {
  return (incoming, response) => {
    void serve(dispatch, incoming, response).catch((error: unknown) => {
      dispatch.report(`${incoming.method ?? ''} ${incoming.url ?? ''}: ${String(error)}`);
      incoming.socket.destroy();
    });
  };
}

async function serve(dispatch: Dispatch, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const at = new Date();
  const request = await read(incoming);
  const host = incoming.headers.host ?? '';
  if (![...azureHosts, metadataHost].includes(host)) {
    const answer = answerVersionCheck(host, request.path);
    if (!answer) dispatch.refuse(`${host}${request.path}`);
    await send(request, answer ?? { status: 403 }, response);
    return;
  }
  const strike = dispatch.faults.strike(request);
  const status = await reply(dispatch, { ...request, trouble: strike.trouble }, strike, incoming, response);
  const { method, path, query, json, headers } = request;
  const body = Object.keys(json).length > 0 && { body: json };
  const ifMatch = headers['if-match'];
  dispatch.record({
    at,
    method,
    path,
    query: query.toString(),
    status,
    ms: Date.now() - at.getTime(),
    ...body,
    ...(ifMatch !== undefined && { ifMatch }),
    faults: strike.names,
  });
}

async function reply(
  dispatch: Dispatch,
  request: RequestWithoutParams,
  strike: Strike,
  { socket }: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  if (strike.drop === 'before') {
    socket.destroy();
    return 0;
  }
  const answer = strike.answer ?? (await handle(dispatch, request));
  if (strike.drop === 'after') {
    socket.destroy();
    return 0;
  }
  await send(request, answer, response);
  return answer.status;
}

async function handle(dispatch: Dispatch, request: RequestWithoutParams): Promise<Answer> {
  try {
    authorize(request, dispatch);
    for (const route of dispatch.routes) {
      const params = route.method === request.method ? route.match(request.path) : undefined;
      if (params) return await route.handle(request, params);
    }
    dispatch.report(`no route for ${request.method} ${request.path}`);
    throw new ArmError(404, 'InvalidResourceType', `The stand-in has no answer to ${request.method} ${request.path}`);
  } catch (error) {
    if (error instanceof ArmError) return error.answer();
    dispatch.report(
      `${request.method} ${request.path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return new ArmError(500, 'InternalServerError', String(error)).answer();
  }
}

/** ARM requires a known token that has not expired, the existing subscription, and a role with the action. */
function authorize(request: RequestWithoutParams, { tokens, settings }: Dispatch): void {
  const { path, headers } = request;
  const isArm = /^\/(subscriptions|tenants)(\/|$)/i.test(path);
  if (!isArm) return;
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined)
    throw tokenRefusal('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  const expiry = tokens.accessTokenExpiry(token);
  if (!expiry) throw tokenRefusal('InvalidAuthenticationToken', 'The access token is invalid.');
  if (expiry.getTime() < Date.now()) throw expiredTokenRefusal(expiry);
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
  if (subscription !== undefined && !sameName(subscription, subscriptionId)) {
    throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
  }
  const refusal = roleRefusal(request, settings.role);
  if (refusal !== undefined) throw refusal;
}

async function read(incoming: IncomingMessage): Promise<RequestWithoutParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const origin = `https://${incoming.headers.host ?? ''}`;
  const url = new URL(incoming.url ?? '/', origin);
  const type = incoming.headers['content-type'] ?? '';
  return {
    method: incoming.method ?? '',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: incoming.headers,
    json: type.includes('json') && text ? readJson(text) : {},
    form: type.includes('urlencoded') ? Object.fromEntries(new URLSearchParams(text)) : {},
    origin,
    trouble: undefined,
  };
}

function readJson(text: string): Json {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
}

/** Sends a response. A client may choose the correlation id; the request id is always new. */
async function send(request: RequestWithoutParams, answer: Answer, response: ServerResponse): Promise<void> {
  const { status, body, parts, headers } = answer;
  const text = body === undefined ? '' : JSON.stringify(body);
  const chosen = request.headers['x-ms-correlation-request-id'];
  response.writeHead(status, {
    ...((text || parts) && { 'content-type': 'application/json; charset=utf-8' }),
    ...(!parts && { 'content-length': Buffer.byteLength(text) }),
    'x-ms-request-id': randomUUID(),
    'x-ms-correlation-request-id': typeof chosen === 'string' ? chosen : randomUUID(),
    ...headers,
  });
  // A client may end such a long response before its end, which is no problem of the stand-in.
  if (parts) await pipeline(Readable.from(parts), response).catch(() => undefined);
  else response.end(request.method === 'HEAD' ? undefined : text);
}
