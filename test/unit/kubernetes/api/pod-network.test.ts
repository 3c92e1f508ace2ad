import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallRecord } from '../../../../src/journal/model.js';
import { createApi } from '../../../../src/kubernetes/api/api.js';
import { podNetwork } from '../../../../src/kubernetes/api/pod-network.js';
import { createTransport } from '../../../../src/kubernetes/api/transport.js';
import { systemClock } from '../../../../src/runtime/node-ports.js';
import { close, listen } from '../../../lab/workload/listener.js';
import { type ForwardTarget, forwardPort } from '../../../lab/workload/port-forward.js';
import { RecordingLog } from '../../fakes.js';

const page = randomBytes(60_000).toString('hex');
let folder: string;
let apiServer: Server;
let member: Server;
let target: ForwardTarget;
let seen: { readonly url: string; readonly body: string }[];
let calls: CallRecord[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pod-network-'));
  [seen, calls] = [[], []];
  member = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', body });
      response.end(page);
    });
  });
  target = { port: await listen(member) };
  apiServer = createServer((_request, response) => {
    response.writeHead(403).end(JSON.stringify({ kind: 'Status', message: 'pods "m-0" is forbidden' }));
  });
  apiServer.on('upgrade', (request, socket) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api');
    expect(pathname).toBe('/api/v1/namespaces/ns/pods/m-0/portforward');
    forwardPort(request, socket, Number(searchParams.get('ports')), target);
  });
  await new Promise<void>(resolve => apiServer.listen(join(folder, 's'), resolve));
});

afterEach(async () => {
  apiServer.closeAllConnections();
  await Promise.all([close(member), close(apiServer)]);
  await rm(folder, { recursive: true });
});

function send(method: 'GET' | 'POST', url: string, body?: string) {
  const journal = { call: (call: CallRecord) => void calls.push(call), elapsed: () => 0, warnOnce: () => undefined };
  const ports = { clock: systemClock, log: new RecordingLog(), journal };
  const { signal } = new AbortController();
  const api = createApi(createTransport(join(folder, 's')), ports, signal);
  const network = podNetwork(api, { namespace: 'ns', name: 'm-0' }, 8800);
  return network.http({ method, url, timeoutMs: 500, ...(body !== undefined && { body }) }, signal);
}

describe('the network of one pod', () => {
  it.each([
    ['GET', 'http://m-0/rest/consume?token=a%20b', ''],
    ['POST', 'http://m-0/rest/produce?token=secret', 'x'.repeat(70_000)],
  ] as const)('carries a %s with its query and body, and its answer', async (method, url, body) => {
    const answer = await send(method, url, method === 'POST' ? body : undefined);
    expect([answer.status, answer.text === page]).toEqual([200, true]);
    expect(seen).toEqual([{ url: url.replace('http://m-0', ''), body }]);
  });

  it('shows the query neither to the API server nor to the report', async () => {
    await send('GET', 'http://m-0/rest/consume?token=secret');
    expect(calls).toEqual([expect.objectContaining({ path: expect.not.stringContaining('secret'), status: 101 })]);
  });

  it.each<[string, ForwardTarget, string]>([
    ['the kubelet cannot connect', { refusal: 'failed to connect inside the pod' }, 'failed to connect inside the pod'],
    ['nothing answers', 'hang', 'no answer within 500 ms'],
  ])('fails when %s', async (_when, to, reason) => {
    target = to;
    await expect(send('GET', 'http://m-0/')).rejects.toThrow(reason);
  });

  it('fails with the words of an API server that refuses', async () => {
    apiServer.removeAllListeners('upgrade');
    await expect(send('GET', 'http://m-0/')).rejects.toMatchObject({
      code: 'api-forbidden',
      message: expect.stringContaining('pods "m-0" is forbidden'),
    });
  });
});
