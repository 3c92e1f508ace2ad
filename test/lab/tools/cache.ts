import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Progress } from './progress.js';

/** Where downloaded and built tools live, outside the repository; the XDG base directory specification decides. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'migratorydata-aks', 'tools');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A folder with the holder's pid gets its name in one step; a name that is taken by a folder with content is refused. */
async function tryLock(lock: string): Promise<boolean> {
  const mine = await mkdtemp(`${lock}.`);
  await writeFile(join(mine, 'pid'), String(process.pid));
  try {
    await rename(mine, lock);
    return true;
  } catch (error) {
    await rm(mine, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock; undefined when it was released in the meantime. */
async function readHolder(lock: string): Promise<number | undefined> {
  try {
    return Number(await readFile(join(lock, 'pid'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/**
 * Runs `work` while no other process on this machine holds the lock of `folder`; a lock whose holder has died is
 * broken. Whoever waited should look again whether there is still something to do.
 */
export async function withLock<T>(folder: string, progress: Progress, work: () => Promise<T>): Promise<T> {
  const lock = `${folder}.lock`;
  await mkdir(dirname(folder), { recursive: true });
  let told = false;
  while (!(await tryLock(lock))) {
    const holder = await readHolder(lock);
    if (holder !== undefined && !isAlive(holder)) {
      await breakLock(lock, holder);
      continue;
    }
    if (!told) progress(`waiting for process ${holder ?? ''} that prepares ${folder}`);
    told = true;
    await sleep(250);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Moves the lock away before removing it: of several processes that find the holder dead, one succeeds. */
async function breakLock(lock: string, holder: number): Promise<void> {
  const away = `${lock}.of-${holder}`;
  try {
    await rename(lock, away);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Between the look at the lock and the move, another process may have broken it and taken it.
  if ((await readHolder(away)) === holder) await rm(away, { recursive: true, force: true });
  else await rename(away, lock);
}
