import type { MessageCounts } from '../../journal/experiment-record.js';
import { RestError, consume, produce } from '../../migratorydata/rest.js';
import type { Clock } from '../../runtime/ports.js';
import { describeAttemptFailure } from './attempt-failure.js';
import { type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { atFixedRate } from './fixed-rate.js';
import { accountForMessages, type Reading, type SentMessage } from './message-accounting.js';
import { deadlineMs } from './probe.js';

/** The time between two messages, and between two readings of each consumer, in milliseconds. */
const produceMs = 250;
const readMs = 2_000;
const consumers = 3;
/** The server keeps messages for 180 s, at most 1,000 per subject (parameters CacheExpireTime, MaxCachedMessages). */
const cacheMs = 180_000;
/**
 * The number of messages per reading: more than are sent between two readings, so that each message is read several
 * times.
 */
const history = 500;
/** After a longer time without a reading, the next one can miss a message that is not lost; in milliseconds. */
const reachMs = Math.min(cacheMs, history * produceMs);
/** How long an accepted message may take to arrive after the last one was sent, in milliseconds. */
const graceMs = 10_000;

export interface MessageProbe {
  /** One attempt per message. */
  readonly series: AttemptSeries;
  /** Returns the number of accepted messages that were sent at or after a time. */
  acceptedSince(atMs: number): number;
  /** Stops sending, reads the remaining messages and returns the counts; `issues` are reasons why they may be wrong. */
  stop(): Promise<{ readonly record: MessageCounts; readonly issues: readonly string[] }>;
}

/**
 * Publishes numbered messages at a fixed rate, each on a new connection, and reads them repeatedly as new consumers do,
 * well within the time that the server keeps them.
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
  /** The start of the latest successful reading. */
  let lastReadMs = 0;
  let longestGapMs = 0;
  const stopping = new AbortController();
  const ended = AbortSignal.any([signal, stopping.signal]);
  const pending = new Set<Promise<void>>();
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
    const startedMs = now();
    const reading = await consume(endpoint.network, { ...request(), history }, signal);
    readings.push(reading);
    for (const { content } of reading) unread.delete(content);
    longestGapMs = Math.max(longestGapMs, now() - lastReadMs);
    lastReadMs = Math.max(lastReadMs, startedMs);
  };
  const consumeOn = async (index: number): Promise<void> => {
    await clock.sleep((index * readMs) / consumers, ended).catch(() => undefined);
    while (!ended.aborted) {
      // The next reading covers the messages of a failed one.
      await read().catch(() => undefined);
      await clock.sleep(readMs, ended).catch(() => undefined);
    }
  };
  const ticking = atFixedRate({
    ...{ clock, t0Ms, intervalMs: produceMs, signal: ended },
    tick(atMs) {
      const running = send(atMs).finally(() => pending.delete(running));
      pending.add(running);
    },
  });
  const consuming = Array.from({ length: consumers }, (_, index) => consumeOn(index));

  return {
    series,
    acceptedSince: atMs => sent.filter(({ outcome, sentMs }) => outcome === 'acked' && sentMs >= atMs).length,
    async stop() {
      stopping.abort();
      await ticking;
      await Promise.all([...pending, ...consuming]);
      const deadline = clock.now() + graceMs;
      do {
        await read().catch(() => undefined);
        if (unread.size > 0) await clock.sleep(produceMs, signal);
      } while (unread.size > 0 && clock.now() < deadline);
      const record = accountForMessages(sent, readings, lastReadMs);
      const gapMs = Math.max(longestGapMs, now() - lastReadMs);
      return { record, issues: messageIssues(record, gapMs) };
    },
  };
}

/** Returns reasons why an unread message may not be lost. */
function messageIssues({ readings, unchecked }: MessageCounts, gapMs: number): readonly string[] {
  if (readings === 0) return ['no reading of messages succeeded'];
  return [
    ...(gapMs > reachMs
      ? [`no message could be read for ${inSeconds(gapMs)} s, and a reading covers the last ${inSeconds(reachMs)} s`]
      : []),
    ...(unchecked > 0 ? [`no reading succeeded after the last ${unchecked} accepted messages`] : []),
  ];
}

function inSeconds(ms: number): number {
  return Math.round(ms / 1000);
}
