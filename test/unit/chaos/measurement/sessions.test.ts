import { type AddressInfo, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openSessions } from '../../../../src/chaos/measurement/sessions.js';
import { createSocketNetwork } from '../../../../src/runtime/node-network.js';
import { systemClock } from '../../../../src/runtime/node-ports.js';
import { ManualClock, ScriptedNetwork } from '../../fakes.js';

const endpoint = { url: () => 'http://server', blindSpot: undefined, rest: undefined };
const notMeasured = { opened: null, broken: null, hung: null };

describe('persistent sessions', () => {
  const ending = new AbortController();
  let server: Server | undefined;
  let connections = 0;

  afterEach(() => {
    server?.close();
  });

  /** Answers each request with these header lines, and closes the connection if they say so. */
  async function answering(headers: string): Promise<string> {
    connections = 0;
    server = createServer(socket => {
      connections += 1;
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

  it('are not measured, and not 0, on an endpoint without persistent connections', async () => {
    const network = new ScriptedNetwork();
    const sessions = await openSessions(new ManualClock(), { ...endpoint, network }, ending.signal);
    expect(await sessions.stop()).toEqual(notMeasured);
  });

  it.each(['close', 'Close'])(
    'are not measured when the server ends each connection with Connection: %s',
    async word => {
      const url = await answering(`Connection: ${word}\r\n`);
      const network = { ...endpoint, url: () => url, network: createSocketNetwork() };
      const sessions = await openSessions(systemClock, network, ending.signal);
      expect([await sessions.stop(), connections]).toEqual([notMeasured, 24]);
    },
  );

  it('are counted when the server keeps the connections', async () => {
    const url = await answering('');
    const network = { ...endpoint, url: () => url, network: createSocketNetwork() };
    const sessions = await openSessions(systemClock, network, ending.signal);
    expect([await sessions.stop(), connections]).toEqual([{ opened: 24, broken: 0, hung: 0 }, 24]);
  });
});
