import { ActionError } from '../errors/action-error.js';
import { createRedactor } from '../journal/redaction.js';

/** A problem with an input, with the data that the user needs to fix it. */
export interface Problem {
  readonly input: string;
  /** The current value; absent for secrets and missing values. */
  readonly value?: string;
  /** The rule, such as `must be true or false`. */
  readonly rule: string;
  /** How to fix it, such as `write true`. */
  readonly remedy: string;
}

/** Collects problems, so that the user sees all of them at once. */
export interface Problems {
  add(problem: Problem): void;
  /** Adds a warning for inputs that work, but may have an unexpected effect. */
  warn(text: string): void;
  warnings(): readonly string[];
  /** @throws ActionError `invalid-input` with a line for each problem, if there are any. */
  throwIfAny(): void;
}

/** The maximum length of a value in a message, in characters. */
const maxShownLength = 120;

/** Creates an empty collection that masks the `secrets` in all texts. */
export function createProblems(secrets: readonly string[]): Problems {
  const lines: string[] = [];
  const warnings: string[] = [];
  const redact = createRedactor(secrets);

  return {
    add({ input, value, rule, remedy }) {
      // Masked first: after cutting or quoting, a part of a secret may no longer match.
      const found = value === undefined ? '' : ` ${quote(redact(value))}`;
      const line = `- ${redact(`${input}${found}: ${rule}; ${remedy}`)}.`;
      // A list may have the same wrong element twice.
      if (!lines.includes(line)) lines.push(line);
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
  return JSON.stringify(value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value);
}
