import type { CatalogueEntry } from '../../src/errors/catalogue.js';
import { cell, table } from './tables.js';

/** The error codes under one heading. */
export interface ErrorGroup {
  readonly title: string;
  readonly entries: Readonly<Record<string, CatalogueEntry>>;
}

const introduction = `# Errors

Every failure carries one of these codes, in the output \`error-code\`, in the annotation, in the job summary and in
\`report.json\`. A code keeps its meaning from version to version, so workflows may depend on it. *Again* says whether the
same step may succeed later without any change; the output \`error-transient\` says the same.

This page is generated from \`src/errors\` by \`npm run docs\`.`;

/** Returns the page docs/errors.md: every error code, what happened and what to do about it. */
export function errorsPage(groups: readonly ErrorGroup[]): string {
  const sections = groups.map(({ title, entries }) => `## ${title}\n\n${errorsTable(entries)}`);
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

function errorsTable(entries: ErrorGroup['entries']): string {
  const rows = Object.entries(entries).map(([code, { transient, meaning, hint }]) => [
    `\`${code}\``,
    cell(meaning),
    transient ? 'yes' : 'no',
    cell(hint),
  ]);
  return table(['code', 'what happened', 'again', 'what to do'], rows);
}
