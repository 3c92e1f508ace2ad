/** What the job summary and a comment say alike: how the step ended, its errors and its phases. */
import type { ErrorRecord, Outcome, Report } from '../journal/model.js';
import { formatDuration } from '../runtime/duration.js';
import { clipEnd } from '../runtime/text.js';
import { inline, paragraph, section, table } from './markdown.js';

const outcomeWords: Readonly<Record<Outcome, string>> = {
  success: 'succeeded in',
  failure: 'failed after',
  cancelled: 'was cancelled after',
  'timed-out': 'ran out of time after',
  'dry-run': 'was planned only (dry run) in',
};

/** The outcome in one line. */
export function headline({ operation, outcome, ms }: Report): string {
  const words = outcome === undefined ? 'is running, so far for' : outcomeWords[outcome];
  return `## MigratoryData: ${inline(operation) || 'step'} ${words} ${formatDuration(ms)}`;
}

/** The verdict of each experiment: whoever ran experiments came for it. */
export function verdictLine({ experiments }: Report): string {
  const told = experiments.map(({ name, verdict }) => `${inline(name)} **${verdict}**`);
  return told.length === 0 ? '' : `**Verdict:** ${told.join(', ')}.`;
}

/** An error with what to do; its message is cut after `messageLimit` characters, and ready Markdown may follow. */
export function errorSection(
  { code, message, hint, transient }: ErrorRecord,
  messageLimit: number,
  ...blocks: readonly string[]
): string {
  return section(
    `Error: ${inline(code)}`,
    paragraph(clipEnd(message, messageLimit)),
    `**What to do:** ${paragraph(hint)}${transient ? ' Trying again may help.' : ''}`,
    ...blocks,
  );
}

/** What each phase came to and how long it took. */
export function phasesTable(report: Report): string {
  const rows = report.phases.map(({ title, status, startedMs, ms }) => [
    inline(title),
    status === 'failed' ? '**failed**' : status,
    status === 'skipped' ? '' : formatDuration(ms ?? report.ms - startedMs),
  ]);
  return table(['Phase', 'Result', 'Duration'], rows);
}
