import { ActionError } from '../errors/action-error.js';
import type { HttpAnswer, Network } from '../runtime/ports.js';

export interface WelcomePage {
  readonly status: number;
  /** The title of the page; empty when it has none. */
  readonly title: string;
  readonly ms: number;
}

/**
 * Fetches the page that a server shows at its root. It proves that the way to a server works and that the server
 * answers, not that messages are delivered.
 * @throws ActionError `welcome-page-failed` when there is no answer, the status is not 200, or the page is another one.
 */
export async function fetchWelcomePage(
  network: Network,
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<WelcomePage> {
  let answer: HttpAnswer;
  try {
    answer = await network.http({ method: 'GET', url, timeoutMs }, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new ActionError('welcome-page-failed', `GET ${url} got no answer: ${reasonOf(error)}.`, { cause: error });
  }
  const { status, text, ms } = answer;
  const title = titleOf(text);
  const shown = title === '' ? 'a page without a title' : `a page with the title "${title}"`;
  if (status === 404) {
    throw new ActionError('welcome-page-failed', `GET ${url} was answered with status 404.`, {
      hint: 'A server answers; its welcome page may be turned off. Remove DocumentRoot from `extra-opts`, or give in `verify-url` a page that is there.',
    });
  }
  if (status !== 200) throw new ActionError('welcome-page-failed', `GET ${url} was answered with status ${status}.`);
  if (!/migratorydata/i.test(text)) {
    throw new ActionError(
      'welcome-page-failed',
      `GET ${url} was answered with ${shown}, which is not MigratoryData's.`,
    );
  }
  return { status, title, ms };
}

/**
 * Opens a connection to the host and port of a URL and closes it.
 * @returns milliseconds that it took.
 * @throws ActionError `connect-failed`.
 */
export async function checkConnection(
  network: Network,
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  try {
    return await network.connect(host, number, timeoutMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = `No TCP connection to ${hostname} port ${number}: ${reasonOf(error)}.`;
    throw new ActionError('connect-failed', message, { cause: error });
  }
}

function titleOf(html: string): string {
  const [, title = ''] = /<title[^>]*>([^<]*)<\/title>/i.exec(html) ?? [];
  return title.trim().replace(/\s+/g, ' ').slice(0, 100);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
