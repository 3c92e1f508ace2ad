import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { projectFile } from '../../lab/tools/project-files.js';
import { describeHost, differencesFrom } from './host.js';

/** When and how the process of a cluster ends: at a time after its start or when the cluster runs. */
export interface Ending {
  readonly afterMs?: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
}

/** Starts a cluster of real nodes in a process of its own, ends that, and returns what it has left on the host. */
export async function endCluster({ afterMs, signal }: Ending): Promise<readonly string[]> {
  const before = await describeHost();
  const child = spawn(process.execPath, [projectFile('build/test/real/support/start.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await (afterMs === undefined ? untilStarted(child) : pause(afterMs));
  child.kill(signal);
  await ended;
  return differencesFrom(before);
}

async function untilStarted({ stdout }: ChildProcess): Promise<void> {
  let said = '';
  for await (const text of stdout ?? []) {
    said += String(text);
    if (said.includes('started')) return;
  }
  throw new Error('the cluster did not start');
}
