import { ActionError } from '../errors/action-error.js';
import { type Parser, type Refusal, refuse, splitLines, splitList } from './parsers.js';
import type { Problems } from './problems.js';
import type { InputSource, RawInputs } from './raw-inputs.js';
import { isSecret } from './secret-inputs.js';

/**
 * Reads inputs by name and reports invalid ones. The default replaces an invalid value, so that reading continues and
 * finds all other problems.
 */
export interface InputReader {
  readonly problems: Problems;
  /** Returns the text, or the default if it is empty. */
  readonly text: (input: string) => string;
  readonly isDefault: (input: string) => boolean;
  readonly sourceOf: (input: string) => InputSource;
  /** Returns whether the step was given the input, under `with:` or by `options`. */
  readonly isGiven: (input: string) => boolean;
  /** Returns where the text comes from, in words. */
  readonly placeOf: (input: string) => string;
  /**
   * Returns whether all of these inputs are valid so far, so that rules for combinations do not report an invalid one
   * again.
   */
  readonly areValid: (...inputs: readonly string[]) => boolean;
  /** Reads an input that has a default. */
  value<T>(input: string, parse: Parser<T>): T;
  /** Reads an input that may be empty: undefined if it is empty or invalid. */
  optional<T>(input: string, parse: Parser<T>): T | undefined;
  /** Reads a comma-separated list; invalid elements are reported and dropped. */
  list<T>(input: string, parse: Parser<T>): readonly T[];
  /** Like `list`, with one element per line. */
  lines<T>(input: string, parse: Parser<T>): readonly T[];
}

/** Creates a reader of these texts that adds to these problems. */
export function createReader(raw: RawInputs, problems: Problems): InputReader {
  const invalid = new Set<string>();
  function report(input: string, value: string, { rule, remedy, hidden }: Refusal): void {
    invalid.add(input);
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
    if (parts.length === 0 && text !== '') report(input, text, refuse('has no element', 'add at least one'));
    const values = parts.map(part => read(input, part, parse));
    return values.filter(value => value !== undefined);
  }
  return {
    problems,
    text: input => raw.text(input),
    isDefault: input => raw.text(input) === raw.defaultOf(input),
    sourceOf: input => raw.sourceOf(input),
    isGiven: input => ['with', 'options'].includes(raw.sourceOf(input)),
    placeOf: input => raw.placeOf(input),
    areValid: (...names) => !names.some(name => invalid.has(name)),
    value(input, parse) {
      const value = read(input, raw.text(input), parse);
      if (value !== undefined) return value;
      const fallback = parse(raw.defaultOf(input));
      if (fallback.ok) return fallback.value;
      throw new ActionError('internal', `The default of ${input} breaks its own rule: ${fallback.rule}.`);
    },
    optional(input, parse) {
      const text = raw.text(input);
      return text === '' ? undefined : read(input, text, parse);
    },
    list: (input, parse) => readAll(input, splitList(raw.text(input)), parse),
    lines: (input, parse) => readAll(input, splitLines(raw.text(input)), parse),
  };
}
