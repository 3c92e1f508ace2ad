import { spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { isFree } from './ports.js';
import { findProcesses } from './processes.js';

const pollMs = 10;

/**
 * Kills the API server of a control plane, as a crash does: every connection breaks. Returns a function that starts it
 * again with the same arguments and data; it responds some seconds later.
 * @throws Error when none runs there
 */
export async function killApiServer(folder: string): Promise<() => void> {
  const pid = findProcesses(folder).find(({ program }) => program === 'kube-apiserver')?.pid;
  if (pid === undefined) throw new Error(`no API server runs in ${folder}`);
  const [commandLine, cwd] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'utf8'),
    readlink(`/proc/${pid}/cwd`),
  ]);
  const [program = '', ...argv] = commandLine.split('\0').slice(0, -1);
  const port = Number(/--secure-port=(\d+)/.exec(commandLine)?.[1]);
  process.kill(pid, 'SIGKILL');
  // The process disappears from the table before its last threads release the port.
  while (!(await isFree(port))) await sleep(pollMs);
  return () => {
    spawn(program, argv, { cwd, detached: true, stdio: 'ignore', env: {} }).unref();
  };
}
