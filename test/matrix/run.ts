import { readFileSync, writeFileSync } from 'node:fs';
import { startBench } from './bench.js';
import { type CellResult, cellsOf, recordCalls, runCell, titleOf } from './cell.js';
import { matrixOperations } from './operations.js';
import { fillDocument, resultTables } from './table.js';

/**
 * `npm run test:matrix` runs every operation with every fault at each of its calls, prints the results, and compares
 * them with the document; with `--write`, it writes the document. The exit code is 1 when a cell failed or the document
 * is stale.
 */
const path = 'docs/reliability.md';
const words = process.argv.slice(2);
if (words.some(word => word !== '--write')) {
  console.error(`npm run test:matrix takes only --write, not ${words.join(' ')}`);
  process.exit(1);
}
const bench = await startBench();
const results: CellResult[] = [];
try {
  for (const operation of matrixOperations) {
    for (const cell of cellsOf(operation, await recordCalls(bench, operation)))
      results.push(await runCell(bench, cell));
  }
} finally {
  await bench.stop();
}
const failed = results.filter(({ violations }) => violations.length > 0);
const current = readFileSync(path, 'utf8');
const wanted = fillDocument(current, results);
const isStale = current !== wanted;
console.log(resultTables(results));
for (const { cell, outcome, violations } of failed) {
  console.error([`${titleOf(cell)}: ${outcome}`, ...violations.map(text => `  ${text}`)].join('\n'));
}
if (isStale && words.includes('--write')) {
  writeFileSync(path, wanted);
  console.log(`wrote ${path}`);
} else if (isStale) {
  console.error(`${path} is stale: run npm run test:matrix -- --write`);
}
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || (isStale && !words.includes('--write')) ? 1 : 0;
