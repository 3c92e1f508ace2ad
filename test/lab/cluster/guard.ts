import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { removeFromHost } from '../real/leftovers.js';
import { endProcesses } from './processes.js';

export interface Guard {
  /** Ends the guard without cleanup, when the lab has stopped normally. */
  release(): void;
}

/**
 * Starts a small process that outlives this one. When this process ends for any reason, it ends every process of the
 * lab in `folder` and removes the folder. Handlers of signals and of `exit` cannot do that: they do not run after
 * SIGKILL, nor inside Jest, which hides the real `process` from tests.
 */
export function startGuard(folder: string): Guard {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder], {
    // A separate session: Ctrl-C in a terminal signals the complete foreground group, but must not reach the guard.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return {
    release: () => {
      child.kill('SIGKILL');
      child.stdin.destroy();
    },
  };
}

/** Runs in the guard process: standard input ends when the process at the other end of the pipe ends. */
async function guard(folder: string): Promise<void> {
  process.stdin.resume();
  await new Promise(resolve => process.stdin.once('close', resolve));
  await endProcesses(folder);
  await removeFromHost(folder);
  await rm(folder, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('the guard needs the folder of a lab');
  await guard(folder);
}
