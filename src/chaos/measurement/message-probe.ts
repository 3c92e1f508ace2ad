import { RestError, consume, produce } from '../../migratorydata/rest.js';
import type { Clock, Network } from '../../runtime/ports.js';
import { withoutPeriod } from '../../runtime/text.js';
import { reasonOf } from '../../runtime/thrown.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { repeatAtFixedRate } from './fixed-rate.js';
import { accountForMessages, divergingRounds, isExplained, lackingIn, provingMs } from './message-accounting.js';
import {
  contentOf,
  createNumbering,
  type MessageHistory,
  type Reading,
  reachOf,
  type SentMessage,
  toRuns,
} from './message-history.js';
import type { Span } from './outages.js';
import { deadlineMs } from './probe.js';

/** The time between two messages, and between two readings, in milliseconds. */
export const produceMs = 250;
export const readMs = 1_000;
/** The number of messages per reading: all that the server keeps by default, which expire after 180 s. */
const historyLength = 720;
/** The connections to the client Service in one round at the end, without the members one by one. */
const lastReaders = 3;
/** How long the last readings may take, in milliseconds: as long as the proof of a loss, and some rounds more. */
const settleMs = provingMs + 5_000;

/** What the client Service does not show: its readings name no member. */
export const readingBlindSpot =
  'Until the last message, they are read through the client Service, so a member that differs from the others for some time only is seen by the readings that it answers.';

/** The way to one member, whatever its Service does. */
export interface MemberReader {
  readonly name: string;
  readonly network: Network;
}

export interface MessageProbe {
  /** One attempt per message. */
  readonly produced: AttemptSeries;
  /** One attempt per reading. */
  readonly read: AttemptSeries;
  /** Returns the number of accepted messages that were sent at or after a time. */
  acceptedSince(atMs: number): number;
  /**
   * Stops sending, reads member by member until each accepted message is accounted for, or for 15 s, and returns the
   * history. `allReady` returns the times in which all members were Ready so far, and `readers` the ways to the members
   * that exist.
   */
  stop(allReady: () => readonly Span[], readers?: () => readonly MemberReader[]): Promise<MessageHistory>;
}

/**
 * Publishes numbered messages at a fixed rate, each on a new connection, and reads the latest ones at a fixed rate, as
 * new consumers do.
 */
export function startMessageProbe(
  clock: Clock,
  endpoint: ClientEndpoint,
  { deliveryMode, cache, ...rest }: NonNullable<ClientEndpoint['rest']>,
  t0Ms: number,
  signal: AbortSignal,
  onEnd: () => void,
): MessageProbe {
  const produced = createAttemptSeries(onEnd);
  const read = createAttemptSeries(onEnd);
  const sent: SentMessage[] = [];
  const readings: Reading[] = [];
  const idOf = createNumbering();
  const reach = reachOf(cache, historyLength);
  const request = () => ({ ...rest, url: endpoint.url(), timeoutMs: deadlineMs });
  const now = (): number => clock.now() - t0Ms;

  const send = async (atMs: number): Promise<void> => {
    const id = Math.round(atMs / produceMs);
    const end = produced.begin(atMs);
    const sentMs = now();
    const conclude = (outcome: SentMessage['outcome']): void => {
      sent.push({ id, sentMs, endedMs: now(), outcome });
    };
    try {
      await produce(endpoint.network, { ...request(), content: contentOf(id) }, signal);
      conclude('acked');
      end(now() - sentMs);
    } catch (error) {
      if (signal.aborted) return;
      const refused = error instanceof RestError && error.refused;
      conclude(refused ? 'refused' : 'unclear');
      end(now() - sentMs, refused ? { text: 'refused', local: false } : describeAttemptFailure(error));
    }
  };
  /** Throws when the reading fails: the next one covers its messages. */
  const readOnce = async (round: number, reader?: MemberReader): Promise<Reading> => {
    const startedMs = now();
    const url = reader && { url: `http://${reader.name}` };
    const asked = { ...request(), ...url, history: historyLength };
    const messages = await consume(reader?.network ?? endpoint.network, asked, signal);
    const member = reader?.name ?? '';
    const reading = { member, round, startedMs, endedMs: now(), messages: toRuns(messages, idOf) };
    readings.push(reading);
    return reading;
  };
  const readMember = async (
    round: number,
    member: MemberReader,
    tallies: Map<string, ReaderTally>,
  ): Promise<Reading | undefined> => {
    const tally = tallies.get(member.name) ?? { count: 0, failure: '' };
    tallies.set(member.name, tally);
    try {
      const reading = await readOnce(round, member);
      tally.count += 1;
      return reading;
    } catch (error) {
      tally.failure = withoutPeriod(reasonOf(error));
      return undefined;
    }
  };
  const readAt = async (atMs: number): Promise<void> => {
    const end = read.begin(atMs);
    const startedMs = now();
    try {
      await readOnce(Math.round(atMs / readMs));
      end(now() - startedMs);
    } catch (error) {
      if (!signal.aborted) end(now() - startedMs, describeAttemptFailure(error));
    }
  };
  const repeating = [
    repeatAtFixedRate({ clock, t0Ms, intervalMs: produceMs, signal, start: send }),
    repeatAtFixedRate({ clock, t0Ms, intervalMs: readMs, signal, start: readAt }),
  ];

  const historySince = (quietMs: number, allReady: readonly Span[]): MessageHistory => ({
    ...{ deliveryMode, reach, allReady, quietMs, endMs: now() },
    sent: sent.toSorted((a, b) => a.id - b.id),
    readings: readings.toSorted((a, b) => a.startedMs - b.startedMs),
  });
  return {
    ...{ produced, read },
    acceptedSince: atMs => sent.filter(({ outcome, sentMs }) => outcome === 'acked' && sentMs >= atMs).length,
    async stop(allReady, readers = () => []) {
      await Promise.all(repeating.map(work => work.stop()));
      const quietMs = now();
      const firstRound = Math.ceil(quietMs / readMs);
      const tallies = new Map<string, ReaderTally>();
      for (let rounds = 1; ; rounds += 1) {
        const round = firstRound + rounds;
        const members = readers();
        const others = Array.from({ length: lastReaders }, () => readOnce(round).catch(() => undefined));
        const reading = [...members.map(member => readMember(round, member, tallies)), ...others];
        const answered = (await Promise.all(reading)).filter(one => one !== undefined);
        const history = historySince(quietMs, allReady());
        const isComplete = answered.every(one => lackingIn(history, one).length === 0);
        const isRead = members.every(({ name }) => (tallies.get(name)?.count ?? 0) > 0);
        if (answered.length > 0 && isComplete && isRead) return history;
        const told = { ...history, ...unreadOf(tallies) };
        const isKnown = accountForMessages(history).unchecked === 0 && isExplained(history, answered);
        if (rounds >= divergingRounds && isKnown) return told;
        if (now() - quietMs >= settleMs) return told;
        await clock.sleep(readMs, signal);
      }
    },
  };
}

/** How often a member was read, and why it was not the last time that it was not. */
interface ReaderTally {
  count: number;
  failure: string;
}

/** Returns which members were not read often enough, and why; nothing if all were. */
function unreadOf(tallies: ReadonlyMap<string, ReaderTally>): Pick<MessageHistory, 'unread'> {
  const unread = [...tallies].filter(([, { count }]) => count < divergingRounds);
  const [[, first] = []] = unread;
  return first === undefined
    ? {}
    : { unread: `${unread.map(([name]) => name).join(', ')} could not be read directly: ${first.failure}` };
}
