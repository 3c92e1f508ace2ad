import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { summarizeClients } from '../../../../src/chaos/measurement/clients-history.js';
import { openClients, rampMsOf } from '../../../../src/chaos/measurement/clients.js';
import { createSocketNetwork } from '../../../../src/runtime/node-network.js';
import { systemClock } from '../../../../src/runtime/node-ports.js';
import type { HttpSessionEvents } from '../../../../src/runtime/ports.js';
import { ManualClock, ScriptedNetwork } from '../../fakes.js';
import { SteppedClock } from './stepped-clock.js';

const endpoint = { url: () => 'http://server', blindSpot: undefined, rest: undefined };
const { signal } = new AbortController();

/** Connections that answer, unless a test says what happens to them. */
class SessionNetwork extends ScriptedNetwork {
  readonly opened: HttpSessionEvents[] = [];
  /** The times of all requests. */
  readonly requests: number[] = [];
  reaches = (): boolean => true;
  onRequest = (events: HttpSessionEvents): void => {
    events.answered(false);
  };

  readonly clock: SteppedClock;

  constructor(clock: SteppedClock) {
    super();
    this.clock = clock;
  }

  readonly open = (_url: string, events: HttpSessionEvents) => {
    this.opened.push(events);
    return {
      request: () => {
        this.requests.push(this.clock.now());
        this.onRequest(events);
      },
      isReached: () => this.reaches(),
      close: () => undefined,
    };
  };
}

/** Opens clients on a network of a test. */
async function connected(count: number, prepare: (network: SessionNetwork) => void = () => undefined) {
  const clock = new SteppedClock();
  const network = new SessionNetwork(clock);
  prepare(network);
  const opening = openClients(clock, { ...endpoint, network }, count, signal);
  opening.catch(() => undefined);
  await clock.advance(rampMsOf(count) + 3_000);
  return { clock, network, clients: await opening };
}

const refused = (code: string): Error => Object.assign(new Error(code), { code });

describe('clients', () => {
  it('are not measured, and not 0, on an endpoint without persistent connections', async () => {
    const clients = await openClients(new ManualClock(), { ...endpoint, network: new ScriptedNetwork() }, 24, signal);
    expect(summarizeClients(await clients.stop(0), 0, 0)).toMatchObject({ wanted: 24, opened: null, broken: null });
  });

  it('connect at the rate of the ramp, and send one request each in 30 s, spread evenly', async () => {
    const { clock, network, clients } = await connected(600);
    const perSecond = (from: number, to: number): number =>
      network.requests.filter(atMs => atMs >= from && atMs < to).length / ((to - from) / 1_000);
    await clock.advance(57_000);
    expect([perSecond(30_000, 45_000), perSecond(45_000, 60_000)]).toEqual([20, 20]);
    expect(network.opened).toHaveLength(600);
    const { openings } = await clients.stop(0);
    // Ticks of 100 ms do not fit into seconds exactly.
    for (const { opened } of openings) expect(opened).toBeLessThanOrEqual(220);
  });

  it('connect again when the other side has closed the connection, not all at once', async () => {
    const { clock, network, clients } = await connected(24);
    const brokenMs = clock.now();
    for (const events of network.opened.slice(0, 12)) events.ended(refused('ECONNRESET'));
    await clock.advance(2_000);
    const record = summarizeClients(await clients.stop(0), brokenMs, brokenMs);
    expect(record).toMatchObject({ opened: 24, broken: 12, hung: 0 });
    expect(record.peakPerSecond).toBeGreaterThanOrEqual(6);
    const { p50, all } = record.back ?? {};
    expect([Number(p50) > 200, Number(p50) < 800, Number(all) > 800, Number(all) <= 1_100]).not.toContain(false);
  });

  it('hang when a request gets no answer, and do not come back while none is given', async () => {
    const { clock, network, clients } = await connected(24);
    network.onRequest = () => undefined;
    const silentMs = clock.now();
    await clock.advance(20_000);
    const record = summarizeClients(await clients.stop(0), silentMs, silentMs);
    expect(record).toMatchObject({ opened: 24, broken: 0, hung: 24 });
    expect(record.back).toEqual({ p50: null, p95: null, p99: null, all: null });
  });

  it.each(['EMFILE', 'EADDRNOTAVAIL'])('are ended at the first %s of the runner, before the fault', async code => {
    const failing = connected(200, network => {
      network.onRequest = events => {
        if (network.opened.length > 100) events.ended(refused(code));
        else events.answered(false);
      };
    });
    await expect(failing).rejects.toMatchObject({
      code: 'runner-limit',
      message: `The runner can hold 100 of 200 connections: ${code}. No fault was injected.`,
    });
  });

  it('are ended when new connections get no answer while others have theirs, before the fault', async () => {
    const failing = connected(1_000, network => {
      network.reaches = () => network.opened.length <= 100;
      network.onRequest = events => {
        if (network.reaches()) events.answered(false);
      };
    });
    await expect(failing).rejects.toMatchObject({ code: 'runner-limit', message: expect.stringContaining('SNAT') });
  });

  it('are ended at the first failure of the runner after the fault, and then not measured', async () => {
    const { clock, network, clients } = await connected(24);
    const [first, ...others] = network.opened;
    first?.ended(undefined);
    for (const events of others.slice(0, 3)) events.ended(refused('EMFILE'));
    await clock.advance(10_000);
    expect(network.opened).toHaveLength(24);
    const history = await clients.stop(0);
    expect(history.ended?.why).toBe('EMFILE');
    expect(summarizeClients(history, 0, 0)).toMatchObject({
      broken: null,
      notMeasured: 'the runner ended them: EMFILE',
    });
  });

  it('say how late their timer was', async () => {
    const { clients } = await connected(24);
    expect((await clients.stop(0)).lagMs).toBe(0);
  });
});

describe('clients of a real server', () => {
  let server: Server | undefined;
  const sockets: Socket[] = [];

  afterEach(() => {
    server?.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** Answers each request with these header lines, and closes the connection if they say so. */
  async function answering(headers: string): Promise<string> {
    server = createServer(socket => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\nhi`);
        if (/close/i.test(headers)) socket.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const network = { ...endpoint, network: createSocketNetwork() };

  it.each(['close', 'Close'])('are not measured when it ends each connection with Connection: %s', async word => {
    const url = await answering(`Connection: ${word}\r\n`);
    const clients = await openClients(systemClock, { ...network, url: () => url }, 24, signal);
    const record = summarizeClients(await clients.stop(0), 0, 0);
    expect([record.opened, record.notMeasured]).toEqual([null, 'the server closes each connection with its answer']);
    expect(sockets.length).toBeLessThanOrEqual(24);
  });

  it('are counted when it keeps the connections, and when it loses them', async () => {
    const url = await answering('');
    const clients = await openClients(systemClock, { ...network, url: () => url }, 24, signal);
    const lostMs = systemClock.now();
    for (const socket of sockets.slice(0, 5)) socket.resetAndDestroy();
    while (server && sockets.length < 29) await once(server, 'connection');
    const history = await clients.stop(lostMs);
    expect(summarizeClients(history, 0, 0)).toMatchObject({ opened: 24, broken: 5, hung: 0 });
  });
});
