import type { MessageCounts } from '../../journal/experiment-record.js';
import type { Message } from '../../migratorydata/rest.js';

/** A numbered message as its producer knows it. Times are milliseconds from t0. */
export interface SentMessage {
  readonly content: string;
  readonly sentMs: number;
  readonly outcome: 'acked' | 'refused' | 'unclear';
  /** The time of the response; undefined unless the message was accepted. */
  readonly ackedMs?: number;
}

/** One response to one consumer: the messages in server order. */
export type Reading = readonly Pick<Message, 'content' | 'epoch'>[];

/**
 * Counts what happened to each message, with the sets of Jepsen's checkers (total-queue, set-full). Only an accepted
 * message can be lost, and only a reading that started after the acceptance can show that; the last reading started at
 * `lastReadMs`. A message is reordered when a message that was sent after its acceptance was delivered before it; the
 * order of concurrent messages is not guaranteed.
 */
export function accountForMessages(
  sent: readonly SentMessage[],
  readings: readonly Reading[],
  lastReadMs: number,
): MessageCounts {
  const known = new Map(sent.map(message => [message.content, message]));
  const read = new Set(readings.flat().map(({ content }) => content));
  const count = (test: (message: SentMessage) => boolean): number => sent.filter(test).length;
  const missing = sent.filter(({ outcome, content }) => outcome === 'acked' && !read.has(content));
  const unchecked = missing.filter(({ ackedMs = 0 }) => ackedMs >= lastReadMs).length;
  const epochs = readings.flat().map(({ epoch }) => epoch);
  return {
    sent: sent.length,
    acked: count(({ outcome }) => outcome === 'acked'),
    unclear: count(({ outcome }) => outcome === 'unclear'),
    refused: count(({ outcome }) => outcome === 'refused'),
    lost: missing.length - unchecked,
    unchecked,
    unexpected: [...read].filter(content => !known.has(content)).length,
    duplicated: new Set(readings.flatMap(duplicatesIn)).size,
    reordered: new Set(readings.flatMap(reading => reorderedIn(reading, known))).size,
    recovered: count(({ outcome, content }) => outcome === 'unclear' && read.has(content)),
    epochChanges: Math.max(0, new Set(epochs).size - 1),
    readings: readings.length,
  };
}

function duplicatesIn(reading: Reading): readonly string[] {
  const seen = new Set<string>();
  return reading.map(({ content }) => content).filter(content => seen.size === seen.add(content).size);
}

function reorderedIn(reading: Reading, known: ReadonlyMap<string, SentMessage>): readonly string[] {
  const seen = new Set<string>();
  const reordered: string[] = [];
  let latestSentMs = -Infinity;
  for (const { content } of reading) {
    const message = known.get(content);
    // A second delivery counts as a duplicate only.
    if (message === undefined || seen.has(content)) continue;
    seen.add(content);
    if (message.ackedMs !== undefined && latestSentMs >= message.ackedMs) reordered.push(content);
    latestSentMs = Math.max(latestSentMs, message.sentMs);
  }
  return reordered;
}
