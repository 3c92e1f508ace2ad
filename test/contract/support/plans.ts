import { expect } from '@jest/globals';
import type { Job, Main } from './job.js';
import { rename } from './traffic.js';

/** Returns the lines of the plan that a dry run printed. */
export function planOf(job: Job, { report }: Main): readonly string[] {
  return report.phases.flatMap(({ notes }) => notes.map(note => rename(note, job.names)));
}

/** Returns the commands of a plan, without their reasons and the other lines. */
export function commandsIn(planned: readonly string[]): readonly string[] {
  return planned.filter(line => line.includes('  # ')).map(line => line.split('  # ')[0] ?? '');
}

/** Returns a command of a plan as a pattern: a word in capitals matches any word. */
export function patternOf(command: string): RegExp {
  const escaped = command.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/[A-Z][A-Z-]+/g, '[^ "]+?')}$`);
}

/**
 * Expects that the run made every command of the plan, as a process or as the kubectl equivalent of an API call. A
 * command whose reason begins with "else" runs only when the one before it does not.
 */
export function expectMade(planned: readonly string[], job: Job, real: Main): void {
  const equivalents = [...real.log.matchAll(/same as: (.*)$/gm)].map(([, line = '']) => rename(line, job.names));
  const made = [...real.processes, ...equivalents, ...readsOf(job)];
  const alternatives = planned.filter(line => line.includes('  # else '));
  const commands = commandsIn(planned.filter(line => !alternatives.includes(line)));
  expect(commands.filter(command => !made.some(line => patternOf(command).test(line)))).toEqual([]);
}

/** The reads of Azure as the commands that a plan names. */
export function readsOf(job: Job): readonly string[] {
  const reads = job.azure.arm.calls.filter(({ method }) => method === 'GET');
  return reads.map(({ target }) => rename(`az rest --method get --url '${target}'`, job.names));
}
