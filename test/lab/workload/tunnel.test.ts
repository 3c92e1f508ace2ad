import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as startRequest } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { close, listen } from './listener.js';
import type { MemberPod } from './objects.js';
import { startTunnel, type Tunnel } from './tunnel.js';

const pod = { metadata: { name: 'm-0', uid: 'u' }, spec: { nodeName: 'n' }, status: { podIP: '10.244.1.2' } };
const server = createServer((_request, response) => response.end('member'));
let folder: string;
let tunnel: Tunnel;
let memberPort: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunnel-'));
  memberPort = await listen(server);
  tunnel = await startTunnel(join(folder, 's'), {
    view: { pods: () => [pod as unknown as MemberPod] },
    members: {
      find: () => ({ port: memberPort, nodeName: 'n', options: { listenPort: 8800 } as never, tlsPort: undefined }),
    },
    nodeIsAlive: () => true,
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await Promise.all([tunnel.stop(), close(server)]);
  await rm(folder, { recursive: true });
});

/** Connects as the API server does. */
async function connectTo(path: string): Promise<{ readonly status: number; readonly socket: Socket }> {
  const request = startRequest({ socketPath: join(folder, 's'), method: 'CONNECT', path }).end();
  const [response, socket] = (await once(request, 'connect')) as [{ readonly statusCode: number }, Socket];
  return { status: response.statusCode, socket };
}

async function answerOf(socket: Socket): Promise<string> {
  let text = '';
  socket.write('GET / HTTP/1.1\r\nhost: m\r\nconnection: close\r\n\r\n');
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe('the tunnel of the API server', () => {
  it.each(['10.244.1.2:8800', 'loopback'])('leads to %s', async target => {
    const { status, socket } = await connectTo(target === 'loopback' ? `127.0.0.1:${memberPort}` : target);
    expect([status, await answerOf(socket)]).toEqual([200, expect.stringContaining('member')]);
  });

  it.each([
    ['a port on which no member listens', '10.244.1.2:9000'],
    ['an address of no pod, which may be that of another machine', '10.244.1.3:8800'],
  ])('refuses %s', async (_, target) => {
    const { status, socket } = await connectTo(target);
    socket.destroy();
    expect(status).toBe(503);
  });

  it('closes a connection that the member resets', async () => {
    const resetting = createTcpServer(socket => socket.resetAndDestroy());
    memberPort = await listen(resetting);
    const { socket } = await connectTo('10.244.1.2:8800');
    expect(await answerOf(socket).catch(() => '')).toBe('');
    await close(resetting);
  });
});
