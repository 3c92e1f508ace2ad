import type { MessageCounts } from '../../journal/experiment-record.js';
import { type MessageHistory, messagesIn, type Reading, type SentMessage } from './message-history.js';
import type { Span } from './outages.js';

/** A message is lost when at least this many readings lack it. */
const provingReadings = 3;
/** The readings that prove a loss begin over at least this time, in milliseconds. */
export const provingMs = 10_000;
/** A message that was read this shortly before the end of its reach was kept, in milliseconds. */
const keptMs = 10_000;
/** A member differs when it lacks a message for this many rounds in a row. */
export const divergingRounds = 3;

/** What is known about one accepted message. */
interface Sightings {
  readonly message: SentMessage;
  /** The start of the latest reading that had the message; undefined without one. */
  lastStartedMs: number | undefined;
  /** The latest end of a reading that had the message. */
  lastEndedMs: number;
  /** The readings that lacked it. */
  readonly absences: Span[];
  stale: boolean;
}

/**
 * Counts what happened to each message, with the sets of Jepsen's checker set-full. Only an accepted message can be
 * lost, stale or diverged, and only a reading that began after the acceptance, and that reaches back to the message, can
 * lack it. With the latest sighting, or else the acceptance, as the start:
 *
 * - lost: absent from at least 3 readings since then, which began over at least 10 s while all members were Ready;
 * - unchecked: absent from some reading since then, but not lost; or not read in the last 10 s in which a reading could
 *   contain it;
 * - stale: absent from a reading that ended before another one began that had it;
 * - diverged: absent from readings of one reader in 3 rounds in a row after the last message was sent, while all members
 *   were Ready, although a reading of the first of these rounds had it, and it is not lost: a message that arrives late
 *   gets to the members one after the other; also each position (epoch and sequence) with two different messages.
 */
export function accountForMessages(history: MessageHistory): MessageCounts {
  const { sent, readings } = history;
  const known = new Map(sent.map(message => [message.id, message]));
  const all = sightingsOf(history);
  const fates = [...all.values()].map(one => [one.message.id, fateOf(one, history)] as const);
  const of = (fate: ReturnType<typeof fateOf>): readonly number[] =>
    fates.flatMap(([id, own]) => (own === fate ? [id] : []));
  const lost = of('lost');
  const read = new Set<number>();
  const epochs = new Set<number>();
  for (const reading of readings) {
    for (const { id, epoch } of messagesIn(reading)) {
      read.add(id);
      epochs.add(epoch);
    }
  }
  const count = (test: (message: SentMessage) => boolean): number => sent.filter(test).length;
  return {
    sent: sent.length,
    acked: count(({ outcome }) => outcome === 'acked'),
    unclear: count(({ outcome }) => outcome === 'unclear'),
    refused: count(({ outcome }) => outcome === 'refused'),
    lost: lost.length,
    unchecked: of('unchecked').length,
    stale: [...all.values()].filter(({ stale }) => stale).length,
    diverged: divergedIn(history).filter(id => !lost.includes(id)).length + ambiguousPositions(readings),
    unexpected: [...read].filter(id => !known.has(id)).length,
    duplicated: new Set(readings.flatMap(duplicatesIn)).size,
    reordered: new Set(readings.flatMap(reading => reorderedIn(reading, known))).size,
    recovered: count(({ outcome, id }) => outcome === 'unclear' && read.has(id)),
    epochChanges: Math.max(0, epochs.size - 1),
    readings: readings.length,
  };
}

/** Returns the accepted messages that are lost, ordered by number. */
export function lostIn(history: MessageHistory): readonly SentMessage[] {
  return [...sightingsOf(history).values()]
    .filter(one => fateOf(one, history) === 'lost')
    .map(({ message }) => message);
}

/**
 * Returns the accepted messages that a reading lacks although it began after their acceptance and reaches back to them.
 */
export function lackingIn(history: Pick<MessageHistory, 'sent' | 'reach'>, reading: Reading): readonly SentMessage[] {
  const present = idsIn([reading]);
  return reachedBy(history, reading).filter(
    ({ id, outcome, endedMs }) => outcome === 'acked' && endedMs < reading.startedMs && !present.has(id),
  );
}

/** Returns whether it is known of each accepted message that these readings lack that it is lost, or has diverged. */
export function isExplained(history: MessageHistory, readings: readonly Reading[]): boolean {
  const known = new Set([...lostIn(history).map(({ id }) => id), ...divergedIn(history)]);
  return readings.every(reading => lackingIn(history, reading).every(({ id }) => known.has(id)));
}

/** Returns the messages that a reading must contain if the servers have them. */
function reachedBy(
  { sent, reach }: Pick<MessageHistory, 'sent' | 'reach'>,
  { endedMs }: Pick<Reading, 'endedMs'>,
): readonly SentMessage[] {
  let end = sent.length;
  while (end > 0 && (sent[end - 1]?.sentMs ?? 0) > endedMs) end -= 1;
  const newest = sent[end - 1]?.id ?? 0;
  let start = end;
  while (start > 0) {
    const { id, sentMs } = sent[start - 1] ?? { id: -Infinity, sentMs: -Infinity };
    if (endedMs - sentMs > reach.timeMs || newest - id >= reach.messages) break;
    start -= 1;
  }
  return sent.slice(start, end);
}

