import { beforeEach, describe, expect, it } from '@jest/globals';
import { setMaxListeners } from 'node:events';
import { accountForMessages, messageIssues } from '../../../../src/chaos/measurement/message-accounting.js';
import {
  type MemberReader,
  type MessageProbe,
  startMessageProbe,
} from '../../../../src/chaos/measurement/message-probe.js';
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

  async function outcome(readers: () => readonly MemberReader[] = () => []) {
    const startedMs = clock.now();
    const stopping = messages.stop(() => [{ fromMs: 0, toMs: Infinity }], readers);
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

  describe('at the end, member by member', () => {
    /** A member that answers, with what the server had until a time. */
    const cutOffAfter = (ms: number): MemberReader => {
      const network = new ScriptedNetwork();
      network.answer = url => {
        const { text = '' } = server.answer(url, undefined);
        const { messages: all } = JSON.parse(text) as { readonly messages: readonly { readonly seq: number }[] };
        return { text: JSON.stringify({ messages: all.filter(({ seq }) => seq < ms / 250) }) };
      };
      return { name: 'm-2', network };
    };
    const healthy = (name: string): MemberReader => ({ name, network: server });

    it('sees the messages that a member lacks for good, although it answers, and is cut off from the others', async () => {
      start();
      await clock.advance(10_000);
      const { counts, issues, history } = await outcome(() => [healthy('m-0'), healthy('m-1'), cutOffAfter(7_500)]);
      // The last one was accepted in the same millisecond in which the first round began, so it needs a fourth.
      expect(counts).toMatchObject({ lost: 0, unchecked: 0, sent: 41, diverged: 11 });
      expect(issues).toEqual([]);
      expect(new Set(history.readings.map(({ member }) => member))).toEqual(new Set(['', 'm-0', 'm-1', 'm-2']));
    });

    it('reads on while a member may still get a message that another one has got late', async () => {
      start();
      await clock.advance(10_000);
      const { answer } = server;
      const lateUntil = (ms: number) => (url: string, body: string | undefined) => {
        const { text = '' } = answer(url, body);
        return { text: clock.now() < ms ? text.replace(/,[^,]*"message-39"[^}]*}/, '') : text };
      };
      // All but m-1 have it in the third round.
      server.answer = lateUntil(11_500);
      const network = new ScriptedNetwork();
      network.answer = lateUntil(12_500);
      const { counts, issues, history } = await outcome(() => [healthy('m-0'), { name: 'm-1', network }]);
      expect(issues).toEqual([]);
      expect(counts).toMatchObject({ lost: 0, unchecked: 0, stale: 1, diverged: 0 });
      expect(history.readings.filter(({ member }) => member === 'm-1')).toHaveLength(4);
    });

    it('needs one round when all members have every message', async () => {
      start();
      await clock.advance(10_000);
      const { counts, issues, tookMs, history } = await outcome(() => ['m-0', 'm-1', 'm-2'].map(healthy));
      expect([counts.diverged, issues, tookMs]).toEqual([0, [], 0]);
      expect(history.readings.filter(({ member }) => member !== '')).toHaveLength(3);
    });

    it('is not known when a member cannot be read, which is not the same as no difference', async () => {
      start();
      await clock.advance(10_000);
      const network = new ScriptedNetwork();
      network.answer = () => ({ status: 503 });
      const { counts, issues } = await outcome(() => [healthy('m-0'), { name: 'm-1', network }]);
      expect(counts).toMatchObject({ lost: 0, unchecked: 0, diverged: 0 });
      expect(issues).toEqual([
        expect.stringMatching(
          /^it is unknown whether all members have the same messages: m-1 could not be read directly: .*HTTP 503/,
        ),
      ]);
    });

    it('is known of a member that could be read at first only after some rounds', async () => {
      start();
      await clock.advance(10_000);
      const network = new ScriptedNetwork();
      let refusals = 2;
      network.answer = url => ((refusals -= 1) >= 0 ? { status: 503 } : server.answer(url, undefined));
      const { issues } = await outcome(() => [healthy('m-0'), { name: 'm-1', network }]);
      expect([issues, refusals]).toEqual([[], -1]);
    });
  });
});
