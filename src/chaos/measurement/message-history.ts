import type { Message } from '../../migratorydata/rest.js';
import { countOver } from './count-over.js';
import type { Span } from './outages.js';

/** A numbered message as its producer knows it. Times are milliseconds from t0. */
export interface SentMessage {
  /** The number in the content; rises with the time of sending. */
  readonly id: number;
  readonly sentMs: number;
  /** The time of the response or the failure. */
  readonly endedMs: number;
  readonly outcome: 'acked' | 'refused' | 'unclear';
}

/** Messages in the order of the server, whose numbers and positions rise by one from the first to the last. */
export type Run = readonly [firstId: number, count: number, epoch: number, firstSeq: number];

/** One response to one consumer. Times are milliseconds from t0. */
export interface Reading {
  /** The name of the member that was asked; empty for the client Service, where any member may answer. */
  readonly member: string;
  /** Counts the readings of each member; readings of the same round are concurrent. */
  readonly round: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly messages: readonly Run[];
}

/** How far back a reading contains every message that the servers have. */
export interface Reach {
  readonly timeMs: number;
  readonly messages: number;
}

/** Everything that a verdict on messages is computed from. Times are milliseconds from t0. */
export interface MessageHistory {
  /** `ClusterDeliveryMode` of the servers. */
  readonly deliveryMode: string;
  readonly reach: Reach;
  /** Ordered by number. */
  readonly sent: readonly SentMessage[];
  /** Ordered by their start. */
  readonly readings: readonly Reading[];
  /** The times in which all members were Ready. */
  readonly allReady: readonly Span[];
  /** When the last message had its response: later readings should all be equal. */
  readonly quietMs: number;
  /** Which members could not be read often enough after that, and why; absent if all were. */
  readonly unread?: string;
  readonly endMs: number;
}

/** What is left of the reach after the margin: the server expires messages a bit early or late, and may repeat some. */
const reachShare = 0.9;

/**
 * Returns the reach of a reading of the latest `history` messages.
 * @param cache what the servers keep of a subject: the parameters CacheExpireTime (in seconds) and
 * MaxCachedMessagesPerSubject.
 */
export function reachOf(cache: { readonly seconds: number; readonly messages: number }, history: number): Reach {
  return {
    timeMs: cache.seconds * 1_000 * reachShare,
    messages: Math.floor(Math.min(cache.messages, history) * reachShare),
  };
}

const contentPattern = /^message-(\d+)$/;

/** Returns the content of the message with a number. */
export function contentOf(id: number): string {
  return `message-${id}`;
}

/** Turns contents into numbers; contents that were never sent get negative ones. */
export function createNumbering(): (content: string) => number {
  const unknown = new Map<string, number>();
  return content => {
    const [, digits] = contentPattern.exec(content) ?? [];
    if (digits !== undefined && contentOf(Number(digits)) === content) return Number(digits);
    const id = unknown.get(content) ?? -1 - unknown.size;
    unknown.set(content, id);
    return id;
  };
}

/** Returns the messages of a response as runs: there are hundreds in each, nearly all of them consecutive. */
export function toRuns(
  messages: readonly Pick<Message, 'content' | 'epoch' | 'seq'>[],
  idOf: (content: string) => number,
): readonly Run[] {
  const runs: Run[] = [];
  for (const { content, epoch, seq } of messages) {
    const id = idOf(content);
    const [firstId, count, runEpoch, firstSeq] = runs.at(-1) ?? [NaN, 0, NaN, NaN];
    const continues = id === firstId + count && epoch === runEpoch && seq === firstSeq + count;
    if (continues) runs[runs.length - 1] = [firstId, count + 1, epoch, firstSeq];
    else runs.push([id, 1, epoch, seq]);
  }
  return runs;
}

/** Returns the single messages of a reading, in the order of the server. */
export function* messagesIn({
  messages,
}: Pick<Reading, 'messages'>): Generator<{ readonly id: number; readonly epoch: number; readonly seq: number }> {
  for (const [firstId, count, epoch, firstSeq] of messages) {
    for (let index = 0; index < count; index += 1) yield { id: firstId + index, epoch, seq: firstSeq + index };
  }
}

/** Returns how many messages had been sent and had no answer yet: 0 at t0, and the highest number of each second. */
export function inFlightOver({
  sent,
}: Pick<MessageHistory, 'sent'>): readonly (readonly [atMs: number, count: number])[] {
  const steps = sent.flatMap(({ sentMs, endedMs }) => [
    { atMs: sentMs, by: 1 },
    { atMs: endedMs, by: -1 },
  ]);
  return countOver(steps, Math.max);
}

/** Returns a history as lines of JSON: a header, then each message, then each reading. */
export function writeHistory({ sent, readings, ...header }: MessageHistory): string {
  const lines = [
    { format: 1, ...header },
    ...sent.map(({ id, sentMs, endedMs, outcome }) => ({ sent: [id, sentMs, endedMs, outcome] })),
    ...readings.map(({ messages, ...reading }) => ({ reading, messages })),
  ];
  return lines.map(line => `${JSON.stringify(line)}\n`).join('');
}

/** Reads what `writeHistory` returned. @throws Error for another format. */
export function readHistory(text: string): MessageHistory {
  const [first = '{}', ...lines] = text.split('\n').filter(line => line !== '');
  const { format, ...header } = JSON.parse(first) as MessageHistory & { readonly format?: number };
  if (format !== 1) throw new Error('this is no history of messages in format 1');
  const sent: SentMessage[] = [];
  const readings: Reading[] = [];
  for (const line of lines.map(each => JSON.parse(each) as HistoryLine)) {
    if ('sent' in line) {
      const [id, sentMs, endedMs, outcome] = line.sent;
      sent.push({ id, sentMs, endedMs, outcome });
    } else readings.push({ ...line.reading, messages: line.messages });
  }
  return { ...header, sent, readings };
}

type HistoryLine =
  | { readonly sent: readonly [id: number, sentMs: number, endedMs: number, outcome: SentMessage['outcome']] }
  | { readonly reading: Omit<Reading, 'messages'>; readonly messages: readonly Run[] };
