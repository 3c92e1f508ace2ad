import type { Log } from '../runtime/ports.js';
import { createRedactor, maskForms } from './redact.js';

/** The secrets of a step: none of them appears in what is logged or written. */
export interface Secrecy {
  readonly redact: (text: string) => string;
  /** Adds a secret, and makes the runner hide it as well. */
  readonly hide: (secret: string) => void;
}

/** Hides the given secrets from now on, and those that come to be known later. */
export function keepSecret(secrets: readonly string[], log: Log): Secrecy {
  const known = new Set<string>();
  let redactor = createRedactor([]);
  const hide = (secret: string): void => {
    if (known.has(secret)) return;
    known.add(secret);
    for (const form of maskForms(secret)) log.mask(form);
    redactor = createRedactor([...known]);
  };
  secrets.forEach(hide);
  return { redact: text => redactor(text), hide };
}
