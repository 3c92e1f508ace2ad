import { expect } from '@jest/globals';
import { expectGolden } from './golden.js';
import type { Main } from './job.js';

/** Compares what each operation starts, changes, reads and reports with a golden file. */
export function expectOperation(name: string, main: Main): void {
  expect([main.code, main.annotations.filter(({ level }) => level === 'error')]).toEqual([0, []]);
  const { processes, requests, changes, reads, outputs } = main;
  expectGolden(name, { processes, requests, changes, reads, outputs: Object.keys(outputs).sort() });
}

/** Returns the processes of a step that ran this program. */
export function startedOf(tool: string, { processes }: Main): readonly string[] {
  return processes.filter(line => line.startsWith(tool));
}
