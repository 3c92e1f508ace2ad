import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIds, sendSignal } from '../../support/process-table.js';

/** The programs of the lab that stay running; no other program is ever ended. */
const programs = new Set([
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'kwokctl',
  'unshare',
]);

export interface LabProcess {
  readonly pid: number;
  readonly program: string;
}

/** A process that ends during the read has no command line. */
function readCommandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/**
 * Returns the control plane and node processes whose command line names a file inside `folder`. kwokctl starts its
 * components as separate daemons, so only the process table is reliable, not a list of children.
 */
export function findProcesses(folder: string): readonly LabProcess[] {
  return processIds().flatMap(pid => {
    const argv = readCommandLine(pid);
    const program = basename(argv[0] ?? '');
    const ours = programs.has(program) && argv.some(argument => argument.includes(`${folder}/`));
    return ours ? [{ pid, program }] : [];
  });
}

/** Stops every process of {@link findProcesses} where it is. It uses no processor until {@link resumeProcesses}. */
export function pauseProcesses(folder: string): void {
  for (const { pid } of findProcesses(folder)) sendSignal(pid, 'SIGSTOP');
}

/** Lets the processes go on that {@link pauseProcesses} has stopped. */
export function resumeProcesses(folder: string): void {
  for (const { pid } of findProcesses(folder)) sendSignal(pid, 'SIGCONT');
}

/**
 * Ends every process of {@link findProcesses}, also those that kwokctl is just starting. Resolves when all have ended.
 */
export async function endProcesses(folder: string): Promise<void> {
  for (let found = findProcesses(folder); found.length > 0; found = findProcesses(folder)) {
    for (const { pid } of found) sendSignal(pid, 'SIGKILL');
    await sleep(10);
  }
}

/** Ends every process of {@link findProcesses}, and removes the folder. */
export async function removeWithProcesses(folder: string): Promise<void> {
  await endProcesses(folder);
  await rm(folder, { recursive: true, force: true });
}
