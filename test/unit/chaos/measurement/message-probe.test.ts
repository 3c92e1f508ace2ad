import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type MessageProbe, startMessageProbe } from '../../../../src/chaos/measurement/message-probe.js';
import { ScriptedNetwork } from '../../fakes.js';
import { SteppedClock } from './stepped-clock.js';

/** A server that keeps every message and lists the latest of them, while `reads` says so. */
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

describe('what became of messages', () => {
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

  it('is known of each when reading goes on to the end', async () => {
    server.dropped.add('message-7');
    await clock.advance(10_000);
    const { record, doubts } = await outcome();
    expect(record).toMatchObject({ acked: record.sent, lost: 1, unchecked: 0 });
    expect(record.sent).toBeGreaterThanOrEqual(40);
    expect(doubts).toEqual([]);
  });

  it('is not known where reading fails until the end, which is no loss', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(5_000);
    const { record, doubts } = await outcome();
    expect(record).toMatchObject({ lost: 0, acked: record.sent });
    expect(record.unchecked).toBeGreaterThanOrEqual(20);
    expect(doubts).toEqual([`no reading was answered after the last ${record.unchecked} accepted messages`]);
  });

  it('is not known of those before either when reading had failed for too long at the end', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(140_000);
    expect((await outcome()).doubts).toEqual([
      expect.stringMatching(/^no message could be read for 15\d s, and a reading reaches back 125 s$/),
      expect.stringMatching(/^no reading was answered after the last 56\d accepted messages$/),
    ]);
  });

  it('is not known where nothing could ever be read', async () => {
    server.reads = false;
    await clock.advance(10_000);
    const { record, doubts } = await outcome();
    expect(record).toMatchObject({ lost: 0, unchecked: record.sent, readings: 0 });
    expect(doubts).toEqual(['no reading of messages was answered']);
  });

  it('is known after a time without readings that the next one still reaches back over', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(110_000);
    server.reads = true;
    await clock.advance(5_000);
    const { record, doubts } = await outcome();
    expect(record).toMatchObject({ lost: 0, unchecked: 0, acked: record.sent });
    expect(doubts).toEqual([]);
  });

  it('is in doubt after a time without readings that was longer than one reaches back', async () => {
    await clock.advance(10_000);
    server.reads = false;
    await clock.advance(140_000);
    server.reads = true;
    await clock.advance(5_000);
    const { record, doubts } = await outcome();
    // They are there, yet no reading has them any more.
    expect(record.lost).toBeGreaterThan(0);
    expect(doubts).toEqual([
      expect.stringMatching(/^no message could be read for 14\d s, and a reading reaches back 125 s$/),
    ]);
  });
});
