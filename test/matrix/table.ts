import { fillMarkers } from '../../scripts/docs/markers.js';
import { cell as escaped, table } from '../../scripts/docs/tables.js';
import { nameOf } from './calls.js';
import type { CellResult } from './cell.js';
import { faultKinds } from './faults.js';
import { matrixOperations } from './operations.js';

/** Returns the document with the tables of faults and results. */
export function fillDocument(current: string, results: readonly CellResult[]): string {
  return fillMarkers(fillMarkers(current, 'faults', faultsTable()), 'matrix', resultTables(results));
}

function faultsTable(): string {
  const rows = faultKinds.map(({ name, meaning, promise }) => [name, meaning, promise]);
  return table(
    ['fault', 'what happens', 'what the action does'],
    rows.map(row => row.map(escaped)),
  );
}

/** Returns a table for each operation, with a row for each of its calls. */
export function resultTables(results: readonly CellResult[]): string {
  const done = results.filter(({ isDone }) => isDone).length;
  const total = `${results.length} cells: ${done} done in spite of the fault, ${results.length - done} ended with an error.`;
  const sections = matrixOperations.flatMap(operation => {
    const own = results.filter(({ cell }) => cell.operation === operation);
    const calls = [...new Set(own.map(({ cell }) => cell.call))];
    if (own.length === 0) return [];
    const rows = calls.map(call => {
      const ofCall = own.filter(({ cell }) => cell.call === call);
      return [`\`${nameOf(call).replace(' after ', '` after `')}\``, doneCell(ofCall), errorsCell(ofCall)];
    });
    const head = ['call', 'done in spite of', 'ends with an error'];
    return [`### ${operation.name}\n\n${operation.meaning}\n\n${table(head, rows)}`];
  });
  return [total, ...sections].join('\n\n');
}

function doneCell(results: readonly CellResult[]): string {
  const done = results.filter(({ isDone }) => isDone);
  return done.map(({ cell, outcome }) => `${cell.fault.name}${outcome.slice('done'.length)}`).join(', ');
}

function errorsCell(results: readonly CellResult[]): string {
  const byCode = new Map<string, string[]>();
  for (const { cell, outcome, isDone } of results) {
    if (!isDone) byCode.set(outcome, [...(byCode.get(outcome) ?? []), cell.fault.name]);
  }
  return [...byCode].map(([code, names]) => `\`${code}\`: ${names.join(', ')}`).join('; ');
}
