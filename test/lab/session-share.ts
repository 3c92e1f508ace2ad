import { readFile, writeFile } from 'node:fs/promises';

const file = '/proc/self/autogroup';
/** About three times the share of another session. */
const nice = '-5';
let before: string | undefined;

/**
 * Gives this session a larger share of the processors, if it may. Linux shares them among sessions: "The autogroup
 * feature" in sched(7). Each daemon of the lab is a session, and all test files are one, together with their steps: with
 * equal shares, these wait seven times as long as they run, and a probe may be seconds late.
 */
export async function raiseShareOfSession(): Promise<void> {
  try {
    const [, found] = /nice (-?\d+)/.exec(await readFile(file, 'utf8')) ?? [];
    await writeFile(file, nice);
    before = found;
  } catch {
    // Another system, or not root.
  }
}

/** Gives the session of a terminal, which goes on, the share that it had. */
export async function restoreShareOfSession(): Promise<void> {
  if (before !== undefined) await writeFile(file, before);
}
