import { ActionError } from '../errors/action-error.js';
import { createRedactor } from '../journal/redaction.js';

/** One thing wrong with the inputs, in the parts that the user needs to put it right. */
export interface Problem {
  readonly input: string;
  /** What was found; left out for secrets and where there is no value. */
  readonly value?: string;
  /** What must hold, such as `must be true or false`. */
  readonly rule: string;
  /** What to do, such as `write true`. */
  readonly remedy: string;
}

/** Collects what is wrong, so that the user hears of everything at once. */
export interface Problems {
  add(problem: Problem): void;
  /** For what works but may surprise. */
  warn(text: string): void;
  warnings(): readonly string[];
  /** @throws ActionError `invalid-input` with a line for each problem, when there is any. */
  throwIfAny(): void;
}

/** Longest part of a value that is repeated in a message, in characters. */
const shownLength = 120;

/** An empty collection; texts that contain one of the `secrets` lose it. */
export function createProblems(secrets: readonly string[]): Problems {
  const lines: string[] = [];
  const warnings: string[] = [];
  const redact = createRedactor(secrets);

  return {
    add({ input, value, rule, remedy }) {
      // Hidden first: cutting or quoting could leave a part of a secret that no longer matches.
      const found = value === undefined ? '' : ` ${quote(redact(value))}`;
      lines.push(`- ${redact(`${input}${found}: ${rule}; ${remedy}`)}.`);
    },
    warn(text) {
      warnings.push(redact(text));
    },
    warnings: () => warnings,
    throwIfAny() {
      if (lines.length === 0) return;
      const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
      throw new ActionError('invalid-input', [`${count} with the inputs; nothing was started:`, ...lines].join('\n'));
    },
  };
}

function quote(value: string): string {
  return JSON.stringify(value.length > shownLength ? `${value.slice(0, shownLength)}…` : value);
}
