import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The variable by which the runner finds the processes of a job (actions/runner, JobExtension.cs). */
export const trackingVariable = 'RUNNER_TRACKING_ID';

/** Ends every process that a job left, as the runner does when the job is complete. Resolves when all have ended. */
export async function endOrphans(trackingId: string): Promise<void> {
  for (let found = findOrphans(trackingId); found.length > 0; found = findOrphans(trackingId)) {
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended since the process table was read.
      }
    }
    // There is no event when a process of others ends.
    await pause(10);
  }
}

/**
 * Returns the processes that have the variable of a job, according to the process table, except those of other users.
 */
export function findOrphans(trackingId: string): readonly number[] {
  const mark = `${trackingVariable}=${trackingId}`;
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark) ? [Number(name)] : [];
    } catch {
      // It ended during the read, or belongs to another user.
      return [];
    }
  });
}
