import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
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
    const messages = this.#messages.slice(-history).map((content, seq) => ({ content, epoch: 1, seq }));
    return { text: JSON.stringify({ status: 'OK', messages }) };
  };
}

describe('the message probe', () => {
  let clock: SteppedClock;
  let server: Server;
  let messages: MessageProbe;

  beforeEach(() => {
    clock = new SteppedClock();
    server = new Server();
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const rest = { subject: '/a/b', token: 'token' };
    const endpoint = { url: () => 'http://server', network: server, blindSpot: undefined, rest };
    messages = startMessageProbe(clock, endpoint, rest, 0, signal, () => undefined);
  });

  async function outcome() {
    const stopped = messages.stop();
    await clock.advance(20_000);
    return stopped;
  }

  it('accounts for each message when readings succeed to the end', async () => {
    server.dropped.add('message-7');
    await clock.advance(10_000);
    const { record, issues } = await outcome();
    expect(record).toMatchObject({ acked: record.sent, lost: 1, unchecked: 0 });
    expect(record.sent).toBeGreaterThanOrEqual(40);
    expect(issues).toEqual([]);
  });

  it('does not report a loss when readings fail until the end', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(5_000);
    const { record, issues } = await outcome();
    expect(record).toMatchObject({ lost: 0, acked: record.sent });
    expect(record.unchecked).toBeGreaterThanOrEqual(20);
    expect(issues).toEqual([`no reading succeeded after the last ${record.unchecked} accepted messages`]);
  });

  it('reports an issue for earlier messages when readings failed for too long at the end', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(140_000);
    expect((await outcome()).issues).toEqual([
      expect.stringMatching(/^no message could be read for 15\d s, and a reading covers the last 125 s$/),
      expect.stringMatching(/^no reading succeeded after the last 56\d accepted messages$/),
    ]);
  });

  it('reports an issue when no reading succeeded', async () => {
    server.reads = false;
    await clock.advance(10_000);
    const { record, issues } = await outcome();
    expect(record).toMatchObject({ lost: 0, unchecked: record.sent, readings: 0 });
    expect(issues).toEqual(['no reading of messages succeeded']);
  });

  it('accounts for each message after a gap that the next reading covers', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(110_000);
    server.reads = true;
    await clock.advance(5_000);
    const { record, issues } = await outcome();
    expect(record).toMatchObject({ lost: 0, unchecked: 0, acked: record.sent });
    expect(issues).toEqual([]);
  });

  it('reports an issue after a gap that is longer than a reading covers', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(140_000);
    server.reads = true;
    await clock.advance(5_000);
    const { record, issues } = await outcome();
    // The server has these messages, but readings no longer return them.
    expect(record.lost).toBeGreaterThan(0);
    expect(issues).toEqual([
      expect.stringMatching(/^no message could be read for 14\d s, and a reading covers the last 125 s$/),
    ]);
  });
});
