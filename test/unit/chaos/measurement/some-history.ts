import {
  type MessageHistory,
  type Reading,
  type SentMessage,
  toRuns,
} from '../../../../src/chaos/measurement/message-history.js';

/** An accepted message; its response comes 20 ms after it was sent. */
export function acked(id: number, sentMs = id * 250): SentMessage {
  return { id, sentMs, endedMs: sentMs + 20, outcome: 'acked' };
}

/** A reading that takes 10 ms, with all messages at their own positions of one epoch. */
export function readingAt(startedMs: number, ids: readonly number[], changes: Partial<Reading> = {}): Reading {
  const messages = ids.map(id => ({ content: String(id), epoch: 1, seq: id }));
  const round = Math.round(startedMs / 1_000);
  return { member: '', round, startedMs, endedMs: startedMs + 10, messages: toRuns(messages, Number), ...changes };
}

/** A history in which all members are always Ready, and every reading reaches back to its beginning. */
export function someHistory(changes: Partial<MessageHistory>): MessageHistory {
  const readings = changes.readings ?? [];
  const endMs = changes.endMs ?? (readings.at(-1)?.endedMs ?? 0) + 1;
  return {
    ...{ deliveryMode: 'Guaranteed', reach: { timeMs: 162_000, messages: 648 }, sent: [], readings },
    ...{ allReady: [{ fromMs: 0, toMs: Infinity }], quietMs: endMs, endMs },
    ...changes,
  };
}
