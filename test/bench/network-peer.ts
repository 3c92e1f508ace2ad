import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PeerAnswer, PeerRequest } from './faulty-network.js';

const run = promisify(execFile);
const ip = (...argv: readonly string[]) => run('ip', argv);
const servers = new Map<string, Server>();

/**
 * The far end of the network of the bench, in a network namespace of its own: a server on each address, which refuses
 * connections or from which all packets are dropped on request.
 */
async function serve({ device, own, range, addresses, port }: Extract<PeerRequest, { kind: 'serve' }>): Promise<void> {
  await ip('link', 'set', 'lo', 'up');
  await ip('address', 'add', own, 'dev', device);
  await ip('link', 'set', device, 'up');
  await ip('route', 'add', 'local', range, 'dev', 'lo');
  for (const address of addresses) {
    const server = createServer((_, response) => response.end('<title>MigratoryData</title>'));
    servers.set(address, server);
    server.listen(port, address);
    await once(server, 'listening');
  }
}

/** Returns how long the fault lasted, in milliseconds. */
async function fail({ fault, address, port, durationMs }: Extract<PeerRequest, { kind: 'fail' }>): Promise<number> {
  const server = servers.get(address);
  if (server === undefined) throw new Error(`no server has address ${address}`);
  // A route of this kind discards packets silently: the sender gets no answer, as from a machine without power.
  const route = ['blackhole', `${address}/32`, 'table', 'local'];
  if (fault === 'refused') server.close();
  else await ip('route', 'add', ...route);
  const startedMs = performance.now();
  await sleep(durationMs);
  if (fault === 'refused') {
    server.listen(port, address);
    await once(server, 'listening');
  } else await ip('route', 'del', ...route);
  return performance.now() - startedMs;
}

process.on('message', (request: PeerRequest) => {
  const answer = (message: PeerAnswer): void => {
    process.send?.(message);
  };
  const work = request.kind === 'serve' ? serve(request).then(() => 0) : fail(request);
  work.then(
    trueMs => {
      answer({ id: request.id, trueMs });
    },
    (error: unknown) => {
      answer({ id: request.id, trueMs: NaN, error: String(error) });
    },
  );
});
process.on('disconnect', () => process.exit());
