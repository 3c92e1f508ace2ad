import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProxy, proxyCommand, startError } from '../../../../src/kubernetes/api/proxy.js';
import { diskFiles, systemClock } from '../../../../src/runtime/node-ports.js';
import type { Command, Ports, Runner, RunningProcess } from '../../../../src/runtime/ports.js';
import { fakePorts, someRun } from '../../fakes.js';

const access = { kubeconfig: '/home/u/config', context: '' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Ports with a runner that starts `start` instead of kubectl. */
function portsWith(start: (socketPath: string) => RunningProcess, tempFolder = folder): Ports {
  const runner: Runner = {
    run: () => Promise.reject(new Error('not expected')),
    start: ({ argv }: Command) => start(argv[1]?.replace('--unix-socket=', '') ?? ''),
  };
  return fakePorts({ runner, clock: systemClock, files: diskFiles, run: { ...someRun, tempFolder } });
}

function listenAfter(delayMs: number, stopped: string[]): (socketPath: string) => RunningProcess {
  return socketPath => {
    const server = createServer();
    const timer = setTimeout(() => server.listen(socketPath), delayMs);
    const stop = (): Promise<void> => {
      stopped.push(socketPath);
      clearTimeout(timer);
      return new Promise(resolve =>
        server.close(() => {
          resolve();
        }),
      );
    };
    return { exited: new Promise(() => undefined), stop };
  };
}

describe('kubectl proxy', () => {
  it('passes the kubeconfig, and the context only if one is set', () => {
    expect(proxyCommand('/s', access).argv).toEqual([
      ...['proxy', '--unix-socket=/s', '--append-server-path', '--kubeconfig=/home/u/config'],
    ]);
    expect(proxyCommand('/s', { ...access, context: 'c' }).argv.at(-1)).toBe('--context=c');
  });

  it('is open when its socket accepts connections, in a private folder, and leaves nothing behind', async () => {
    const stopped: string[] = [];
    const proxy = await openProxy(portsWith(listenAfter(30, stopped)), access, new AbortController().signal);
    const { mode } = await stat(join(proxy.socketPath, '..'));
    expect(mode & 0o777).toBe(0o700);
    await proxy.stop();
    expect(stopped).toEqual([proxy.socketPath]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('uses the system folder if the path would be too long to bind', async () => {
    const deep = join(folder, 'x'.repeat(90));
    const proxy = await openProxy(portsWith(listenAfter(0, []), deep), access, new AbortController().signal);
    expect(Buffer.byteLength(proxy.socketPath)).toBeLessThanOrEqual(107);
    await proxy.stop();
  });

  it('reports the message of kubectl when it exits immediately, and removes its folder', async () => {
    const exited = Promise.resolve({ code: 1, stderr: 'error: context "x" does not exist\n' });
    const result = openProxy(
      portsWith(() => ({ exited, stop: () => Promise.resolve() })),
      access,
      new AbortController().signal,
    );
    await expect(result).rejects.toMatchObject({ code: 'kubeconfig-invalid' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is stopped when the wait is cancelled', async () => {
    const stopped: string[] = [];
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort(new Error('cancelled'));
    }, 30);
    await expect(openProxy(portsWith(listenAfter(60_000, stopped)), access, stop.signal)).rejects.toThrow('cancelled');
    expect(stopped).toHaveLength(1);
  });

  it.each([
    ['a missing file', 'error: stat /home/u/config: no such file or directory', 'kubeconfig-invalid'],
    [
      'an invalid file',
      'error: error loading config file "/home/u/config": yaml: line 1: did not find',
      'kubeconfig-invalid',
    ],
    ['an unknown context', 'error: context "x" does not exist', 'kubeconfig-invalid'],
    ['a certificate that is not there', 'Error in configuration: \n* unable to read client-cert', 'kubeconfig-invalid'],
    ['two ways to log in', 'error: more than one authentication method found for u', 'kubeconfig-invalid'],
    ['an address that is none', 'Unable to connect to the server: first path segment', 'kubeconfig-invalid'],
    ['a socket in use', 'error: listen unix /s.sock: bind: address already in use', 'command-failed'],
    ['an old kubectl', "error: unknown flag: --unix-socket\nSee 'kubectl proxy --help' for usage.", 'tool-too-old'],
    ['anything else', 'panic: something', 'command-failed'],
    ['silence', '', 'command-failed'],
  ])('maps %s to a specific error', (_, stderr, code) => {
    expect(startError(stderr, access)).toMatchObject({ code });
  });

  it.each([
    ['error: EOF\n', 'it has no credentials for its cluster.'],
    ['Error in configuration: \n* unable to read ca for c\n', 'Error in configuration: * unable to read ca for c.'],
  ])('names the kubeconfig in the error for %j', (stderr, reason) => {
    const message = `The kubeconfig /home/u/config, context "c" cannot be used: ${reason}`;
    expect(startError(stderr, { ...access, context: 'c' })).toMatchObject({ message });
  });
});
