import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';

import { close, listen } from '../workload/listener.js';
import { createPeerClient, createPeerServer, keyOfCluster } from './peers.js';
import type { PeerRequest } from './replica.js';

const members = ['a:8801', 'b:8801', 'c:8801'];
const request: PeerRequest = { kind: 'vote', epoch: 1, from: 'b:8801', lastEpoch: 0, length: 0 };

describe('a member', () => {
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createPeerServer(keyOfCluster([members, 3, true, 'secret']), () =>
      Promise.resolve({ epoch: 1, accepted: true, length: 0 }),
    );
    address = `127.0.0.1:${await listen(server)}`;
  });

  afterAll(() => close(server));

  it('answers a member of its own configuration', async () => {
    const send = createPeerClient(keyOfCluster([members, 3, true, 'secret']));
    expect(await send(address, request)).toMatchObject({ accepted: true });
  });

  it.each([
    ['password', [members, 3, true, 'wrong']],
    ['list of members', [members.slice(0, 2), 3, true, 'secret']],
    ['number of seed members', [members, 2, true, 'secret']],
    ['delivery mode', [members, 3, false, 'secret']],
  ])('refuses one with another %s', async (_, facts) => {
    await expect(createPeerClient(keyOfCluster(facts))(address, request)).rejects.toThrow('answered 403');
  });

  it('is given up when it does not answer', async () => {
    const silent = createServer(() => undefined);
    const port = await listen(silent);
    const send = createPeerClient(keyOfCluster([]));
    await expect(send(`127.0.0.1:${port}`, request)).rejects.toThrow('did not answer');
    silent.closeAllConnections();
    await close(silent);
  });
});
