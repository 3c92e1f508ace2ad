import { describe, expect, it } from '@jest/globals';
import { hasCode } from '../../../src/errors/action-error.js';
import { consume, produce, roundTrip } from '../../../src/migratorydata/rest.js';
import type { HttpAnswer, Network } from '../../../src/runtime/ports.js';
import { ManualClock, ScriptedNetwork } from '../fakes.js';

const token = 'token+0123456789&=';
const request = { url: 'http://203.0.113.7/', subject: '/check/a b', token, timeoutMs: 5_000, content: 'message 1' };
const { signal } = new AbortController();

interface RecordedRequest {
  readonly url: URL;
  readonly body: string | undefined;
}

/** Responds with the results of the functions, and records the requests. */
function server(answers: Readonly<Partial<Record<'produce' | 'consume', () => Partial<HttpAnswer>>>>): {
  readonly network: Network;
  readonly asked: readonly RecordedRequest[];
} {
  const network = new ScriptedNetwork();
  const asked: RecordedRequest[] = [];
  network.answer = (text, body) => {
    const url = new URL(text);
    asked.push({ url, body });
    return answers[url.pathname.endsWith('/produce') ? 'produce' : 'consume']?.() ?? { status: 404 };
  };
  return { network, asked };
}

const json = (value: unknown, ms = 1): Partial<HttpAnswer> => ({ text: JSON.stringify(value), ms });
const accepted = (): Partial<HttpAnswer> => json({ subject: 'x', closure: '1', status: 'OK' }, 7);
const message = { message_type: 'SNAPSHOT', content: 'message 1', closure: '1', retained: true, epoch: 2, seq: 5 };

async function failureOf(work: Promise<unknown>): Promise<{ message: string; hint: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!hasCode(error, 'delivery-failed')) throw new Error(`not a failed delivery: ${String(error)}`);
  return error;
}

describe('produce', () => {
  it('posts the content and requests guaranteed delivery', async () => {
    const { network, asked } = server({ produce: accepted });
    await expect(produce(network, request, signal)).resolves.toBe(7);
    const [{ url, body } = { url: new URL('http://none'), body: '' }] = asked;
    expect(`${url.origin}${url.pathname}`).toBe('http://203.0.113.7/rest/produce');
    expect(Object.fromEntries(url.searchParams)).toEqual({ subject: '/check/a b', token, qos: 'guaranteed' });
    expect(body).toBe('message 1');
  });

  it.each([
    ['is denied', json({ status: 'DENY' }), 'DENY', 'entitlement-token'],
    ['finds no quorum', json({ status: 'FAILED' }), 'FAILED', 'quorum'],
    ['reaches a server without the interface', { status: 404, text: '' }, 'HTTP 404, an empty body', 'rest'],
    ['gets another page', { status: 200, text: '<html>' }, 'returned no JSON', 'logs'],
    ['gets null', { status: 200, text: 'null' }, 'did not accept', 'logs'],
  ])('fails when it %s', async (_, answer, found, hint) => {
    const failure = await failureOf(produce(server({ produce: () => answer }).network, request, signal));
    expect(failure.message).toContain('http://203.0.113.7/');
    expect(failure.message).toContain('/check/a b');
    expect(failure.message).toContain(found);
    expect(failure.hint).toContain(hint);
  });

  it('never shows the token, even if the response contains it', async () => {
    const echo = (): Partial<HttpAnswer> => ({
      status: 500,
      text: `bad request: /rest/produce?${new URLSearchParams({ token }).toString()} ${token}`,
    });
    const refused = new ScriptedNetwork();
    refused.http = ({ url }) => Promise.reject(new Error(`cannot reach ${url}`));
    for (const network of [server({ produce: echo }).network, refused]) {
      const failure = await failureOf(produce(network, request, signal));
      expect(failure.message).toContain('***');
      expect(failure.message).not.toContain('0123456789');
    }
  });

  it('rejects with the reason of an abort', async () => {
    const controller = new AbortController();
    const network = new ScriptedNetwork();
    network.http = () => {
      controller.abort(new Error('cancelled'));
      return Promise.reject(new Error('socket closed'));
    };
    await expect(produce(network, request, controller.signal)).rejects.toThrow('cancelled');
  });
});

