import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectedOver, summarizeClients } from '../../src/chaos/measurement/clients-history.js';
import { openClients, rampMsOf } from '../../src/chaos/measurement/clients.js';
import { createSocketNetwork } from '../../src/runtime/node-network.js';
import { systemClock } from '../../src/runtime/node-ports.js';
import { createAuthority } from '../support/tls.js';

/** How long the clients are used before and after the loss, in milliseconds: each sends a request in 30 s. */
const usedMs = 30_000;
const backMs = 12_000;

/**
 * Measures what clients cost the runner: the memory and the CPU of this process with their connections to a local server
 * in another one, of which a third is then lost at once.
 * @param most the largest number of clients, 5,000 by default.
 */
export async function benchClients(print: (line: string) => void, most = 5_000): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-clients-'));
  try {
    const authority = await createAuthority(folder, 'authority');
    const tls = await authority.issue('server', { names: ['IP:127.0.0.1'] });
    for (const count of [24, most / 5, most]) await measure(print, Math.round(count), {});
    await measure(print, most, tls, await readFile(authority.caFile, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(
  print: (line: string) => void,
  count: number,
  tls: { readonly key?: string; readonly cert?: string },
  authorities?: string,
): Promise<void> {
  const scheme = authorities === undefined ? 'http' : 'https';
  const server = spawn(process.execPath, [join(import.meta.dirname, 'clients-server.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  server.stdin.write(`${JSON.stringify(tls)}\n`);
  const [port] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const ending = new AbortController();
  const network = createSocketNetwork(authorities);
  const endpoint = { url: () => `${scheme}://127.0.0.1:${port}`, network, blindSpot: undefined, rest: undefined };
  const before = process.memoryUsage();
  const openedMs = performance.now();
  const clients = await openClients(systemClock, endpoint, count, ending.signal);
  const opening = performance.now() - openedMs;
  const cpu = process.cpuUsage();
  await sleep(usedMs);
  const used = process.cpuUsage(cpu);
  const after = process.memoryUsage();
  const lost = Math.floor(count / 3);
  const t0Ms = systemClock.now();
  server.stdin.write(`${lost}\n`);
  await sleep(backMs);
  const history = await clients.stop(t0Ms);
  server.stdin.end();
  await once(server, 'close');
  const record = summarizeClients(history, 0, 0);
  const bytes = after.rss - before.rss;
  const share = (used.user + used.system) / 1_000 / usedMs;
  print(
    `${count} clients over ${scheme}: connected after ${seconds(opening)} (${seconds(rampMsOf(count))} by the ramp), ` +
      `memory +${(bytes / 1e6).toFixed(1)} MB (${(bytes / count / 1_000).toFixed(1)} kB each, ${(after.rss / 1e6).toFixed(0)} MB in all), ` +
      `CPU ${(share * 100).toFixed(1)} % of a core, at most ${record.lagMs} ms late`,
  );
  const { p50, p95, p99, all } = record.back ?? {};
  print(
    `  ${lost} lost at once: ${record.broken} counted, 50 % back after ${p50} ms, 95 % ${p95} ms, 99 % ${p99} ms, all ${all} ms; ` +
      `at most ${record.peakPerSecond} new connections in a second`,
  );
  print(
    `  connected: ${connectedOver(history)
      .map(([atMs, connected]) => `${atMs / 1_000} s ${connected}`)
      .join(', ')}`,
  );
  if (record.opened !== count || record.broken !== lost || all === null)
    throw new Error('the clients were counted wrongly');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
