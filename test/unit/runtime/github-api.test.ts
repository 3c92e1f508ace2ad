import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createGitHub, nextPathOf } from '../../../src/runtime/github-api.js';
import type { GitHubRequest } from '../../../src/runtime/ports.js';

const request: GitHubRequest = { method: 'GET', path: '/repos/acme/shop/issues?page=1', token: 'token-0001' };
const unaborted = new AbortController().signal;

/** Starts a server on loopback that records its requests. */
async function listen(answer: RequestListener): Promise<AsyncDisposable & { url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    asked.push(incoming);
    answer(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('createGitHub', () => {
  it('sends requests relative to the API URL, with the headers that GitHub requires', async () => {
    await using server = await listen((_, response) => response.end('[1]'));
    const answer = await createGitHub(`${server.url}/api/v3`).request(request, unaborted);
    expect(answer).toEqual({ status: 200, json: [1] });
    expect(server.asked[0]).toMatchObject({
      url: '/api/v3/repos/acme/shop/issues?page=1',
      method: 'GET',
      headers: {
        accept: 'application/vnd.github+json',
        authorization: 'Bearer token-0001',
        'user-agent': expect.stringContaining('migratorydata-aks'),
        'x-github-api-version': '2022-11-28',
      },
    });
  });

  it('sends a body as JSON', async () => {
    let body = '';
    await using server = await listen((incoming, response) => {
      incoming.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      incoming.on('end', () => response.writeHead(201).end('{}'));
    });
    const sent = { ...request, method: 'POST', body: { body: 'Grüße' } } as const;
    expect(await createGitHub(server.url).request(sent, unaborted)).toEqual({ status: 201, json: {} });
    expect(JSON.parse(body)).toEqual({ body: 'Grüße' });
    expect(server.asked[0]?.headers['content-type']).toBe('application/json');
  });

  it('returns an error status as a response, even if the body is not JSON', async () => {
    await using server = await listen((_, response) => response.writeHead(502).end('<html>'));
    expect(await createGitHub(server.url).request(request, unaborted)).toEqual({ status: 502, json: undefined });
  });

  it('follows no redirect, which could leak the token', async () => {
    await using other = await listen((_, response) => response.end('[]'));
    await using server = await listen((_, response) => response.writeHead(302, { location: other.url }).end());
    expect((await createGitHub(server.url).request(request, unaborted)).status).toBe(302);
    expect(other.asked).toEqual([]);
  });

  it('rejects with the signal reason and closes the connection when no response comes', async () => {
    const stop = new AbortController();
    await using server = await listen(() => {
      stop.abort(new Error('enough'));
    });
    await expect(createGitHub(server.url).request(request, stop.signal)).rejects.toThrow('enough');
    const [asked] = server.asked;
    if (asked?.socket.destroyed === false) await once(asked.socket, 'close');
  });

  it('rejects when a response is cut off', async () => {
    await using server = await listen((incoming, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('[1,', () => incoming.socket.destroy());
    });
    await expect(createGitHub(server.url).request(request, unaborted)).rejects.toThrow(/aborted|reset|terminated/);
  });

  it('sends no request after the signal has aborted', async () => {
    await using server = await listen((_, response) => response.end('[]'));
    await expect(createGitHub(server.url).request(request, AbortSignal.abort(new Error('late')))).rejects.toThrow(
      'late',
    );
    expect(server.asked).toEqual([]);
  });
});

describe('nextPathOf', () => {
  const last = '<https://api.github.com/repositories/1/issues?page=9>; rel="last"';

  it.each([
    ['https://api.github.com', `<https://api.github.com/repositories/1/issues?page=2>; rel="next", ${last}`],
    ['https://ghe.example.com/api/v3', '<https://ghe.example.com/api/v3/repositories/1/issues?page=2>; rel="next"'],
    ['https://api.github.com', '<https://elsewhere.example.com/repositories/1/issues?page=2>; rel="next"'],
  ])('returns a path relative to %s', (base, link) => {
    expect(nextPathOf(link, base)).toBe('/repositories/1/issues?page=2');
  });

  it.each(['', last, '</relative>; rel="next"'])('returns nothing for "%s"', link => {
    expect(nextPathOf(link, 'https://api.github.com')).toBeUndefined();
  });
});
