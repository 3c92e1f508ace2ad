import { readFileSync } from 'node:fs';

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
