import type { Log } from '../runtime/ports.js';
import type { Report } from './model.js';

/** Hides secrets in text by their value, in whatever form they travel. Pure. */

const hidden = '***';

/** Shorter lines of a secret, such as `true` or a brace, are ordinary words: hiding them would ruin every log. */
const shortestLine = 4;

/**
 * Every form in which a secret may show up: as given, by line, in base64 (also within a longer encoded text), encoded
 * for a URL and for JSON. The runner's mask and the redactor use the same list, so that nothing is hidden by one only.
 */
export function maskForms(secret: string): string[] {
  const parts = [secret, secret.trim(), ...secret.split(/\r?\n/).map(line => line.trim())];
  const forms = parts.filter(part => part.length >= shortestLine).flatMap(formsOf);
  return [...new Set(forms)].filter(form => form.length >= shortestLine);
}

/** A function that hides every form of every secret in a text. One pass over the text, whatever their number. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(maskForms))];
  if (forms.length === 0) return text => text;
  // The longest first: of two that begin alike the alternation takes the first, and a rest must not stay behind.
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
 * Base64 with and without what depends on neighbours. Three bytes make four characters, so within a longer text the
 * same bytes appear in one of three shapes, whose first and last characters also hold bits of the neighbours.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  const within = [0, 1, 2].flatMap(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = shift === 0 ? 0 : shift + 1;
    const to = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const).map(alphabet => shifted.toString(alphabet).slice(from, to));
  });
  // A few characters of base64 would match by chance.
  return [...whole, ...within].filter(form => form.length >= 8);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Fields that hold a word of ours or a stamp, never text from outside; a word in a secret must not spoil them. */
const ownWords = new Set([
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

/** The same report with every text from outside redacted; the original stays as it is. */
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
      ownWords.has(key) ? item : redactValue(item, redact),
    ]),
  );
}

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
