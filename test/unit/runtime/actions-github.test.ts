import { describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGitHub, keepHost } from '../../../src/runtime/actions-github.js';
import { GitHubRefusal } from '../../../src/runtime/github-refusal.js';
import type { IssueOrComment, RepositoryIssues } from '../../../src/runtime/ports.js';

const unaborted = new AbortController().signal;

interface Server extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly IncomingMessage[];
}

/** A server on loopback, and what it was asked. */
async function listen(answer: RequestListener): Promise<Server> {
  const asked: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    asked.push(incoming);
    response.setHeader('content-type', 'application/json; charset=utf-8');
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

function issuesAt(apiUrl: string, signal = unaborted): Promise<RepositoryIssues> {
  return createGitHub({ apiUrl, repository: 'acme/shop' }).issues('token-0001', signal);
}

async function collect(pages: AsyncIterable<readonly IssueOrComment[]>): Promise<readonly (readonly number[])[]> {
  const all = [];
  for await (const page of pages) all.push(page.map(({ id }) => id));
  return all;
}

describe('the adapter for the API of GitHub', () => {
  it('asks below the address of the API, with the headers that GitHub wants', async () => {
    await using server = await listen((_, response) => response.end('[{"id":1},{"id":2}]'));
    const issues = await issuesAt(`${server.url}/api/v3`);
    expect(await collect(issues.listOpen())).toEqual([[1, 2]]);
    expect(server.asked[0]).toMatchObject({
      url: '/api/v3/repos/acme/shop/issues?per_page=100&state=open',
      method: 'GET',
      headers: {
        accept: expect.stringMatching(/^application\/vnd\.github\b.*json$/),
        authorization: 'token token-0001',
        'user-agent': expect.stringContaining('migratorydata-aks'),
        'x-github-api-version': '2022-11-28',
      },
    });
  });

  it.each([
    ['create', 'POST /repos/acme/shop/issues', { title: 'Grüße', body: 'text' }],
    ['update', 'PATCH /repos/acme/shop/issues/7', { state: 'closed', state_reason: 'completed' }],
    ['addComment', 'POST /repos/acme/shop/issues/7/comments', { body: 'text' }],
    ['updateComment', 'PATCH /repos/acme/shop/issues/comments/7', { body: 'text' }],
  ] as const)('writes by %s', async (method, line, sent) => {
    let body = '';
    await using server = await listen((incoming, response) => {
      incoming.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      incoming.on('end', () => response.writeHead(201).end('{"id":9,"number":7,"html_url":"https://github.com/i/7"}'));
    });
    const issues = await issuesAt(server.url);
    const written = {
      create: () => issues.create({ title: 'Grüße', body: 'text' }),
      update: () => issues.update(7, { state: 'closed', state_reason: 'completed' }),
      addComment: () => issues.addComment(7, 'text'),
      updateComment: () => issues.updateComment(7, 'text'),
    };
    expect(await written[method]()).toMatchObject({ id: 9, number: 7, url: 'https://github.com/i/7' });
    expect(server.asked.map(asked => `${asked.method} ${asked.url}`)).toEqual([line]);
    expect(JSON.parse(body)).toEqual(sent);
  });

  it('reads a list page by page, and no page that nobody asks for', async () => {
    await using server = await listen((incoming, response) => {
      const page = Number(/[?&]page=(\d)/.exec(incoming.url ?? '')?.[1] ?? 1);
      const next = `<https://elsewhere.example.com/repositories/1/issues/7/comments?page=${page + 1}>; rel="next"`;
      if (page < 3) response.setHeader('link', `${next}, <https://elsewhere.example.com/last>; rel="last"`);
      response.end(`[{"id":${page}}]`);
    });
    const issues = await issuesAt(server.url);
    expect(await collect(issues.listComments(7))).toEqual([[1], [2], [3]]);
    for await (const page of issues.listComments(7)) if (page.length > 0) break;
    expect(server.asked.map(({ url }) => url)).toEqual([
      '/repos/acme/shop/issues/7/comments?per_page=100',
      '/repositories/1/issues/7/comments?page=2',
      '/repositories/1/issues/7/comments?page=3',
      '/repos/acme/shop/issues/7/comments?per_page=100',
    ]);
  });

  it.each(['', '/api/v3'])('asks GraphQL once for the account of its token: %j', async path => {
    let query = '';
    await using server = await listen((incoming, response) => {
      incoming.setEncoding('utf8').on('data', (piece: string) => (query += piece));
      incoming.on('end', () => response.end('{"data":{"viewer":{"databaseId":41898282}}}'));
    });
    const issues = await issuesAt(`${server.url}${path}`);
    expect([await issues.ownId(), await issues.ownId()]).toEqual([41898282, 41898282]);
    const line = path === '' ? 'POST /graphql' : 'POST /api/graphql';
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([line]);
    expect(JSON.parse(query)).toEqual({ query: '{ viewer { databaseId } }' });
  });

  it.each([
    [403, '{"message":"Resource not accessible by integration"}'],
    [404, '{"message":"Not Found"}'],
    [200, '{"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}],"data":null}'],
    [200, '{"data":{"viewer":{}}}'],
    [200, '{"data":null}'],
  ])('does not know its account after %d %s', async (status, text) => {
    await using server = await listen((_, response) => response.writeHead(status).end(text));
    expect(await (await issuesAt(server.url)).ownId()).toBeUndefined();
  });

  it.each([401, 429, 502])('fails where GitHub answers %d instead of its account', async status => {
    await using server = await listen((_, response) => response.writeHead(status).end('{}'));
    await expect((await issuesAt(server.url)).ownId()).rejects.toMatchObject({ status });
  });

  it.each([
    [403, '{"message":"Resource not accessible"}', 'Resource not accessible'],
    [500, '{"message":7}', ''],
    [502, '<html>', ''],
  ])('tells a refusal with %d: %s', async (status, text, said) => {
    await using server = await listen((_, response) => response.writeHead(status).end(text));
    const refused = (await issuesAt(server.url)).addComment(7, 'text');
    await expect(refused).rejects.toThrow(GitHubRefusal);
    await expect(refused).rejects.toMatchObject({ status, message: said });
  });

  it('follows no redirect, which could carry the token away', async () => {
    await using other = await listen((_, response) => response.end('[]'));
    await using server = await listen((_, response) => response.writeHead(302, { location: other.url }).end());
    await expect(collect((await issuesAt(server.url)).listOpen())).rejects.toMatchObject({ status: 302 });
    expect(other.asked).toEqual([]);
  });

  it('ends with the reason of the signal, and hangs up, when no answer comes', async () => {
    const stop = new AbortController();
    await using server = await listen(() => {
      stop.abort(new Error('enough'));
    });
    await expect((await issuesAt(server.url, stop.signal)).addComment(7, 'text')).rejects.toThrow('enough');
    const [asked] = server.asked;
    if (asked?.socket.destroyed === false) await once(asked.socket, 'close');
  });

  it.each(['comments', 'a comment'])('fails when an answer breaks off: %s', async what => {
    await using server = await listen((incoming, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('[{"id":1},', () => incoming.socket.destroy());
    });
    const issues = await issuesAt(server.url);
    const asked = what === 'comments' ? collect(issues.listComments(7)) : issues.addComment(7, 'text');
    await expect(asked).rejects.toThrow('GitHub answered with something other than JSON');
  });

  it('is no refusal when it cannot connect', async () => {
    const server = await listen((_, response) => response.end('[]'));
    await server[Symbol.asyncDispose]();
    const failed = (await issuesAt(server.url)).addComment(7, 'text');
    await expect(failed).rejects.toThrow();
    await expect(failed).rejects.not.toBeInstanceOf(GitHubRefusal);
  });

  it('asks nothing once the signal has aborted', async () => {
    await using server = await listen((_, response) => response.end('[]'));
    const stop = new AbortController();
    const issues = await issuesAt(server.url, stop.signal);
    stop.abort(new Error('late'));
    await expect(collect(issues.listOpen())).rejects.toThrow('late');
    await expect(issuesAt(server.url, stop.signal)).rejects.toThrow('late');
    expect(server.asked).toEqual([]);
  });

  it('prints nothing of what an answer says', async () => {
    await using server = await listen((_, response) => {
      response.setHeader('deprecation', 'true').setHeader('sunset', '##[save-state name=undo][]').end('[]');
    });
    const print = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    await collect((await issuesAt(server.url)).listOpen());
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });
});

describe('the address of a request', () => {
  it.each([
    ['https://api.github.com', 'https://api.github.com/repositories/1/issues?page=2'],
    ['https://ghe.example.com/api/v3', 'https://ghe.example.com/api/v3/repositories/1/issues?page=2'],
  ])('stays below %s', (base, url) => {
    expect(keepHost(url, base)).toBe(url);
  });

  it('leads to no other host', () => {
    expect(keepHost('http://elsewhere.example.com/repositories/1?page=2', 'https://api.github.com')).toBe(
      'https://api.github.com/repositories/1?page=2',
    );
    expect(keepHost('/repos/{owner}/{repo}/issues', 'https://api.github.com')).toBe('/repos/{owner}/{repo}/issues');
  });
});
