import type { Command } from './ports.js';

/** Returns a command as one line for a POSIX shell. */
export function commandLine({ tool, argv }: Pick<Command, 'tool' | 'argv'>): string {
  return [tool, ...argv].map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
