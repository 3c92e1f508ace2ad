import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request as connect } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BookkeepingHost, createBookkeepingHost } from '../lab/azure/bookkeeping-host.js';
import { type AzureStandIn, startAzureStandIn } from '../lab/azure/stand-in.js';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
}

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that speaks to the stand-in without az. */
export interface StandInClient {
  readonly azure: AzureStandIn;
  readonly host: BookkeepingHost;
  /** The path of the subscription. */
  readonly subscription: string;
  /** @param address a path with a query, or a complete URL as it stood in a response */
  readonly send: (method: string, address: string, sent?: Sent) => Promise<Reply>;
  /** Polls an operation until it ends; returns its distinct statuses and the last response. */
  readonly poll: (reply: Reply) => Promise<{ readonly statuses: readonly string[]; readonly last: Reply }>;
  stop(): Promise<void>;
}

/** Starts a stand-in without Kubernetes, whose operations take 20 ms, and logs in. */
export async function startStandInClient(): Promise<StandInClient> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-client-'));
  const host = createBookkeepingHost();
  const azure = await startAzureStandIn({ folder, host });
  azure.tune({ lroMs: 20, pollAfterMs: undefined });
  const ca = await readFile(azure.env['REQUESTS_CA_BUNDLE'] ?? '', 'utf8');
  const proxy = new URL(azure.env['HTTPS_PROXY'] ?? '');

  async function exchange(method: string, url: URL, headers: Record<string, string>, text: string): Promise<Reply> {
    const socket = await openTunnel(proxy, url.host);
    return new Promise((resolve, reject) => {
      const asking = request(url, { method, headers, ca, agent: false, socket } as object);
      asking.on('error', reject);
      asking.on('response', response => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (answer += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body: unknown = answer === '' ? undefined : JSON.parse(answer);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer, body });
        });
      });
      asking.end(text);
    });
  }

  const form = new URLSearchParams({
    ...{ client_id: azure.clientId, client_secret: azure.clientSecret, grant_type: 'client_credentials' },
    scope: 'https://management.core.windows.net//.default',
  });
  const tokens = new URL(`https://login.microsoftonline.com/${azure.tenantId}/oauth2/v2.0/token`);
  const kind = { 'content-type': 'application/x-www-form-urlencoded' };
  const { body: issued } = await exchange('POST', tokens, kind, form.toString());
  const authorization = `Bearer ${(issued as { access_token: string }).access_token}`;

  const send: StandInClient['send'] = (method, address, { body, headers } = {}) =>
    exchange(
      method,
      new URL(address, 'https://management.azure.com'),
      { authorization, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body === undefined ? '' : JSON.stringify(body),
    );
  return {
    azure,
    host,
    subscription: `/subscriptions/${azure.subscriptionId}`,
    send,
    async poll({ headers }) {
      const address = headers['azure-asyncoperation'];
      if (typeof address !== 'string') throw new TypeError('the response has no operation');
      const statuses: string[] = [];
      for (;;) {
        const last = await send('GET', address);
        const { status } = last.body as { status: string };
        if (statuses.at(-1) !== status) statuses.push(status);
        if (['Succeeded', 'Failed', 'Canceled'].includes(status)) return { statuses, last };
      }
    },
    async stop() {
      await azure.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Opens a tunnel through the proxy of the stand-in. */
function openTunnel(proxy: URL, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asking = connect({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: `${host}:443` });
    asking.on('connect', (_, socket) => {
      resolve(socket);
    });
    asking.on('error', reject);
    asking.end();
  });
}
