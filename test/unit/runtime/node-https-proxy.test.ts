import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttps } from '../../../src/runtime/node-https.js';
import type { HttpsResponse } from '../../../src/runtime/ports.js';
import { withoutProxy } from './environment.js';
import { type HttpsServer, startProxy, startServer, type TestProxy } from './https-server.js';

const { signal } = new AbortController();
const body = '{"value":[]}';
let server: HttpsServer;
let proxy: TestProxy | undefined;

beforeAll(async () => {
  server = await startServer((_, response) => {
    response.end('of the server');
  });
});
afterAll(() => server.close());
afterEach(() => proxy?.close());
withoutProxy();

async function openProxy(refusal?: string): Promise<TestProxy> {
  proxy = await startProxy(refusal);
  return proxy;
}

/** Sends requests one after the other with these variables in the environment of the process. */
async function send(
  variables: Readonly<Record<string, string>>,
  { url = server.url, count = 1, timeoutMs = 10_000, ownSignal = signal } = {},
): Promise<HttpsResponse> {
  Object.assign(process.env, variables);
  const https = createHttps({ ...process.env, REQUESTS_CA_BUNDLE: server.tls.caFile });
  const headers = { authorization: 'Bearer t' };
  const request = { method: 'GET', url: `${url}/x`, headers, timeoutMs } as const;
  for (let left = count; left > 1; left -= 1) await https.send(request, ownSignal);
  return https.send(request, ownSignal);
}

async function errorOf(sent: Promise<unknown>): Promise<Error> {
  return sent.then(
    () => new Error('there was a response'),
    (error: unknown) => error as Error,
  );
}

describe('a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])('is used if %s names it', async name => {
    const { port, tunnels } = await openProxy();
    expect(await send({ [name]: `http://127.0.0.1:${port}` })).toMatchObject({ text: 'of the server' });
    expect(tunnels).toEqual([{ destination: new URL(server.url).host, authorization: undefined }]);
  });

  it('is connected to by http if its address has no scheme', async () => {
    const { port, tunnels } = await openProxy();
    expect(await send({ HTTPS_PROXY: `127.0.0.1:${port}` })).toMatchObject({ text: 'of the server' });
    expect(tunnels).toHaveLength(1);
  });

  it.each(['localhost', '.example.com,localhost', 'calhost', '*'])(
    'is not used for the hosts of NO_PROXY=%s',
    async hosts => {
      const { port, tunnels } = await openProxy();
      expect(await send({ HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: hosts })).toMatchObject({ status: 200 });
      expect(await send({ HTTPS_PROXY: `http://127.0.0.1:${port}`, no_proxy: hosts })).toMatchObject({ status: 200 });
      expect(tunnels).toEqual([]);
    },
  );

  it('does not make a certificate of another host valid', async () => {
    const { port } = await openProxy();
    const url = server.url.replace('localhost', 'management.azure.com');
    const error = await errorOf(send({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, { url }));
    expect(error.message).toContain("does not match certificate's altnames");
  });

  it('opens one tunnel for requests one after the other', async () => {
    const { port, tunnels } = await openProxy();
    const before = server.connections();
    await send({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, { count: 3 });
    expect([tunnels.length, server.connections() - before]).toEqual([1, 1]);
  });

  it('gets the credentials of its URL', async () => {
    const { port, tunnels } = await openProxy();
    await send({ HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${port}` });
    expect(tunnels[0]?.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it.each([407, 403, 502, 204, 302])(
    'that responds with %i is an error, and its response is not that of Azure',
    async status => {
      const { port } = await openProxy(
        `HTTP/1.1 ${status} No\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      const before = server.paths.length;
      const error = await errorOf(send({ HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` }));
      expect(error.message).toBe(`the proxy refused the connection with status ${status}`);
      expect(server.paths).toHaveLength(before);
    },
  );

  it('that cannot be reached is an error without its credentials', async () => {
    const error = await errorOf(send({ HTTPS_PROXY: 'http://user:secret@127.0.0.1:1' }));
    expect(error.message).toContain('ECONNREFUSED');
    expect(`${error.message} ${error.stack}`).not.toContain('secret');
  });

  it('that does not respond is an error in time, also when the run is cancelled', async () => {
    const { port } = await openProxy('silent');
    const variables = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    expect((await errorOf(send(variables, { timeoutMs: 80 }))).message).toBe('no response within 0 s');
    const reason = new Error('the run was cancelled');
    const cancel = new AbortController();
    const sent = errorOf(send(variables, { ownSignal: cancel.signal }));
    setTimeout(() => {
      cancel.abort(reason);
    }, 80);
    expect(await sent).toBe(reason);
  });

  it('that ends the connection is an error', async () => {
    const { port } = await openProxy('');
    const error = await errorOf(send({ HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` }));
    expect(error.message).toContain('Proxy connection ended before receiving CONNECT response');
  });

  // kubernetes/kubectl issue 1653 has such a proxy; kubectl and az can use it.
  it.each(['socks5', 'socks5h', 'socks4'])('for %s is an error that says so', async scheme => {
    const error = await errorOf(send({ HTTPS_PROXY: `${scheme}://user:secret@localhost:8002` }));
    expect(error.message).toBe(`the proxy of HTTPS_PROXY or ALL_PROXY is not one for http, but for ${scheme}`);
    expect(`${error.message} ${error.stack}`).not.toContain('secret');
  });

  it.each(['http://user:secret@:99999', 'http://user:sec%ret@127.0.0.1:1', 'http://'])(
    'with the invalid URL %s is an error that says so, without its credentials',
    async url => {
      const error = await errorOf(send({ HTTPS_PROXY: url }));
      expect(error.message).toBe('the proxy of HTTPS_PROXY or ALL_PROXY has an invalid URL');
      expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toMatch(/secret|sec%ret/);
    },
  );
});
