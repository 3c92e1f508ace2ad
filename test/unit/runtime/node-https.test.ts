import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttps } from '../../../src/runtime/node-https.js';
import type { HttpsRequest } from '../../../src/runtime/ports.js';
import { withoutProxy } from './environment.js';
import { type HttpsServer, startServer } from './https-server.js';

const { signal } = new AbortController();
let server: HttpsServer;
let open: NodeJS.ProcessEnv;

function get(path: string, timeoutMs = 10_000): HttpsRequest {
  return { method: 'GET', url: `${server.url}${path}`, headers: {}, timeoutMs };
}

beforeAll(async () => {
  server = await startServer((path, response) => {
    if (path === '/silent') return;
    if (path === '/slow') {
      response.writeHead(200, { 'content-length': '100' }).write('slow');
      return;
    }
    if (path === '/cut') {
      response.writeHead(200, { 'content-length': '100' }).write('cut');
      setTimeout(() => response.destroy(), 20);
      return;
    }
    const status = path === '/missing' ? 404 : 200;
    response.writeHead(status, { 'X-Ms-Request-Id': 'r-1' }).end(path === '/long' ? 'x'.repeat(5_000) : 'text ä');
  });
  open = { REQUESTS_CA_BUNDLE: server.tls.caFile };
});

afterAll(() => server.close());
withoutProxy();

describe('createHttps', () => {
  it('returns any response, with its headers by lower-case names', async () => {
    const https = createHttps(open);
    const found = await https.send(get('/'), signal);
    expect(found).toMatchObject({ status: 200, text: 'text ä', headers: { 'x-ms-request-id': 'r-1' } });
    expect(await https.send(get('/missing'), signal)).toMatchObject({ status: 404 });
  });

  it('uses one connection for requests one after the other', async () => {
    const https = createHttps(open);
    await https.send(get('/first'), signal);
    const before = server.connections();
    await https.send({ ...get('/second'), method: 'POST', body: '{"name":"ä"}' }, signal);
    await https.send(get('/third'), signal);
    expect(server.connections()).toBe(before);
  });

  it.each(['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])('accepts the authorities of %s', async name => {
    const https = createHttps({ [name]: server.tls.caFile });
    expect(await https.send(get('/'), signal)).toMatchObject({ status: 200 });
  });

  it('refuses a certificate of an unknown authority, and sends nothing', async () => {
    const before = server.paths.length;
    await expect(createHttps({}).send(get('/secret'), signal)).rejects.toThrow(
      /unable to verify the first certificate|unable to get local issuer certificate|self-signed certificate/,
    );
    expect(server.paths).toHaveLength(before);
  });

  it('names the variable and the file that cannot be read', async () => {
    const https = createHttps({ REQUESTS_CA_BUNDLE: '/nowhere/ca.pem' });
    await expect(https.send(get('/'), signal)).rejects.toThrow(
      /^the certificates of REQUESTS_CA_BUNDLE cannot be read: .*ENOENT: no such file or directory, open '\/nowhere\/ca.pem'$/,
    );
  });

  it.each(['/silent', '/slow'])('gives up a response that does not end in time (%s)', async path => {
    await expect(createHttps(open).send(get(path, 80), signal)).rejects.toThrow('no response within 0 s');
  });

  it('rejects a response that is cut', async () => {
    await expect(createHttps(open).send(get('/cut'), signal)).rejects.toThrow('aborted');
  });

  it('rejects a response that is too long', async () => {
    const https = createHttps(open, 1_000);
    await expect(https.send(get('/long'), signal)).rejects.toThrow('the response is longer than 1000 bytes');
    expect(await https.send(get('/'), signal)).toMatchObject({ status: 200 });
  });

  it('rejects with the reason of the signal, before and during a request', async () => {
    const https = createHttps(open);
    const reason = new Error('the run was cancelled');
    await expect(https.send(get('/'), AbortSignal.abort(reason))).rejects.toBe(reason);
    for (const path of ['/silent', '/slow']) {
      const cancel = new AbortController();
      const sent = https.send(get(path), cancel.signal);
      setTimeout(() => {
        cancel.abort(reason);
      }, 80);
      await expect(sent).rejects.toBe(reason);
    }
  });

  it('fails when nobody listens', async () => {
    const request = { ...get('/'), url: 'https://localhost:1/' };
    await expect(createHttps(open).send(request, signal)).rejects.toThrow('ECONNREFUSED');
  });
});
