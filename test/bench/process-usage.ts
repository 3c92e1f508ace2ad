import { readFile } from 'node:fs/promises';

/** What a process has used. */
export interface ProcessUsage {
  /** The time on a processor, which other work of the machine does not lengthen. */
  readonly cpuMs: number;
  /** The peak of its memory, in MB. */
  readonly peakMb: number;
}

/** The kernel counts in ticks of 10 ms: `sysconf(_SC_CLK_TCK)` on Linux. */
const tickMs = 10;

/** Follows what a process has used, until it ends: `VmHWM` and the times of proc(5). */
export function watchUsage(pid: number): { stop(): ProcessUsage } {
  let used = { peakMb: 0, cpuMs: 0 };
  const read = async (): Promise<void> => {
    const [status, stat] = await Promise.all(['status', 'stat'].map(name => readFile(`/proc/${pid}/${name}`, 'utf8')));
    const [, peakKb] = /VmHWM:\s*(\d+) kB/.exec(status ?? '') ?? [];
    // The name of the program, in parentheses, may contain spaces.
    const fields = (stat ?? '').replace(/^.*\)/, '').trim().split(' ');
    if (peakKb !== undefined)
      used = { peakMb: Number(peakKb) / 1024, cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs };
  };
  // The process may have ended.
  const timer = setInterval(() => void read().catch(() => undefined), 10);
  return {
    stop: () => {
      clearInterval(timer);
      return used;
    },
  };
}
