import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Visibility = 'open' | 'closed';

/** A comment or an issue, with the fields of GitHub's REST API that matter here. */
export interface Post {
  readonly id: number;
  readonly number: number;
  readonly user: { readonly id: number; readonly login: string; readonly type: 'Bot' | 'User' };
  readonly author_association: string;
  readonly html_url: string;
  title: string;
  body: string;
  state: Visibility;
  state_reason: string | null;
}

export interface GitHubCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * GitHub's REST API for the issues and comments of acme/shop, as "REST API endpoints for issues" describes it, and the
 * viewer of its GraphQL API.
 */
export interface GitHubStandIn extends AsyncDisposable {
  /** The variables that the runner sets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly calls: readonly GitHubCall[];
  readonly issues: readonly Post[];
  /** Of all issues and pull requests, in the order of their creation. */
  readonly comments: readonly (Post & { readonly on: number })[];
  /** Adds a comment of another author. */
  comment(on: number, body: string, by?: Author): void;
  /** Opens an issue of another author. */
  open(body: string, by?: Author): void;
  /** Responds to calls whose `METHOD url` matches with a status, or never; by default all succeed. */
  fail(pattern: RegExp, how: Failure): void;
  /** Removes all failures. */
  heal(): void;
  /** Resolves with the first call whose `METHOD url` matches, now or later. */
  called(pattern: RegExp): Promise<GitHubCall>;
}

export type Failure = 403 | 410 | 500 | 'hang';
export type Author = 'bot' | 'other-bot' | 'member' | 'stranger';

/** The account of github-actions[bot], as which the token of a job writes. */
const ownId = 41898282;

const authors: Readonly<Record<Author, Pick<Post, 'user' | 'author_association'>>> = {
  bot: { user: { id: ownId, login: 'github-actions[bot]', type: 'Bot' }, author_association: 'NONE' },
  'other-bot': { user: { id: 49699333, login: 'dependabot[bot]', type: 'Bot' }, author_association: 'NONE' },
  member: { user: { id: 583231, login: 'octocat', type: 'User' }, author_association: 'MEMBER' },
  stranger: { user: { id: 2, login: 'mona', type: 'User' }, author_association: 'NONE' },
};

const messages: Readonly<Record<number, string>> = {
  403: 'Resource not accessible by integration',
  404: 'Not Found',
  410: 'Issues has been disabled in this repository.',
  500: 'Server Error',
};

/** The response to a request; undefined: none, ever. */
type Reply = { readonly status: number; readonly json: unknown; readonly link?: string } | undefined;

/** Starts the double. The token of a job writes, so a bot is the author. */
export async function startGitHub(): Promise<GitHubStandIn> {
  const calls: GitHubCall[] = [];
  const issues: Post[] = [];
  const comments: (Post & { readonly on: number })[] = [];
  let failures: { readonly pattern: RegExp; readonly how: Failure }[] = [];
  const waiters: { readonly pattern: RegExp; readonly resolve: (call: GitHubCall) => void }[] = [];

  const makePost = (body: string, by: Author, title = ''): Post => {
    const id = 1_000 + issues.length + comments.length;
    const number = 100 + issues.length;
    const html_url = `https://github.com/acme/shop/issues/${number}#${id}`;
    return { id, number, ...authors[by], html_url, title, body, state: 'open', state_reason: null };
  };

  /** Returns one page of a list, and the Link header for the next. */
  const page = (all: readonly Post[], { pathname, searchParams }: URL): Reply => {
    const [size, number] = [Number(searchParams.get('per_page') ?? 30), Number(searchParams.get('page') ?? 1)];
    const json = all.slice((number - 1) * size, number * size);
    if (number * size >= all.length) return { status: 200, json };
    const next = `${base()}${pathname.replace('/repos/acme/shop', '/repositories/4711')}?per_page=${size}&page=${number + 1}`;
    return { status: 200, json, link: `<${next}>; rel="next", <${base()}/last>; rel="last"` };
  };

  const answer = (call: GitHubCall): Reply => {
    const failure = failures.find(({ pattern }) => pattern.test(`${call.method} ${call.url}`));
    if (failure?.how === 'hang') return undefined;
    if (failure !== undefined) return { status: failure.how, json: { message: messages[failure.how] } };
    const url = new URL(call.url, 'http://localhost');
    if (call.method === 'POST' && url.pathname === '/graphql') {
      return { status: 200, json: { data: { viewer: { databaseId: ownId } } } };
    }
    const [, below = ''] = /^\/(?:repos\/acme\/shop|repositories\/4711)(\/.*)$/.exec(url.pathname) ?? [];
    const given = (call.body === '' ? {} : JSON.parse(call.body)) as Partial<Post>;
    const [, on] = /^\/issues\/(\d+)\/comments$/.exec(below) ?? [];
    const [, comment] = /^\/issues\/comments\/(\d+)$/.exec(below) ?? [];
    const [, issue] = /^\/issues\/(\d+)$/.exec(below) ?? [];
    if (on !== undefined && call.method === 'GET') {
      return page(
        comments.filter(one => one.on === Number(on)),
        url,
      );
    }
    if (on !== undefined && call.method === 'POST') {
      comments.push({ ...makePost(given.body ?? '', 'bot'), on: Number(on) });
      return { status: 201, json: comments.at(-1) };
    }
    if (below === '/issues' && call.method === 'GET') {
      return page(issues.filter(({ state }) => state === url.searchParams.get('state')).reverse(), url);
    }
    if (below === '/issues' && call.method === 'POST') {
      issues.push(makePost(given.body ?? '', 'bot', given.title));
      return { status: 201, json: issues.at(-1) };
    }
    const changed =
      comment === undefined
        ? issues.find(({ number }) => number === Number(issue))
        : comments.find(({ id }) => id === Number(comment));
    if (changed === undefined || call.method !== 'PATCH') return { status: 404, json: { message: messages[404] } };
    return { status: 200, json: Object.assign(changed, given) };
  };

  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const call = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      calls.push(call);
      for (const { pattern, resolve } of waiters) if (pattern.test(`${call.method} ${call.url}`)) resolve(call);
      const reply = answer(call);
      if (reply === undefined) return;
      response.setHeader('content-type', 'application/json');
      if (reply.link !== undefined) response.setHeader('link', reply.link);
      response.writeHead(reply.status).end(JSON.stringify(reply.json));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    environment: { GITHUB_API_URL: base() },
    calls,
    issues,
    comments,
    comment: (on, body, by = 'member') => {
      comments.push({ ...makePost(body, by), on });
    },
    open: (body, by = 'member') => {
      issues.push(makePost(body, by));
    },
    fail: (pattern, how) => {
      failures.push({ pattern, how });
    },
    heal: () => {
      failures = [];
    },
    called: pattern =>
      new Promise(resolve => {
        const known = calls.find(({ method, url }) => pattern.test(`${method} ${url}`));
        if (known) resolve(known);
        else waiters.push({ pattern, resolve });
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
