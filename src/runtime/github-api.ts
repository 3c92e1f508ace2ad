import type { IncomingMessage } from 'node:http';
import { HttpClient } from '@actions/http-client';
import type { GitHub, GitHubAnswer, GitHubRequest } from './ports.js';

/** The version of the REST API that github.com and all supported versions of GitHub Enterprise Server have. */
const apiVersion = '2022-11-28';

/** GitHub's REST API at an address, through the proxy of the runner where it has one. Redirects are not followed. */
export function createGitHub(apiUrl: string): GitHub {
  return {
    async request(request, signal) {
      signal.throwIfAborted();
      // A client for each request: to dispose of it is the only way to break off a request of this library.
      const client = new HttpClient('migratorydata-aks', [], { allowRedirects: false, allowRetries: false });
      const over = new AbortController();
      try {
        return await Promise.race([ask(client, apiUrl, request), rejectOnAbort(signal, over.signal)]);
      } finally {
        over.abort();
        client.dispose();
      }
    },
  };
}

/** Rejects with the signal's reason when it aborts, unless it is `over` before. */
function rejectOnAbort(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true, signal: over });
  });
}

async function ask(
  client: HttpClient,
  apiUrl: string,
  { method, path, body, token }: GitHubRequest,
): Promise<GitHubAnswer> {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': apiVersion,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const text = body === undefined ? null : JSON.stringify(body);
  const { message } = await client.request(method, `${apiUrl}${path}`, text, headers);
  const answer = { status: message.statusCode ?? 0, json: parse(await readText(message)) };
  const nextPath = nextPathOf(String(message.headers['link'] ?? ''), apiUrl);
  return nextPath === undefined ? answer : { ...answer, nextPath };
}

/**
 * The path of the next page, from a Link header ("Using pagination in the REST API" in the GitHub documentation). Only
 * the path is taken, so that the token never follows a link to another host.
 */
export function nextPathOf(link: string, apiUrl: string): string | undefined {
  const [, next = ''] = /<([^>]*)>;\s*rel="next"/.exec(link) ?? [];
  if (!URL.canParse(next)) return undefined;
  const { pathname, search } = new URL(next);
  const base = new URL(apiUrl).pathname.replace(/\/+$/, '');
  return `${pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname}${search}`;
}

async function readText(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk as string;
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
