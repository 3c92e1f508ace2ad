import type { Command } from './ports.js';

/** Returns a command as one line for a POSIX shell. */
export function commandLine({ tool, argv }: Pick<Command, 'tool' | 'argv'>): string {
  return [tool, ...argv].map(quoteWord).join(' ');
}

/** Returns a word as a POSIX shell reads it. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A step of a dry run: the command line, and what it is for. */
export interface CommandStep {
  readonly line: string;
  readonly why: string;
  /** Whether it is a request to Azure, for which az is asked for a token once. */
  readonly isRequest?: true;
}

/** A command as a step of a dry run. */
export function commandStep(command: Pick<Command, 'tool' | 'argv' | 'why'>): CommandStep {
  return { line: commandLine(command), why: command.why };
}

const unknown = /\bunknown-([a-z]+(?:-[a-z]+)*)\b/g;

/**
 * Stands for a name that only the cluster or Azure knows. It is a valid identifier, so that a dry run can use the same
 * command builders as the run; `showUnknown` shows it in capitals.
 */
export function unknownName(what: string): string {
  return `unknown-${what}`;
}

/** A text with unknown names in capitals: `unknown-node` becomes `NODE`. */
export function showUnknown(text: string): string {
  return text.replace(unknown, (_, what: string) => what.toUpperCase());
}
