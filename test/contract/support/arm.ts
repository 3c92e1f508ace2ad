import { afterAll } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTlsMaterial, type TlsMaterial } from '../../support/tls.js';

/** A request to Azure Resource Manager. */
export interface ArmCall {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  readonly path: string;
  /** Without the api-version. */
  readonly query: Readonly<Record<string, string>>;
  readonly ifMatch: string;
  readonly token: string;
  readonly body: unknown;
}

export interface ArmReply {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The connection is cut, or nothing is sent. */
export type NoReply = 'lost' | 'silent';

export interface ArmServer extends AsyncDisposable {
  readonly endpoint: string;
  /** The certificate with which a client trusts the server, for REQUESTS_CA_BUNDLE. */
  readonly caFile: string;
  readonly calls: ArmCall[];
  /** Requests without a reply; a test should find none. */
  readonly unexpected: readonly string[];
  /** Replies to `METHOD path` that match the pattern; of several rules the latest one counts. */
  on(pattern: RegExp, reply: (call: ArmCall) => ArmReply | NoReply): void;
  /** Resolves with the first request that matches, now or later. */
  called(pattern: RegExp): Promise<ArmCall>;
}

/** Made once for each test file. */
let material: Promise<TlsMaterial> | undefined;

afterAll(async () => {
  if (material !== undefined) await rm(dirname((await material).caFile), { recursive: true });
});

/** Starts a server with the certificate of a test. */
export async function startArm(): Promise<ArmServer> {
  material ??= mkdtemp(join(tmpdir(), 'mda-tls-')).then(folder => createTlsMaterial(folder, ['localhost']));
  const { key, cert, caFile } = await material;
  const calls: ArmCall[] = [];
  const unexpected: string[] = [];
  const rules: { readonly pattern: RegExp; readonly reply: (call: ArmCall) => ArmReply | NoReply }[] = [];
  const waiters: { readonly pattern: RegExp; readonly resolve: (call: ArmCall) => void }[] = [];

  const server = createServer({ key, cert }, (request, response) => {
    void readCall(request).then(call => {
      const line = `${call.method} ${call.path}`;
      calls.push(call);
      for (const { pattern, resolve } of waiters) if (pattern.test(line)) resolve(call);
      const rule = rules.findLast(({ pattern }) => pattern.test(line));
      if (!rule) unexpected.push(line);
      const reply = rule?.reply(call) ?? { status: 501, body: { error: { code: 'Unscripted', message: line } } };
      if (reply === 'silent') return;
      if (reply === 'lost') {
        response.destroy();
        return;
      }
      const { status, body, headers = {} } = reply;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');

  return {
    endpoint: `https://localhost:${(server.address() as AddressInfo).port}`,
    ...{ caFile, calls, unexpected },
    on(pattern, reply) {
      rules.push({ pattern, reply });
    },
    called(pattern) {
      const past = calls.find(({ method, path }) => pattern.test(`${method} ${path}`));
      if (past) return Promise.resolve(past);
      return new Promise(resolve => waiters.push({ pattern, resolve }));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readCall(request: IncomingMessage): Promise<ArmCall> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  const url = new URL(request.url ?? '/', 'https://localhost');
  const { 'api-version': version, ...query } = Object.fromEntries(url.searchParams);
  if (version === undefined) throw new Error(`no api-version in ${request.url ?? ''}`);
  const { authorization = '', 'if-match': ifMatch = '' } = request.headers;
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    path: decodeURIComponent(url.pathname),
    ...{ query, ifMatch, token: authorization.replace(/^Bearer /, '') },
    body: text === '' ? undefined : JSON.parse(text),
  };
}
