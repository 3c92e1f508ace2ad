import type { MessageCounts } from '../../journal/experiment-record.js';
import { RestError, consume, produce } from '../../migratorydata/rest.js';
import type { Clock } from '../../runtime/ports.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { atFixedRate } from './fixed-rate.js';
import { accountForMessages, type Reading, type SentMessage } from './message-accounting.js';
import { deadlineMs } from './probe.js';

/** Between two messages, and between two readings of each consumer, in milliseconds. */
const produceMs = 250;
const readMs = 2_000;
const consumers = 3;
/** The server keeps the messages of 180 s, at most 1,000 of a subject (parameters CacheExpireTime, MaxCachedMessages). */
const cacheMs = 180_000;
/** More than are sent between two readings, so that each message is read several times. */
const history = 500;
/** After so long without a reading a message may be out of reach of the next one though nobody lost it. */
const reachMs = Math.min(cacheMs, history * produceMs);
/** How long an accepted message may be on its way when no more are sent, in milliseconds. */
const graceMs = 10_000;

export interface MessageProbe {
  /** One attempt for each message. */
  readonly series: AttemptSeries;
  /** How many messages that were sent after a time have been accepted. */
  acceptedSince(atMs: number): number;
  /** Ends sending, reads what is still on its way, and tells what became of all; `doubts` are reasons not to trust it. */
  stop(): Promise<{ readonly record: MessageCounts; readonly doubts: readonly string[] }>;
}

/**
 * Publishes numbered messages at a fixed rate, each on a new connection, and reads them back as new consumers would,
 * again and again and far within the time that the server keeps them.
 */
export function startMessageProbe(
  clock: Clock,
  endpoint: ClientEndpoint,
  rest: NonNullable<ClientEndpoint['rest']>,
  t0Ms: number,
  signal: AbortSignal,
  onEnd: () => void,
): MessageProbe {
  const series = createAttemptSeries(onEnd);
  const sent: SentMessage[] = [];
  const readings: Reading[] = [];
  const unread = new Set<string>();
  /** When the latest reading was begun that was answered. */
  let lastReadMs = 0;
  let longestBlindMs = 0;
  const stopping = new AbortController();
  const ended = AbortSignal.any([signal, stopping.signal]);
  const underWay = new Set<Promise<void>>();
  const request = () => ({ ...rest, url: endpoint.url(), timeoutMs: deadlineMs });
  const now = (): number => clock.now() - t0Ms;

  const send = async (atMs: number): Promise<void> => {
    const content = `message-${Math.round(atMs / produceMs)}`;
    const end = series.begin(atMs);
    const sentMs = now();
    try {
      await produce(endpoint.network, { ...request(), content }, signal);
      sent.push({ content, sentMs, outcome: 'acked', ackedMs: now() });
      unread.add(content);
      end(now() - sentMs);
    } catch (error) {
      if (signal.aborted) return;
      const refused = error instanceof RestError && error.refused;
      sent.push({ content, sentMs, outcome: refused ? 'refused' : 'unclear' });
      end(now() - sentMs, refused ? { text: 'refused', local: false } : describeAttemptFailure(error));
    }
  };
  const read = async (): Promise<void> => {
    const begunMs = now();
    const reading = await consume(endpoint.network, { ...request(), history }, signal);
    readings.push(reading);
    for (const { content } of reading) unread.delete(content);
    longestBlindMs = Math.max(longestBlindMs, now() - lastReadMs);
    lastReadMs = Math.max(lastReadMs, begunMs);
  };
  const consumeOn = async (index: number): Promise<void> => {
    await clock.sleep((index * readMs) / consumers, ended).catch(() => undefined);
    while (!ended.aborted) {
      // A reading that fails is made up for by the next one.
      await read().catch(() => undefined);
      await clock.sleep(readMs, ended).catch(() => undefined);
    }
  };
  const ticking = atFixedRate({
    ...{ clock, t0Ms, intervalMs: produceMs, signal: ended },
    tick(atMs) {
      const running = send(atMs).finally(() => underWay.delete(running));
      underWay.add(running);
    },
  });
  const consuming = Array.from({ length: consumers }, (_, index) => consumeOn(index));

  return {
    series,
    acceptedSince: atMs => sent.filter(({ outcome, sentMs }) => outcome === 'acked' && sentMs >= atMs).length,
    async stop() {
      stopping.abort();
      await ticking;
      await Promise.all([...underWay, ...consuming]);
      const deadline = clock.now() + graceMs;
      do {
        await read().catch(() => undefined);
        if (unread.size > 0) await clock.sleep(produceMs, signal);
      } while (unread.size > 0 && clock.now() < deadline);
      const record = accountForMessages(sent, readings, lastReadMs);
      const blindMs = Math.max(longestBlindMs, now() - lastReadMs);
      return { record, doubts: messageIssues(record, blindMs) };
    },
  };
}

/** Why what was not read may not be lost. */
function messageIssues({ readings, unchecked }: MessageCounts, blindMs: number): readonly string[] {
  if (readings === 0) return ['no reading of messages was answered'];
  return [
    ...(blindMs > reachMs
      ? [`no message could be read for ${inSeconds(blindMs)} s, and a reading reaches back ${inSeconds(reachMs)} s`]
      : []),
    ...(unchecked > 0 ? [`no reading was answered after the last ${unchecked} accepted messages`] : []),
  ];
}

function inSeconds(ms: number): number {
  return Math.round(ms / 1000);
}
