import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position, Publication } from './member-cluster.js';
import type { Message, MessageCache } from './message-cache.js';
import type { Fate } from './message-faults.js';
import type { ServerOptions } from './server-options.js';

export type ProduceStatus = 'OK' | 'FAILED' | 'DENY' | 'MESSAGE_SIZE_LIMIT_EXCEEDED';

/** A message that a client tried to produce, with its true fate, for comparison with a measurement. */
export interface ProducedMessage {
  readonly subject: string;
  readonly content: string;
  readonly status: ProduceStatus;
  /** Undefined unless the status is OK. */
  readonly fate?: Fate;
  readonly epoch?: number;
  readonly seq?: number;
  /** The name of the pod that received the request. */
  readonly member: string;
  readonly at: Date;
}

/** The cluster behind the REST interface. */
export interface RestCluster {
  hasQuorum(): boolean;
  /** Returns undefined when the message was not accepted. */
  publish(publication: Publication): Position | undefined | Promise<Position | undefined>;
}

export interface RestContext {
  readonly name: string;
  readonly options: ServerOptions;
  readonly cluster: RestCluster;
  readonly cache: MessageCache;
  /** Returns the fate of an accepted message. */
  decideFate(subject: string, content: string): Fate;
  record(message: ProducedMessage): void;
  readonly answerDelayMs: number;
}

export interface RestAnswer {
  readonly code: number;
  readonly body: unknown;
}

const sizeLimitBytes = 1024 * 1024;

/**
 * `POST /rest/produce` and `GET /rest/consume`. The status of a well-formed request is in the JSON, with HTTP code 200.
 * Both require the token: a stricter rule than the server's Basic entitlement, which lets any client subscribe, so that
 * a client without a token fails. https://migratorydata.com/docs/client-api/rest/
 */
export async function answerRest(request: IncomingMessage, url: URL, context: RestContext): Promise<RestAnswer> {
  const { options, answerDelayMs } = context;
  const route = `${request.method ?? ''} ${url.pathname}`;
  const subject = url.searchParams.get('subject');
  const token = url.searchParams.get('token');
  const known = route === 'POST /rest/produce' || route === 'GET /rest/consume';
  if (!options.restEnabled || !known) return { code: 404, body: { error: 'Not Found' } };
  if (!subject || token === null) return { code: 400, body: { error: 'subject and token are required' } };
  const allowed = options.token === undefined || token === options.token;
  const answer = route.startsWith('POST')
    ? await produce(await readBody(request), subject, url.searchParams, allowed, context)
    : consume(subject, url.searchParams, allowed, context.cache);
  if (answerDelayMs > 0) await sleep(answerDelayMs);
  return { code: 200, body: answer };
}

async function produce(
  body: Buffer,
  subject: string,
  query: URLSearchParams,
  allowed: boolean,
  context: RestContext,
): Promise<{ subject: string; closure: string; status: ProduceStatus }> {
  const content = body.toString('utf8');
  const closure = query.get('closure') ?? String(Date.now());
  const conclude = (
    status: ProduceStatus,
    outcome: Partial<ProducedMessage> = {},
  ): Awaited<ReturnType<typeof produce>> => {
    context.record({ subject, content, status, member: context.name, at: new Date(), ...outcome });
    return { subject, closure, status };
  };
  if (!allowed) return conclude('DENY');
  if (body.length > sizeLimitBytes) return conclude('MESSAGE_SIZE_LIMIT_EXCEEDED');
  if (!context.cluster.hasQuorum()) return conclude('FAILED');
  const cached = query.get('qos') !== 'standard' && query.get('retained') !== 'false';
  const fate = context.decideFate(subject, content);
  const position = await context.cluster.publish({ subject, content, closure, cached, fate });
  return position ? conclude('OK', { fate, ...position }) : conclude('FAILED');
}

function consume(subject: string, query: URLSearchParams, allowed: boolean, cache: MessageCache): unknown {
  if (!allowed) return { subject, status: 'DENY', messages: [] };
  const all = cache.read(subject);
  const { messages, type } = choose(all, query);
  return {
    subject,
    messages: messages.map((message, index) => ({
      message_type: type === 'HISTORICAL' && index === messages.length - 1 ? 'SNAPSHOT' : type,
      content: message.content,
      closure: message.closure,
      retained: true,
      compressed: false,
      epoch: message.epoch,
      seq: message.seq,
    })),
  };
}

type MessageType = 'SNAPSHOT' | 'HISTORICAL' | 'RECOVERED';

/** The last N, or everything from a position on, or only the latest. */
function choose(all: readonly Message[], query: URLSearchParams): { messages: readonly Message[]; type: MessageType } {
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined);
  const [epoch, seq, history] = [number('epoch'), number('seq'), number('history')];
  if (epoch !== undefined && seq !== undefined) {
    const messages = all.filter(message => message.epoch > epoch || (message.epoch === epoch && message.seq >= seq));
    return { messages, type: 'RECOVERED' };
  }
  if (history !== undefined) return { messages: history > 0 ? all.slice(-history) : [], type: 'HISTORICAL' };
  return { messages: all.slice(-1), type: 'SNAPSHOT' };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
