import { ActionError } from '../errors/action-error.js';
import { createRedactor } from '../journal/redaction.js';
import type { Clock, HttpAnswer, Network } from '../runtime/ports.js';
import { reasonOf } from '../runtime/thrown.js';
import { retry } from '../runtime/time.js';
import { certificateError } from './tls-errors.js';

/** A request to the REST interface of a server, or of the load balancer. */
export interface RestRequest {
  /** The URL of the servers, such as `http://203.0.113.7`; its path is kept. */
  readonly url: string;
  /** A path such as `/a/b`. */
  readonly subject: string;
  /** The entitlement token. It is part of the URL, so messages never contain a full URL. */
  readonly token: string;
  readonly timeoutMs: number;
}

export interface Message {
  readonly content: string;
  /** The message type, such as a snapshot. */
  readonly type: string;
  /** Changes when another member takes over the subject. */
  readonly epoch: number;
  /** The position within the epoch. */
  readonly seq: number;
}

/** A request that failed. */
export class RestError extends ActionError {
  /** Whether a server rejected it, so that it had no effect. Otherwise the effect is unknown. */
  readonly refused: boolean;
  /** The status that the server gave, such as FAILED; undefined when it gave none. */
  readonly status: unknown;

  constructor(message: string, refused: boolean, hint: string | undefined, status: unknown) {
    super('delivery-failed', message, hint === undefined ? {} : { hint });
    this.refused = refused;
    this.status = status;
  }
}

export interface RoundTrip {
  readonly produceMs: number;
  /** From the acceptance of the message to the response that contained it, in milliseconds. */
  readonly consumeMs: number;
  /** Why requests failed that were repeated, in order. */
  readonly failures: readonly string[];
}

interface RoundTripPorts {
  readonly network: Network;
  readonly clock: Clock;
}

/** The interval between polls for a message: `consume` returns immediately, there is no long polling. */
const pollIntervalMs = 250;
/** How many of the latest messages are read; the server keeps up to 1,000 per subject. */
const historyLength = 100;
const shownCharacters = 200;

/**
 * Publishes a message with guaranteed delivery; resolves when the cluster has accepted it.
 * https://migratorydata.com/docs/client-api/rest/produce/
 * @returns the response time in milliseconds.
 * @throws ActionError `delivery-failed`.
 */
export async function produce(
  network: Network,
  request: RestRequest & { readonly content: string },
  signal: AbortSignal,
): Promise<number> {
  const { answer, body } = await ask(network, 'POST', request, { qos: 'guaranteed' }, signal);
  const status = (body as { readonly status?: unknown } | null)?.status;
  if (status !== 'OK')
    throw failure(request, 'did not accept a message', describe(answer), true, hintOf(status), status);
  return answer.ms;
}

/**
 * Returns the latest messages of a subject, oldest first: at most `history`, within the limit of the server.
 * https://migratorydata.com/docs/client-api/rest/consume/
 * @throws ActionError `delivery-failed`.
 */
export async function consume(
  network: Network,
  request: RestRequest & { readonly history?: number },
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const history = String(request.history ?? historyLength);
  const { answer, body } = await ask(network, 'GET', request, { history }, signal);
  const { messages, status } = (body ?? {}) as { readonly messages?: unknown; readonly status?: unknown };
  if (!Array.isArray(messages) || (status !== undefined && status !== 'OK')) {
    throw failure(request, 'did not list the messages', describe(answer), true, hintOf(status));
  }
  return messages.map((item: Readonly<Record<string, unknown>>) => ({
    content: String(item['content']),
    type: String(item['message_type']),
    epoch: Number(item['epoch']),
    seq: Number(item['seq']),
  }));
}

/**
 * Publishes a message and reads it. Requests that a moment later may succeed are repeated: a member is Ready when it
 * listens, which can be a moment before it has found the others (it answers FAILED), or before all nodes route to it.
 * @param content must be unique, so that it is distinguished from messages of earlier runs.
 * @param readUrl where to read, if not at `url`: another member proves that they form one cluster.
 * @param deadlineMs how long the cluster may take to accept the message, and the message to arrive then, in milliseconds.
 * @throws ActionError `delivery-failed`.
 */