function sightingsOf(history: MessageHistory): ReadonlyMap<number, Sightings> {
  const all = new Map<number, Sightings>();
  for (const message of history.sent) {
    if (message.outcome !== 'acked') continue;
    all.set(message.id, { message, lastStartedMs: undefined, lastEndedMs: -Infinity, absences: [], stale: false });
  }
  for (const reading of history.readings) {
    const { startedMs, endedMs } = reading;
    for (const { id } of messagesIn(reading)) {
      const one = all.get(id);
      if (one === undefined) continue;
      one.stale ||= one.absences.some(({ toMs }) => toMs < startedMs);
      one.lastStartedMs = startedMs;
      one.lastEndedMs = Math.max(one.lastEndedMs, endedMs);
    }
    for (const { id } of lackingIn(history, reading)) all.get(id)?.absences.push({ fromMs: startedMs, toMs: endedMs });
  }
  return all;
}

function fateOf(
  { message, lastStartedMs, lastEndedMs, absences }: Sightings,
  { sent, reach, allReady, endMs }: MessageHistory,
): 'kept' | 'lost' | 'unchecked' {
  const since = absences.filter(({ fromMs }) => fromMs > lastEndedMs);
  const proving = since.filter(({ fromMs }) => allReady.some(span => isWithin(fromMs, span)));
  const overMs = (proving.at(-1)?.fromMs ?? 0) - (proving[0]?.fromMs ?? 0);
  if (proving.length >= provingReadings && overMs >= provingMs) return 'lost';
  if (since.length > 0 || lastStartedMs === undefined) return 'unchecked';
  const pushedOut = sent.find(({ id }) => id - message.id >= reach.messages)?.sentMs ?? Infinity;
  const untilMs = Math.min(message.sentMs + reach.timeMs, pushedOut, endMs);
  return untilMs - lastStartedMs <= keptMs ? 'kept' : 'unchecked';
}

/** Returns the messages that one reader lacks for good after the last one was sent, and another one has. */
function divergedIn(history: MessageHistory): readonly number[] {
  const quiet = history.readings.filter(
    ({ startedMs }) => startedMs >= history.quietMs && history.allReady.some(span => isWithin(startedMs, span)),
  );
  const diverged = new Set<number>();
  for (const member of new Set(quiet.map(reading => reading.member))) {
    const own = quiet.filter(reading => reading.member === member);
    const rounds = [...new Set(own.map(({ round }) => round))].sort((a, b) => a - b);
    const lacking = rounds.map(round => {
      const ofRound = own.filter(reading => reading.round === round);
      return new Set(ofRound.flatMap(reading => lackingIn(history, reading).map(({ id }) => id)));
    });
    for (const [index, ids] of lacking.entries()) {
      const following = lacking.slice(index, index + divergingRounds);
      if (following.length < divergingRounds) break;
      const elsewhere = idsIn(quiet.filter(({ round }) => round === rounds[index]));
      for (const id of ids) {
        if (elsewhere.has(id) && following.every(round => round.has(id))) diverged.add(id);
      }
    }
  }
  return [...diverged];
}

function idsIn(readings: readonly Reading[]): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const reading of readings) for (const { id } of messagesIn(reading)) ids.add(id);
  return ids;
}

/** Returns the number of positions at which two readings, or one, have different messages. */
function ambiguousPositions(readings: readonly Reading[]): number {
  const positions = new Map<string, number>();
  const ambiguous = new Set<string>();
  for (const reading of readings) {
    for (const { id, epoch, seq } of messagesIn(reading)) {
      const position = `${epoch}/${seq}`;
      if ((positions.get(position) ?? id) !== id) ambiguous.add(position);
      positions.set(position, id);
    }
  }
  return ambiguous.size;
}

function duplicatesIn(reading: Reading): readonly number[] {
  const seen = new Set<number>();
  return [...messagesIn(reading)].map(({ id }) => id).filter(id => seen.size === seen.add(id).size);
}

/**
 * Returns the messages that follow one that was sent after their acceptance. The order of concurrent messages is not
 * guaranteed, and a second delivery counts as a duplicate only.
 */
function reorderedIn(reading: Reading, known: ReadonlyMap<number, SentMessage>): readonly number[] {
  const seen = new Set<number>();
  const reordered: number[] = [];
  let latestSentMs = -Infinity;
  for (const { id } of messagesIn(reading)) {
    const message = known.get(id);
    if (message === undefined || seen.has(id)) continue;
    seen.add(id);
    if (message.outcome === 'acked' && latestSentMs >= message.endedMs) reordered.push(id);
    latestSentMs = Math.max(latestSentMs, message.sentMs);
  }
  return reordered;
}

function isWithin(atMs: number, { fromMs, toMs }: Span): boolean {
  return atMs >= fromMs && atMs <= toMs;
}

/** Returns reasons why it is unknown whether messages are lost or differ; an empty list when it is known of each. */
export function messageIssues(
  { readings, unchecked }: Pick<MessageCounts, 'readings' | 'unchecked'>,
  { reach, unread }: Pick<MessageHistory, 'reach' | 'unread'>,
): readonly string[] {
  if (readings === 0) return ['no reading of messages succeeded'];
  const covered = `a reading covers the last ${Math.round(reach.timeMs / 1_000)} s, and at most ${reach.messages} messages`;
  return [
    ...(unchecked === 0
      ? []
      : [
          `it is unknown whether ${unchecked} accepted messages are lost: too few readings reached back to them while all members were Ready (${covered})`,
        ]),
    ...(unread === undefined ? [] : [`it is unknown whether all members have the same messages: ${unread}`]),
  ];
}
