import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { hangMs } from '../scenarios/support/limits.js';
import { locateTools } from '../tools/locate-tools.js';
import { close, listen } from '../workload/listener.js';
import { findForkedAz } from './fork-server.js';

jest.setTimeout(hangMs);

const forkedAz = findForkedAz() ?? '';

// An az on PATH may be no script of Python, and is not forked then.
(forkedAz === '' ? describe.skip : describe)('an az that is forked', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'migratorydata-aks-az-test-'));
    env = { PATH: process.env['PATH'], HOME: folder, AZURE_CONFIG_DIR: folder, AZURE_CORE_COLLECT_TELEMETRY: 'false' };
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says and returns what it does otherwise', async () => {
    const { az } = await locateTools(() => undefined);
    const run = async (program: string, argv: readonly string[]): Promise<unknown> => {
      const child = spawn(program, argv, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      const exited = once(child, 'exit') as Promise<[number | null]>;
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
      return { stdout, stderr, code };
    };
    for (const argv of [
      ['version'],
      ['cloud', 'list', '--output', 'table'],
      ['account', 'show'],
      ['aks', 'create', '--nope'],
    ])
      expect(await run(forkedAz, argv)).toEqual(await run(az, argv));
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('ends when its caller sends %s', async signal => {
    const silent = createServer();
    const proxy = `http://127.0.0.1:${await listen(silent)}`;
    try {
      const connected = once(silent, 'connection') as Promise<[Socket]>;
      const login = ['login', '--service-principal', '--username', 'u', '--password', 'p', '--tenant', 'acme.test'];
      const child: ChildProcess = spawn(forkedAz, login, { env: { ...env, HTTPS_PROXY: proxy }, stdio: 'ignore' });
      const [connection] = await connected;
      const closed = once(connection.resume(), 'close');
      child.kill(signal);
      const [code, endedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      await closed;
      // az catches SIGINT and returns 1.
      expect([code, endedBy]).toEqual(signal === 'SIGINT' ? [1, null] : [null, signal]);
    } finally {
      await close(silent);
    }
  });
});