export async function roundTrip(
  { network, clock }: RoundTripPorts,
  request: RestRequest & { readonly content: string; readonly readUrl?: string; readonly deadlineMs: number },
  signal: AbortSignal,
): Promise<RoundTrip> {
  const { deadlineMs } = request;
  const failures: string[] = [];
  const repeat = <T>(work: () => Promise<T>, fromMs: number): Promise<T> =>
    retry(clock, signal, work, error => {
      if (!mayPass(error) || clock.now() - fromMs >= deadlineMs) return undefined;
      failures.push(reasonOf(error));
      return pollIntervalMs;
    });
  const produceMs = await repeat(() => produce(network, request, signal), clock.now());
  const acceptedMs = clock.now();
  const readRequest = { ...request, url: request.readUrl ?? request.url };
  for (;;) {
    const messages = await repeat(() => consume(network, readRequest, signal), acceptedMs);
    const elapsedMs = clock.now() - acceptedMs;
    if (messages.some(({ content }) => content === request.content))
      return { produceMs, consumeMs: elapsedMs, failures };
    if (elapsedMs >= deadlineMs) {
      const found = `${messages.length} other messages were found`;
      throw failure(readRequest, `did not deliver an accepted message within ${deadlineMs} ms`, found, false);
    }
    await clock.sleep(pollIntervalMs, signal);
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof RestError && (!error.refused || error.status === 'FAILED');
}

async function ask(
  network: Network,
  method: 'GET' | 'POST',
  request: RestRequest & { readonly content?: string },
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly answer: HttpAnswer; readonly body: unknown }> {
  const { url, subject, token, timeoutMs, content } = request;
  const path = method === 'POST' ? 'produce' : 'consume';
  const fullUrl = `${url.replace(/\/+$/, '')}/rest/${path}?${new URLSearchParams({ subject, token, ...query }).toString()}`;
  const body = content === undefined || method === 'GET' ? {} : { body: content };
  let answer: HttpAnswer;
  try {
    answer = await network.http({ method, url: fullUrl, timeoutMs, ...body }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const refused = certificateError(url, error);
    if (refused !== undefined) throw refused;
    const reason = reasonOf(error);
    throw failure(request, `could not be reached to ${path}`, reason, false);
  }
  const redacted = { ...answer, text: createRedactor([token])(answer.text) };
  if (answer.status < 200 || answer.status > 299) {
    const hint =
      answer.status === 404 ? 'The REST interface seems to be disabled: deploy with `rest` set to true.' : undefined;
    throw failure(request, `refused to ${path}`, describe(redacted), true, hint);
  }
  try {
    return { answer: redacted, body: JSON.parse(answer.text) };
  } catch {
    throw failure(request, `returned no JSON for ${path}`, describe(redacted), false);
  }
}

/**
 * Returns the error of a request with the URL, the problem and the reason, but without the query, which contains the
 * token.
 */
function failure(
  { url, subject, token }: RestRequest,
  what: string,
  found: string,
  refused: boolean,
  hint?: string,
  status?: unknown,
): RestError {
  const message = createRedactor([token])(`${url} ${what} (subject ${subject}): ${found}.`);
  return new RestError(message, refused, hint, status);
}

function describe({ status, text }: HttpAnswer): string {
  const shown = text.trim().slice(0, shownCharacters);
  return `HTTP ${status}, ${shown === '' ? 'an empty body' : shown}`;
}

/** Returns a hint for a documented status. */
function hintOf(status: unknown): string | undefined {
  if (status === 'DENY') return 'Set `entitlement-token` to the token that the cluster was deployed with.';
  if (status === 'FAILED') return 'The cluster may have no quorum: check the members and their logs in the report.';
  return undefined;
}
