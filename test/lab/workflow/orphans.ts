import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The variable by which the runner knows the processes of a job (actions/runner, JobExtension.cs). */
export const trackingVariable = 'RUNNER_TRACKING_ID';

/** Ends every process that a job left behind, as the runner does when the job is complete; resolves when all are gone. */
export async function endOrphans(trackingId: string): Promise<void> {
  for (let found = findOrphans(trackingId); found.length > 0; found = findOrphans(trackingId)) {
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself since the table was read.
      }
    }
    // Nobody is told when a process of others ends.
    await pause(10);
  }
}

/** The processes that have the variable of a job, as the process table knows them; those of other users are not seen. */
export function findOrphans(trackingId: string): readonly number[] {
  const mark = `${trackingVariable}=${trackingId}`;
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark) ? [Number(name)] : [];
    } catch {
      // It ended while it was looked at, or is somebody else's.
      return [];
    }
  });
}
