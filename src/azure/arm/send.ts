import { ActionError, toActionError } from '../../errors/action-error.js';
import type { Journal } from '../../journal/journal.js';
import type { Https, HttpsRequest, HttpsResponse } from '../../runtime/ports.js';
import { armError } from '../errors/errors.js';

/** A request that Azure refused, or to which it did not respond. */
export class ArmError extends ActionError {
  /** The status of the response; 0 if there was none. */
  readonly status: number;
  /** The pause that Azure requests before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The claims that a new token must have, in base64; empty if Azure requests none. */
  readonly claims: string;

  constructor(error: ActionError, response?: HttpsResponse) {
    const { code, message, hint, evidence, cause } = error;
    super(code, message, { hint, evidence, cause });
    this.status = response?.status ?? 0;
    this.retryAfterMs = response && retryAfterMs(response);
    this.claims = claimsIn(response?.headers['www-authenticate'] ?? '');
  }
}

/** One attempt to call Azure Resource Manager. */
export interface ArmCall {
  readonly method: HttpsRequest['method'];
  readonly url: string;
  readonly token: string;
  readonly why: string;
  readonly body?: object;
  readonly ifMatch?: string;
  readonly timeoutMs: number;
}

export interface SendPorts {
  readonly https: Https;
  readonly journal: Pick<Journal, 'call' | 'elapsed'>;
}

/** Sends one request and records it. Returns a successful response. @throws ArmError for any other. */
export async function sendToArm(
  { https, journal }: SendPorts,
  call: ArmCall,
  signal: AbortSignal,
): Promise<HttpsResponse> {
  const { method, url, token, why, body, ifMatch, timeoutMs } = call;
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const startedMs = journal.elapsed();
  let response: HttpsResponse | undefined;
  try {
    response = await https.send({ method, url, headers, ...content, timeoutMs }, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new ArmError(connectionError(why, new URL(url).host, error));
  } finally {
    const ms = journal.elapsed() - startedMs;
    journal.call({ api: 'azure', method, path: shownPath(url), why, startedMs, ms, status: response?.status ?? 0 });
  }
  if (response.status < 300) return response;
  const details = {
    why,
    status: response.status,
    body: response.text,
    conditional: ifMatch !== undefined,
    ...requestIds(response),
  };
  throw new ArmError(armError(details), response);
}

/** The parameters with which Azure signs the URL of an operation ("Track asynchronous Azure operations"). */
const signature = ['t', 'c', 's', 'h'];

/** Returns path and query of a URL for the report, without a signature. */
function shownPath(url: string): string {
  const { pathname, search } = new URL(url);
  const parameters = search.slice(1).split('&');
  const shown = parameters.filter(parameter => !signature.includes(parameter.split('=')[0] ?? ''));
  return shown.join('&') === '' ? pathname : `${pathname}?${shown.join('&')}`;
}

/** Errors of TLS and of a proxy that another try does not change; see `tls.connect` in the Node documentation. */
const permanent =
  /certificate|CERT_|SELF_SIGNED|UNABLE_TO_|invalid URL|the proxy refused the connection with status 4\d\d|ENOENT/i;

function connectionError(why: string, host: string, error: unknown): ActionError {
  const cause = toActionError(error);
  const reason = cause.message || 'the connection failed';
  const message = `Could not ${why}: no response from ${host}: ${reason}.`;
  if (!permanent.test(reason)) return new ActionError('azure-unavailable', message, { evidence: reason, cause });
  return new ActionError('azure-unreachable', message, { evidence: reason, cause });
}

/** Returns the ids with which Azure finds a request; empty if it sends none. */
export function requestIds({ headers }: Pick<HttpsResponse, 'headers'>): {
  readonly requestId: string;
  readonly correlationId: string;
} {
  return {
    requestId: headers['x-ms-request-id'] ?? '',
    correlationId: headers['x-ms-correlation-request-id'] ?? '',
  };
}

/**
 * Returns the pause in a response, in milliseconds: of `retry-after-ms` or of `Retry-After`, which has seconds or a date
 * (RFC 9110, section 10.2.3). A date is compared with the clock of Azure, not with that of the runner. A pause of 0 is
 * none: it must not make a wait poll without a pause.
 */
export function retryAfterMs({ headers }: Pick<HttpsResponse, 'headers'>): number | undefined {
  const ms = Number(headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms'] ?? NaN);
  const value = headers['retry-after'] ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : NaN;
  const untilDateMs = Date.parse(value) - Date.parse(headers['date'] ?? '');
  return [ms, seconds * 1000, untilDateMs].find(pauseMs => Number.isFinite(pauseMs) && pauseMs > 0);
}

/** Returns the claims of a claims challenge ("Claims challenges, claims requests and client capabilities"). */
function claimsIn(wwwAuthenticate: string): string {
  return /\bclaims="([A-Za-z0-9+/=_-]{1,4096})"/.exec(wwwAuthenticate)?.[1] ?? '';
}
