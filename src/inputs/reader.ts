import { ActionError } from '../errors/action-error.js';
import { type Parser, type Refusal, refuse, splitLines, splitList } from './parsers.js';
import type { Problems } from './problems.js';
import type { RawInputs } from './raw-inputs.js';
import { isSecret } from './secret-inputs.js';

/**
 * Reads inputs by name and reports what cannot be read. A bad value is replaced by its default, so that reading goes on
 * and finds everything else that is wrong.
 */
export interface InputReader {
  readonly problems: Problems;
  /** The text, with the default in place of nothing. */
  readonly text: (input: string) => string;
  readonly isDefault: (input: string) => boolean;
  /** Whether all of these could be read so far, so that rules between inputs do not report a bad value again. */
  readonly areValid: (...inputs: readonly string[]) => boolean;
  /** For inputs that have a default. */
  value<T>(input: string, parse: Parser<T>): T;
  /** For inputs that may be left empty: undefined then, and after a problem. */
  optional<T>(input: string, parse: Parser<T>): T | undefined;
  /** A comma-separated list; of bad elements each is reported and left out. */
  list<T>(input: string, parse: Parser<T>): readonly T[];
  /** Like `list`, one element a line. */
  lines<T>(input: string, parse: Parser<T>): readonly T[];
}

/** A reader of these texts that adds to these problems. */
export function createReader(raw: RawInputs, problems: Problems): InputReader {
  const unsound = new Set<string>();
  function report(input: string, value: string, { rule, remedy, hidden }: Refusal): void {
    unsound.add(input);
    problems.add({ input, rule, remedy, ...(!hidden && !isSecret(input) && { value }) });
  }
  function read<T>(input: string, text: string, parse: Parser<T>): T | undefined {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    report(input, text, parsed);
    return undefined;
  }
  function readAll<T>(input: string, parts: readonly string[], parse: Parser<T>): readonly T[] {
    const text = raw.text(input);
    if (parts.length === 0 && text !== '') report(input, text, refuse('has no element', 'give at least one'));
    const values = parts.map(part => read(input, part, parse));
    return values.filter(value => value !== undefined);
  }
  return {
    problems,
    text: input => raw.text(input),
    isDefault: input => raw.text(input) === raw.defaultOf(input),
    areValid: (...names) => !names.some(name => unsound.has(name)),
    value(input, parse) {
      const value = read(input, raw.text(input), parse);
      if (value !== undefined) return value;
      const fallback = parse(raw.defaultOf(input));
      if (fallback.ok) return fallback.value;
      throw new ActionError('internal', `The default of ${input} in action.yml breaks its own rule: ${fallback.rule}.`);
    },
    optional(input, parse) {
      const text = raw.text(input);
      return text === '' ? undefined : read(input, text, parse);
    },
    list: (input, parse) => readAll(input, splitList(raw.text(input)), parse),
    lines: (input, parse) => readAll(input, splitLines(raw.text(input)), parse),
  };
}
