import { ActionError } from '../errors/action-error.js';
import type { HttpAnswer, Network } from '../runtime/ports.js';
import { reasonOf } from '../runtime/thrown.js';
import { addressOf } from '../runtime/url-address.js';
import { certificateError } from './tls-errors.js';

export interface WelcomePage {
  readonly status: number;
  /** The title of the page; empty if it has none. */
  readonly title: string;
  readonly ms: number;
  /** When the certificate of the server ends; absent without TLS. */
  readonly certificateEnd?: Date;
}

/**
 * Fetches the root page of a server. It proves that the server is reachable and responds, not that messages are
 * delivered.
 * @throws ActionError `welcome-page-failed` when there is no response, the status is not 200, or the page is not the
 * expected one; `tls-untrusted`, `tls-expired`, `tls-wrong-host` when the certificate is refused.
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
    const refused = certificateError(url, error);
    if (refused !== undefined) throw refused;
    throw new ActionError('welcome-page-failed', `GET ${url} got no response: ${reasonOf(error)}.`, { cause: error });
  }
  const { status, text, ms, certificateEnd } = answer;
  const title = titleOf(text);
  const shown = title === '' ? 'a page without a title' : `a page with the title "${title}"`;
  if (status === 404) {
    throw new ActionError('welcome-page-failed', `GET ${url} returned status 404.`, {
      hint: 'The server responds, but its welcome page may be disabled. Remove DocumentRoot from `server-options`, or set `public-url` if clients use another address.',
    });
  }
  if (status !== 200) throw new ActionError('welcome-page-failed', `GET ${url} returned status ${status}.`);
  if (!/migratorydata/i.test(text)) {
    throw new ActionError(
      'welcome-page-failed',
      `GET ${url} returned ${shown}, which is not the page of MigratoryData.`,
    );
  }
  return { status, title, ms, ...(certificateEnd !== undefined && { certificateEnd }) };
}

/**
 * Opens and closes a connection to the host and port of a URL.
 * @returns the connect time in milliseconds.
 * @throws ActionError `connect-failed`.
 */
export async function checkConnection(
  network: Network,
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number> {
  const target = new URL(url);
  const { host, port } = addressOf(target);
  try {
    return await network.connect(host, port, timeoutMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = `No TCP connection to ${target.hostname} port ${port}: ${reasonOf(error)}.`;
    throw new ActionError('connect-failed', message, { cause: error });
  }
}

function titleOf(html: string): string {
  const [, title = ''] = /<title[^>]*>([^<]*)<\/title>/i.exec(html) ?? [];
  return title.trim().replace(/\s+/g, ' ').slice(0, 100);
}
