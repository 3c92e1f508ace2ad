import { readdirSync, readFileSync } from 'node:fs';

/** The kernel sets it before a process lets go of its memory, and so of the environment by which we find it (sched.h). */
const exiting = 0x4;
/** SIGKILL in a mask of signals: its number is 9, and the lowest bit is that of number 1 (signal(7)). */
const killed = 1n << 8n;

/**
 * Whether a process goes on. One that has ended counts as ended, whether or not its parent has taken notice, and so does
 * one that the kernel is taking apart or has been told to: on a busy machine that takes its time, and nothing can stop it.
 */
export function isAlive(pid: number): boolean {
  try {
    // proc_pid_stat(5): field 3 is the state, field 9 the flags.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (['Z', 'X'].includes(fields[0] ?? '') || (Number(fields[6]) & exiting) !== 0) return false;
    const pending = readFileSync(`/proc/${pid}/status`, 'latin1').matchAll(/^(?:Sig|Shd)Pnd:\s*([0-9a-f]+)$/gm);
    return [...pending].every(([, mask = '0']) => (BigInt(`0x${mask}`) & killed) === 0n);
  } catch {
    return false;
  }
}

/** Returns the ids of all processes, also of those that have ended but whose parent has not taken notice. */
export function processIds(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/**
 * Returns the ids of the processes that have a variable in their environment, which children inherit: `NAME=value`. Those of
 * other users are not among them, nor those that have ended.
 */
export function findProcessesWith(variable: string): readonly number[] {
  return processIds().filter(pid => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable) && isAlive(pid);
    } catch {
      return false;
    }
  });
}

/** Sends a signal to a process, unless it has ended. @throws Error for a process of another user. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
