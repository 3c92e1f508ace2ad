import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { accountForMessages, messageIssues } from '../../../../src/chaos/measurement/message-accounting.js';
import { type MessageProbe, startMessageProbe } from '../../../../src/chaos/measurement/message-probe.js';
import { ScriptedNetwork } from '../../fakes.js';
import { SteppedClock } from './stepped-clock.js';

/** A server that keeps every message and returns the latest ones while `reads` is true. */
class Server extends ScriptedNetwork {
  reads = true;
  readonly dropped = new Set<string>();
  readonly #messages: string[] = [];

  override answer = (url: string, body: string | undefined) => {
    if (body !== undefined) {
      if (!this.dropped.has(body)) this.#messages.push(body);
      return { text: '{"status":"OK"}' };
    }
    if (!this.reads) return { status: 503 };
    const history = Number(new URL(url).searchParams.get('history'));
    const latest = this.#messages.slice(-history);
    const from = this.#messages.length - latest.length;
    const messages = latest.map((content, index) => ({ content, epoch: 1, seq: from + index }));
    return { text: JSON.stringify({ status: 'OK', messages }) };
  };
}

describe('the message probe', () => {
  let clock: SteppedClock;
  let server: Server;
  let messages: MessageProbe;
  let start: () => void;

  beforeEach(() => {
    clock = new SteppedClock();
    server = new Server();
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const cache = { seconds: 180, messages: 1_000 };
    const rest = { subject: '/a/b', token: 'token', deliveryMode: 'Guaranteed', cache };
    const endpoint = { url: () => 'http://server', network: server, blindSpot: undefined, rest };
    start = () => {
      messages = startMessageProbe(clock, endpoint, rest, 0, signal, () => undefined);
    };
  });

  async function outcome() {
    const startedMs = clock.now();
    const stopping = messages.stop(() => [{ fromMs: 0, toMs: Infinity }]);
    await clock.advance(20_000);
    const history = await stopping;
    const counts = accountForMessages(history);
    return { counts, issues: messageIssues(counts, history), tookMs: history.endMs - startedMs, history };
  }

  it('accounts for each message at once when the last readings have all of them', async () => {
    start();
    await clock.advance(10_000);
    const { counts, issues, tookMs } = await outcome();
    expect(counts).toMatchObject({ acked: counts.sent, lost: 0, unchecked: 0, stale: 0 });
    expect(counts.sent).toBeGreaterThanOrEqual(40);
    expect([issues, tookMs]).toEqual([[], 0]);
    expect(messages.read.ended().filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(10);
  });

  it('reads on until a loss is proven', async () => {
    start();
    await clock.advance(10_000);
    server.dropped.add('message-41');
    await clock.advance(500);
    const { counts, issues, tookMs } = await outcome();
    expect(counts).toMatchObject({ acked: counts.sent, lost: 1, unchecked: 0 });
    expect(issues).toEqual([]);
    expect(tookMs).toBeGreaterThanOrEqual(10_000);
    expect(tookMs).toBeLessThan(15_000);
  });

  it('does not report a loss when readings fail until the end', async () => {
    start();
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(5_000);
    const { counts, issues, tookMs } = await outcome();
    expect(counts).toMatchObject({ lost: 0, acked: counts.sent, unchecked: counts.sent });
    expect(issues).toEqual([expect.stringContaining(`unknown whether ${counts.sent} accepted messages are lost`)]);
    expect(tookMs).toBe(15_000);
    expect(messages.read.lastFailureMs()).toBe(15_000);
  });

  it('has a history without readings when none succeeded', async () => {
    server.reads = false;
    start();
    await clock.advance(10_000);
    const { counts, issues } = await outcome();
    expect(counts).toMatchObject({ lost: 0, unchecked: counts.sent, readings: 0 });
    expect(issues).toEqual(['no reading of messages succeeded']);
  });

  it('accounts for each message after a gap that the next reading covers', async () => {
    start();
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(110_000);
    server.reads = true;
    await clock.advance(5_000);
    const { counts, issues } = await outcome();
    expect(counts).toMatchObject({ lost: 0, unchecked: 0, acked: counts.sent });
    expect(issues).toEqual([]);
  });

  it('does not report a loss after a gap that is longer than a reading covers', async () => {
    start();
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(200_000);
    server.reads = true;
    await clock.advance(5_000);
    const { counts, issues } = await outcome();
    // The server has these messages, but readings no longer return them.
    expect(counts.unchecked).toBeGreaterThan(100);
    expect([counts.lost, issues.length]).toEqual([0, 1]);
  });
});
