import type { IncomingMessage } from 'node:http';
import { HttpClient } from '@actions/http-client';
import type { GitHub, GitHubAnswer, GitHubRequest } from './ports.js';

/** The REST API version that github.com and all supported versions of GitHub Enterprise Server provide. */
const apiVersion = '2022-11-28';

/**
 * Creates a client for GitHub's REST API at `apiUrl`. It uses the proxy of the runner, if any, and follows no
 * redirects.
 */
export function createGitHub(apiUrl: string): GitHub {
  return {
    async request(request, signal) {
      signal.throwIfAborted();
      // One client per request: disposing of the client is the only way to abort a request with this library.
      const client = new HttpClient('migratorydata-aks', [], { allowRedirects: false, allowRetries: false });
      const done = new AbortController();
      try {
        return await Promise.race([ask(client, apiUrl, request), rejectOnAbort(signal, done.signal)]);
      } finally {
        done.abort();
        client.dispose();
      }
    },
  };
}

/** Rejects with the signal's reason when it aborts before `done`. */
function rejectOnAbort(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true, signal: done });
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
 * Returns the path of the next page from a Link header ("Using pagination in the REST API" in the GitHub
 * documentation). Only the path is used, so that the token is never sent to another host.
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
