import type { Duplex } from 'node:stream';
import { hasCode, toActionError } from '../../errors/action-error.js';
import type { Journal } from '../../journal/journal.js';
import type { Clock, Fence, Log } from '../../runtime/ports.js';
import { retry, unlessAborted } from '../../runtime/time.js';
import { answerError, ApiError, budgetRefusal, connectionError, hasStatus, hiddenFailure } from './api-error.js';
import type { HttpReply, HttpStream, Method, Transport } from './transport.js';

export interface ApiRequest {
  readonly method: Method;
  /** Path and query. */
  readonly path: string;
  readonly why: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** `application/json` by default. */
  readonly contentType?: string;
  /** Whether it may be retried if it is unknown whether it took effect; reads always are. */
  readonly repeat?: boolean;
  /** How long to retry, in milliseconds; 30 seconds by default. */
  readonly patienceMs?: number;
}

/** Sends requests: retries where allowed, records each attempt in the journal, and classifies failures. */
export interface Requester {
  send(request: ApiRequest): Promise<string>;
  /** Like `send`, but returns undefined for 404. */
  sendUnlessAbsent(request: ApiRequest): Promise<string | undefined>;
  /** Tries once to open a stream. @throws ApiError when the response is not a success. */
  stream(path: string, why: string): Promise<HttpStream>;
  /** Tries once to open a websocket. @throws ApiError when the server refuses. */
  upgrade(path: string, protocol: string, why: string): Promise<Duplex>;
}

const defaultPatienceMs = 30_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;
/** A response that takes longer is lost: the API server ends its own calls after 60 s (--request-timeout). */
const idleTimeoutMs = 65_000;
/** Bookmarks are sent about once a minute: a watch that is silent for longer has lost its server. */
const streamIdleTimeoutMs = 150_000;

export function createRequester(transport: Transport, ports: ApiPorts, signal: AbortSignal, fence?: Fence): Requester {
  const { clock, journal } = ports;

  const record = async <T extends { readonly status: number }>(
    { method, path, why }: ApiRequest,
    call: () => Promise<T>,
  ): Promise<T> => {
    const startedMs = journal.elapsed();
    let status = 0;
    try {
      const reply = await call();
      status = reply.status;
      return reply;
    } finally {
      journal.call({ api: 'kubernetes', method, path, why, startedMs, ms: journal.elapsed() - startedMs, status });
    }
  };

  const attempt = async (request: ApiRequest): Promise<HttpReply> => {
    const { method, path, body, contentType = 'application/json' } = request;
    const content = body === undefined ? {} : { body: JSON.stringify(body), contentType };
    if (method !== 'GET') await fence?.();
    let reply: HttpReply;
    try {
      reply = await record(request, () => transport.send({ method, path, ...content, idleTimeoutMs }, signal));
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(request, error);
    }
    const failure =
      reply.status < 300
        ? hiddenFailure(request, reply.text)
        : answerError(request, reply.status, reply.text, reply.retryAfterSeconds);
    if (failure !== undefined) throw failure;
    return reply;
  };

  const open = async (request: ApiRequest): Promise<HttpStream> => {
    const { path } = request;
    let stream: HttpStream;
    try {
      stream = await record(request, () =>
        transport.stream({ method: 'GET', path, idleTimeoutMs: streamIdleTimeoutMs }, signal),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(request, error);
    }
    if (stream.status !== 200) throw answerError(request, stream.status, await stream.text());
    return stream;
  };

  const upgrade = async (path: string, protocol: string, why: string): Promise<Duplex> => {
    const request = { method: 'GET', path, why } as const;
    let reply: Awaited<ReturnType<Transport['upgrade']>>;
    try {
      reply = await record(request, () => transport.upgrade(path, protocol, signal));
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(request, error);
    }
    if (reply.socket === undefined) throw answerError(request, reply.status, reply.text);
    return reply.socket;
  };

  /**
   * Returns a function that renews the login of kubectl after the first error of a call that says that it is lost, and
   * returns whether it has done so. No server has processed such a call.
   */
  const loginRenewal = (): ((error: unknown) => Promise<boolean>) => {
    let { renewLogin } = ports;
    return async error => {
      if (renewLogin === undefined || !(error instanceof ApiError) || error.code !== 'api-unauthorized') return false;
      const renew = renewLogin;
      renewLogin = undefined;
      try {
        await unlessAborted(signal, renew());
        return true;
      } catch (reason) {
        ports.log.info(`The login could not be renewed: ${toActionError(reason).message}`);
        return false;
      }
    };
  };

  const send = async (request: ApiRequest): Promise<string> => {
    const deadlineMs = clock.now() + (request.patienceMs ?? defaultPatienceMs);
    const isRenewed = loginRenewal();
    const pauseBefore = async (error: unknown, tries: number): Promise<number | undefined> => {
      if (await isRenewed(error)) return 0;
      if (!(error instanceof ApiError)) return undefined;
      const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);
      const waitMs = Math.max(pauseMs, (error.retryAfterSeconds ?? 0) * 1000);
      return mayRepeat(request, error) && clock.now() + waitMs <= deadlineMs ? waitMs : undefined;
    };
    return (await retry(clock, signal, () => attempt(request), pauseBefore)).text;
  };

  return {
    send,
    upgrade,
    async sendUnlessAbsent(request) {
      try {
        return await send(request);
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    },
    stream(path, why) {
      const isRenewed = loginRenewal();
      const request = { method: 'GET', path, why } as const;
      return retry(
        clock,
        signal,
        () => open(request),
        async error => ((await isRenewed(error)) ? 0 : undefined),
      );
    },
  };
}

function mayRepeat({ method, repeat }: ApiRequest, error: ApiError): boolean {
  // Rejected before processing, by API Priority and Fairness; a 429 of a PodDisruptionBudget is a final response.
  if (error.httpStatus === 429) return budgetRefusal(error) === undefined;
  return (method === 'GET' || repeat === true) && hasCode(error, 'api-unreachable', 'webhook-failed');
}

export interface ApiPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Pick<Journal, 'call' | 'elapsed' | 'warnOnce'>;
  /** Renews the login that kubectl uses; absent if the action cannot renew it. */
  readonly renewLogin?: (() => Promise<void>) | undefined;
}
