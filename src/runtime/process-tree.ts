import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The variable that marks every process of one command. Children inherit it, so the whole tree is found again even
 * where a wrapper script starts the real program without `exec` (az of the Debian packages) or a parent has gone.
 */
export const treeMark = 'MIGRATORYDATA_AKS_COMMAND';

/** How long a tree may take to end after each signal, in milliseconds: SIGINT, SIGTERM, then SIGKILL. */
const patience = [
  ['SIGINT', 1500],
  ['SIGTERM', 1000],
  ['SIGKILL', 1000],
] as const;
const pollMs = 20;

/** Ends all processes that carry the mark, children first. Resolves when none is left, within about 3.5 seconds. */
export async function endTree(mark: string): Promise<void> {
  for (const [signal, limitMs] of patience) {
    const processes = await findTree(mark);
    if (processes.length === 0) return;
    for (const pid of processes) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended by itself between the look and the signal.
      }
    }
    for (let waited = 0; waited < limitMs; waited += pollMs) {
      await pause(pollMs);
      if ((await findTree(mark)).length === 0) return;
    }
  }
}

/** The marked processes, the youngest first: a child is younger than its parent. */
async function findTree(mark: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async pid => ((await carries(pid, mark)) ? startOf(pid) : undefined)));
  return found
    .filter(entry => entry !== undefined)
    .sort((a, b) => b.startTicks - a.startTicks || b.pid - a.pid)
    .map(entry => entry.pid);
}

async function carries(pid: number, mark: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').includes(`${treeMark}=${mark}`);
}

async function startOf(pid: number): Promise<{ pid: number; startTicks: number } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The name in parentheses may hold spaces; the fields after it are numbered from 3 in proc_pid_stat(5): 22 is the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], Number(fields[19])];
  return stat === '' || state === 'Z' ? undefined : { pid, startTicks };
}
