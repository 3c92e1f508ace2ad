import type { Report } from './model.js';

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
