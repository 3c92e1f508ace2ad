import { readdirSync, readFileSync } from 'node:fs';
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
    let tree = findTree(mark);
    if (tree.length === 0) return;
    for (const { pid } of tree) {
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
      if (tree.some(isRunning)) continue;
      tree = findTree(mark);
      if (tree.length === 0) return;
    }
  }
}

interface FoundProcess {
  readonly pid: number;
  /** Since the start of the machine. With it, an id that another process has got is told apart. */
  readonly startTicks: number;
}

/** Returns the marked processes, youngest first: a child is younger than its parent. */
function findTree(mark: string): readonly FoundProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => readProc(pid, 'environ').split('\0').includes(`${treeMark}=${mark}`))
    .flatMap(pid => readRunning(pid) ?? [])
    .sort((a, b) => b.startTicks - a.startTicks || b.pid - a.pid);
}

function isRunning({ pid, startTicks }: FoundProcess): boolean {
  return readRunning(pid)?.startTicks === startTicks;
}

/** Returns undefined for a process that has ended. */
function readRunning(pid: number): FoundProcess | undefined {
  const stat = readProc(pid, 'stat');
  // The name in parentheses may contain spaces; the fields after it are numbered from 3 in proc_pid_stat(5): 22 is the
  // start time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], Number(fields[19])];
  return stat === '' || state === 'Z' ? undefined : { pid, startTicks };
}

/**
 * Returns the text of a file of a process, which is empty if the process has ended or belongs to somebody else. The
 * kernel has these files in memory: to wait for each of them takes three times as long.
 */
function readProc(pid: number, file: 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