describe('consume', () => {
  it('returns the messages with their positions', async () => {
    const { network, asked } = server({ consume: () => json({ subject: 'x', messages: [message] }) });
    await expect(consume(network, request, signal)).resolves.toEqual([
      { content: 'message 1', type: 'SNAPSHOT', epoch: 2, seq: 5 },
    ]);
    expect(asked[0]?.url.searchParams.get('history')).toBe('100');
    expect(asked[0]?.body).toBeUndefined();
  });

  it('returns nothing for an empty subject', async () => {
    await expect(consume(server({ consume: () => json({ messages: [] }) }).network, request, signal)).resolves.toEqual(
      [],
    );
  });

  it('fails when it is denied, even with a list', async () => {
    const { network } = server({ consume: () => json({ status: 'DENY', messages: [] }) });
    expect((await failureOf(consume(network, request, signal))).hint).toContain('entitlement-token');
  });
});

describe('roundTrip', () => {
  const trip = { ...request, deadlineMs: 1_000 };

  it('ends when the message arrives', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const { network } = server({
      produce: accepted,
      consume: () => json({ messages: (looks += 1) < 3 ? [{ ...message, content: 'older' }] : [message] }),
    });
    await expect(roundTrip({ network, clock }, trip, signal)).resolves.toEqual({
      produceMs: 7,
      consumeMs: 500,
      failures: [],
    });
  });

  it('reads from another member if requested', async () => {
    const { network, asked } = server({ produce: accepted, consume: () => json({ messages: [message] }) });
    await roundTrip({ network, clock: new ManualClock() }, { ...trip, readUrl: 'http://198.51.100.9:8800' }, signal);
    expect(asked.map(({ url }) => url.host)).toEqual(['203.0.113.7', '198.51.100.9:8800']);
  });

  it('fails when an accepted message does not arrive', async () => {
    const clock = new ManualClock();
    const { network } = server({ produce: accepted, consume: () => json({ messages: [] }) });
    const failure = await failureOf(roundTrip({ network, clock }, trip, signal));
    expect(failure.message).toContain('did not deliver an accepted message within 1000 ms');
    expect(clock.now()).toBe(1_000);
  });

  it('publishes again while a member that is just Ready has not found the others', async () => {
    let tries = 0;
    const { network, asked } = server({
      produce: () => ((tries += 1) < 3 ? json({ status: 'FAILED' }) : accepted()),
      consume: () => json({ messages: [message] }),
    });
    await roundTrip({ network, clock: new ManualClock() }, trip, signal);
    expect(asked.map(({ url }) => url.pathname.split('/').at(-1))).toEqual([
      'produce',
      'produce',
      'produce',
      'consume',
    ]);
  });

  it('repeats requests that do not reach a member, and returns why they failed', async () => {
    const reset = (): never => {
      throw new Error('read ECONNRESET');
    };
    let tries = 0;
    const once = (answer: () => Partial<HttpAnswer>) => () => ((tries += 1) % 2 === 1 ? reset() : answer());
    const { network } = server({ produce: once(accepted), consume: once(() => json({ messages: [message] })) });
    const { failures } = await roundTrip({ network, clock: new ManualClock() }, trip, signal);
    expect(failures).toEqual([
      expect.stringContaining('could not be reached to produce (subject /check/a b): read ECONNRESET'),
      expect.stringContaining('could not be reached to consume (subject /check/a b): read ECONNRESET'),
    ]);
  });

  it('fails when no request reaches a member until the deadline', async () => {
    const { network, asked } = server({
      produce: () => {
        throw new Error('read ECONNRESET');
      },
    });
    const failure = await failureOf(roundTrip({ network, clock: new ManualClock() }, trip, signal));
    expect(failure.message).toContain('could not be reached to produce');
    expect(asked).toHaveLength(5);
  });

  it.each([
    ['at once when it is denied', 'DENY', 1],
    ['at the deadline without a quorum', 'FAILED', 5],
  ])('reads nothing when the message is not accepted, and fails %s', async (_, status, tries) => {
    const { network, asked } = server({ produce: () => json({ status }) });
    const failure = await failureOf(roundTrip({ network, clock: new ManualClock() }, trip, signal));
    expect(failure.message).toContain(`"status":"${status}"`);
    expect(asked).toHaveLength(tries);
  });
});
