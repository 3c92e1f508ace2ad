/** The parts that job summary and comment have in common: outcome, verdict, errors and phases. */
import type { ErrorRecord, Outcome, Report } from '../journal/model.js';
import { formatDuration } from '../runtime/duration.js';
import { clipEnd } from '../runtime/text.js';
import { inline, paragraph, section, table } from './markdown.js';

const outcomeWords: Readonly<Record<Outcome, string>> = {
  success: 'succeeded in',
  failure: 'failed after',
  cancelled: 'was cancelled after',
  'timed-out': 'ran out of time after',
  'dry-run': 'was a dry run, which took',
};

/** Returns the outcome as a heading. */
export function headline({ operation, outcome, ms }: Report): string {
  const words = outcome === undefined ? 'has been running for' : outcomeWords[outcome];
  return `## MigratoryData: ${inline(operation) || 'step'} ${words} ${formatDuration(ms)}`;
}

/** Returns the verdicts of the experiments as one line; empty without experiments. */
export function verdictLine({ experiments, repetitions = [] }: Report): string {
  const single = experiments.filter(({ run }) => run === undefined);
  const repeated = repetitions.filter(({ planned }) => planned > 1);
  const verdicts = [
    ...single.map(({ name, verdict }) => `${inline(name)} **${verdict}**`),
    ...repeated.map(
      one => `${inline(one.experiment)} **${one.verdict}** (${one.counted} of ${one.planned} runs count)`,
    ),
  ];
  return verdicts.length === 0 ? '' : `**Verdict:** ${verdicts.join(', ')}.`;
}

/**
 * Returns an error with its hint, followed by blocks of Markdown. Its message is limited to `messageLimit` characters.
 */
export function errorSection(
  { code, message, hint, transient }: ErrorRecord,
  messageLimit: number,
  ...blocks: readonly string[]
): string {
  return section(
    `Error: ${inline(code)}`,
    paragraph(clipEnd(message, messageLimit)),
    `**What to do:** ${paragraph(hint)}${transient ? ' A retry may help.' : ''}`,
    ...blocks,
  );
}

/** Returns a table of the phases with result and duration. */
export function phasesTable(report: Report): string {
  const rows = report.phases.map(({ title, status, startedMs, ms }) => [
    inline(title),
    status === 'failed' ? '**failed**' : status,
    status === 'skipped' ? '' : formatDuration(ms ?? report.ms - startedMs),
  ]);
  return table(['Phase', 'Result', 'Duration'], rows);
}
