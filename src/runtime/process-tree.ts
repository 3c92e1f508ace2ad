import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The environment variable that marks every process of one command. Children inherit it, so the whole tree is found
 * even if a wrapper script starts the real program without `exec` (az of the Debian packages) or a parent has ended.
 */
export const treeMark = 'MIGRATORYDATA_AKS_COMMAND';

/** How long to wait for a tree to end after each signal, in milliseconds. */
const signalTimeouts = [
  ['SIGINT', 1500],
  ['SIGTERM', 1000],
  ['SIGKILL', 1000],
] as const;
const pollMs = 20;

/**
 * Ends all processes with the mark, children first, also those that start before `over` returns true: an abort may come
 * while the command is being started. Resolves when it is over and none is left, or after about 3.5 seconds more.
 */
export async function endTree(mark: string, over: () => boolean = () => true): Promise<void> {
  for (;;) {
    const last = over();
    await endFound(mark);
    if (last) return;
    await pause(pollMs);
  }
}

async function endFound(mark: string): Promise<void> {
  for (const [signal, limitMs] of signalTimeouts) {
    const processes = await findTree(mark);
    if (processes.length === 0) return;
    for (const pid of processes) {
      try {
        process.kill(pid, signal);
      } catch {
        // The process ended after it was listed.
      }
    }
    // By the clock: on a busy machine one look at the process table takes longer than the pause between two.
    const untilMs = performance.now() + limitMs;
    while (performance.now() < untilMs) {
      await pause(pollMs);
      if ((await findTree(mark)).length === 0) return;
    }
  }
}

/** Returns the ids of the marked processes, youngest first: a child is younger than its parent. */
async function findTree(mark: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async pid => ((await hasMark(pid, mark)) ? readStart(pid) : undefined)));
  return found
    .filter(entry => entry !== undefined)
    .sort((a, b) => b.startTicks - a.startTicks || b.pid - a.pid)
    .map(entry => entry.pid);
}

async function hasMark(pid: number, mark: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').includes(`${treeMark}=${mark}`);
}

async function readStart(pid: number): Promise<{ pid: number; startTicks: number } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The name in parentheses may contain spaces; the fields after it are numbered from 3 in proc_pid_stat(5): 22 is the
  // start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], Number(fields[19])];
  return stat === '' || state === 'Z' ? undefined : { pid, startTicks };
}
