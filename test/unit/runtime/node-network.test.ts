import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateError } from '../../../src/migratorydata/tls-errors.js';
import { createSocketNetwork } from '../../../src/runtime/node-network.js';
import type { HttpAnswer, Network } from '../../../src/runtime/ports.js';
import { type Authority, createAuthority } from '../../support/tls.js';
import { rejection } from '../azure/fixtures.js';

const { signal } = new AbortController();
const servers: Server[] = [];
let folder: string;
let authority: Authority;
let trusting: Network;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-network-'));
  authority = await createAuthority(folder, 'authority');
  trusting = createSocketNetwork(await readFile(authority.caFile, 'utf8'));
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
/** Starts a server with a certificate of these names; returns its URL. */
async function serve(
  name: string,
  options: { readonly names: readonly string[]; readonly days?: number },
): Promise<string> {
  const { key, cert } = await authority.issue(name, options);
  return `https://${await listen(createServer({ key, cert }, (_, response) => response.end('hello')))}`;
}
function get(network: Network, url: string): Promise<HttpAnswer> {
  return network.http({ method: 'GET', url, timeoutMs: 10_000 }, signal);
}
/** Opens a persistent connection; `next` returns what happens to it next: a response, or the code of the error. */
function open(network: Network, url: string) {
  let happened: (what: string | undefined) => void = () => undefined;
  const session = network.open?.(url, {
    answered: isEnding => {
      happened(isEnding ? 'ending' : 'answered');
    },
    ended: error => {
      happened((error as { readonly code?: string } | undefined)?.code);
    },
  });
  return { session, next: () => new Promise<string | undefined>(resolve => (happened = resolve)) };
}
async function codeOf(network: Network, url: string): Promise<string | undefined> {
  return certificateError(url, await rejection(get(network, url)))?.code;
}

describe('the network of clients', () => {
  it('accepts a certificate of the given authority, and says when it ends', async () => {
    const url = await serve('good', { names: ['IP:127.0.0.1'] });
    const { text, certificateEnd } = await get(trusting, url);
    expect(text).toBe('hello');
    const days = ((certificateEnd?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const { session, next } = open(trusting, url);
    session?.request();
    expect([await next(), session?.isReached()]).toEqual(['answered', true]);
    session?.request();
    expect(await next()).toBe('answered');
    session?.close();
  });

  it('refuses every other certificate, each for its reason', async () => {
    const url = await serve('other', { names: ['IP:127.0.0.1'] });
    expect(await codeOf(createSocketNetwork(), url)).toBe('tls-untrusted');
    const { session, next } = open(createSocketNetwork(), url);
    session?.request();
    expect(await next()).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await codeOf(trusting, await serve('expired', { names: ['IP:127.0.0.1'], days: -1 }))).toBe('tls-expired');
    expect(await codeOf(trusting, await serve('elsewhere', { names: ['DNS:push.example'] }))).toBe('tls-wrong-host');
  });

  it('has no certificate to complain of where the server speaks no TLS', async () => {
    const silent = createTcpServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await codeOf(trusting, `https://${await listen(silent)}`)).toBeUndefined();
  });
});
