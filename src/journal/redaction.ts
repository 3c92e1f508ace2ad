import type { Log } from '../runtime/ports.js';
import type { Report } from './model.js';

const hidden = '***';

/** Shorter lines of a secret, such as a brace, are too common: redacting them would make logs unreadable. */
const shortestLine = 4;

/**
 * Returns all forms in which a secret can appear: as given, by line, in base64 (also within a longer encoded text), and
 * encoded for a URL or for JSON. The mask of the runner and the redactor use the same list.
 */
export function maskForms(secret: string): string[] {
  const parts = [secret, secret.trim(), ...secret.split(/\r?\n/).map(line => line.trim())];
  const forms = parts.filter(part => part.length >= shortestLine).flatMap(formsOf);
  return [...new Set(forms)].filter(form => form.length >= shortestLine);
}

/** Returns a function that replaces all forms of all secrets in a text, in one pass. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(maskForms))];
  if (forms.length === 0) return text => text;
  // The longest first: the alternation takes the first match, which must not leave the end of a longer secret.
  forms.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map(escapePattern).join('|'), 'g');
  return text => text.replace(pattern, hidden);
}

function formsOf(text: string): string[] {
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    ...base64Forms(Buffer.from(text)),
  ];
}

/**
 * Returns base64 forms for a secret alone and within a longer text. Three bytes become four characters, so within a
 * longer text the same bytes have one of three forms, without the first and last characters that depend on neighbouring
 * bytes.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  const within = [0, 1, 2].flatMap(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = shift === 0 ? 0 : shift + 1;
    const to = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const).map(alphabet => shifted.toString(alphabet).slice(from, to));
  });
  // Short base64 strings would match by chance.
  return [...whole, ...within].filter(form => form.length >= 8);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/**
 * Fields that never contain external text. They are not redacted, so that a common word in a secret does not change
 * them.
 */
const internalFields = new Set([
  'schemaVersion',
  'operation',
  'outcome',
  'startedAt',
  'status',
  'verdict',
  'code',
  'tool',
  'method',
]);

/** Returns a copy of the report with all external text redacted. */
export function redactReport(report: Report, redact: (text: string) => string): Report {
  return redactValue(report, redact) as Report;
}

function redactValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(item => redactValue(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      internalFields.has(key) ? item : redactValue(item, redact),
    ]),
  );
}

/** Keeps the secrets of a step out of everything that is logged or written. */
export interface Secrecy {
  readonly redact: (text: string) => string;
  /** Adds a secret, and makes the runner mask it. */
  readonly hide: (secret: string) => void;
}

/** Masks the given secrets, and those that are added later with `hide`. */
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
