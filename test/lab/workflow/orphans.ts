import { setTimeout as pause } from 'node:timers/promises';
import { findProcessesWith, sendSignal } from '../../support/process-table.js';

/** The variable by which the runner finds the processes of a job (actions/runner, JobExtension.cs). */
export const trackingVariable = 'RUNNER_TRACKING_ID';

/** Ends every process that a job left, as the runner does when the job is complete. Resolves when all have ended. */
export async function endOrphans(trackingId: string): Promise<void> {
  for (let found = findOrphans(trackingId); found.length > 0; found = findOrphans(trackingId)) {
    for (const pid of found) sendSignal(pid, 'SIGKILL');
    // There is no event when a process of others ends.
    await pause(10);
  }
}

/** Returns the processes that have the variable of a job. */
export function findOrphans(trackingId: string): readonly number[] {
  return findProcessesWith(`${trackingVariable}=${trackingId}`);
}
