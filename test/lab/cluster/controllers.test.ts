import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { close, listen } from '../workload/listener.js';
import { waitForControllers } from './controllers.js';

const ofApiServer = ['services/specs/default/kubernetes'];
const ofControllers = ['default', 'kube-node-lease', 'kube-public', 'kube-system'].flatMap(namespace => [
  `serviceaccounts/${namespace}/default`,
  `configmaps/${namespace}/kube-root-ca.crt`,
]);

let server: Server;
let etcd: string;
let reads: number;
let restarts: number;
let begun: () => boolean;

beforeAll(async () => {
  server = createServer((_, response) => {
    reads += 1;
    const names = begun() ? [...ofApiServer, ...ofControllers] : ofApiServer;
    const kvs = names.map(name => ({ key: Buffer.from(`/registry/${name}`).toString('base64'), value: '' }));
    response.end(JSON.stringify({ kvs }));
  });
  etcd = `http://127.0.0.1:${await listen(server)}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await close(server);
});

async function wait(startMs?: number): Promise<void> {
  [reads, restarts] = [0, 0];
  const restart = (): Promise<void> => {
    restarts += 1;
    return Promise.resolve();
  };
  await waitForControllers({ etcd, restart }, startMs);
}

it('waits for controllers that begin late', async () => {
  begun = () => reads > 3;
  await wait();
  expect([reads, restarts]).toEqual([4, 0]);
});

it('starts controllers again that have ended', async () => {
  begun = () => restarts === 2;
  await wait(500);
  expect(restarts).toBe(2);
});

it('gives up when controllers do not begin after three starts', async () => {
  begun = () => false;
  await expect(wait(300)).rejects.toThrow('no controllers run, although they were started 3 times');
  expect(restarts).toBe(2);
});
