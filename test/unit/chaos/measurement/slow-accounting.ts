import {
  type MessageHistory,
  messagesIn,
  type Reading,
  type SentMessage,
} from '../../../../src/chaos/measurement/message-history.js';
import type { MessageCounts } from '../../../../src/journal/experiment-record.js';

/**
 * The definitions of the accounting, each written down as it reads and computed by trying every reading for every
 * message: slow, but easy to check against the documentation.
 */
export function accountSlowly(
  history: MessageHistory,
): Pick<MessageCounts, 'lost' | 'unchecked' | 'stale' | 'diverged'> {
  const accepted = history.sent.filter(({ outcome }) => outcome === 'acked');
  const count = (test: (message: SentMessage) => boolean): number => accepted.filter(test).length;
  return {
    lost: count(message => isLost(message, history)),
    unchecked: count(message => !isLost(message, history) && !isKept(message, history)),
    stale: count(message => isStale(message, history)),
    diverged: count(message => hasDiverged(message, history) && !isLost(message, history)),
  };
}

const contains = (reading: Reading, { id }: SentMessage): boolean =>
  [...messagesIn(reading)].some(message => message.id === id);

/** The server may have dropped what is older, or what this many later messages have pushed out. */
function mustContain({ sent, reach }: MessageHistory, reading: Reading, message: SentMessage): boolean {
  const begun = sent.filter(({ sentMs }) => sentMs <= reading.endedMs);
  const newest = Math.max(...begun.map(({ id }) => id));
  return (
    reading.startedMs > message.endedMs &&
    reading.endedMs - message.sentMs <= reach.timeMs &&
    newest - message.id < reach.messages
  );
}

function lackings(message: SentMessage, history: MessageHistory): readonly Reading[] {
  return history.readings.filter(reading => mustContain(history, reading, message) && !contains(reading, message));
}

function sightings(message: SentMessage, { readings }: MessageHistory): readonly Reading[] {
  return readings.filter(reading => contains(reading, message));
}

function lackingsSince(message: SentMessage, history: MessageHistory): readonly Reading[] {
  return lackings(message, history).filter(({ startedMs }) =>
    sightings(message, history).every(({ endedMs }) => startedMs > endedMs),
  );
}

const wasAllReady = ({ allReady }: MessageHistory, { startedMs }: Reading): boolean =>
  allReady.some(({ fromMs, toMs }) => startedMs >= fromMs && startedMs <= toMs);

function isLost(message: SentMessage, history: MessageHistory): boolean {
  const starts = lackingsSince(message, history)
    .filter(reading => wasAllReady(history, reading))
    .map(({ startedMs }) => startedMs);
  return starts.length >= 3 && Math.max(...starts) - Math.min(...starts) >= 10_000;
}

function isKept(message: SentMessage, history: MessageHistory): boolean {
  if (lackingsSince(message, history).length > 0) return false;
  const pushers = history.sent.filter(({ id }) => id - message.id >= history.reach.messages);
  const reachEndsMs = Math.min(
    message.sentMs + history.reach.timeMs,
    ...pushers.map(({ sentMs }) => sentMs),
    history.endMs,
  );
  return sightings(message, history).some(({ startedMs }) => startedMs >= reachEndsMs - 10_000);
}

function isStale(message: SentMessage, history: MessageHistory): boolean {
  return lackings(message, history).some(({ endedMs }) =>
    sightings(message, history).some(({ startedMs }) => startedMs > endedMs),
  );
}

function hasDiverged(message: SentMessage, history: MessageHistory): boolean {
  const quiet = history.readings.filter(
    reading => reading.startedMs >= history.quietMs && wasAllReady(history, reading),
  );
  return [...new Set(quiet.map(({ member }) => member))].some(member => {
    const own = quiet.filter(reading => reading.member === member);
    const rounds = [...new Set(own.map(({ round }) => round))].sort((a, b) => a - b);
    const lacks = (round: number | undefined): boolean =>
      own.some(
        reading => reading.round === round && mustContain(history, reading, message) && !contains(reading, message),
      );
    return rounds.some((round, index) => {
      const isElsewhere = quiet.some(reading => reading.round === round && contains(reading, message));
      return isElsewhere && [0, 1, 2].every(more => index + more < rounds.length && lacks(rounds[index + more]));
    });
  });
}
