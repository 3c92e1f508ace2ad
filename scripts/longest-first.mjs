// The order of the test files: the longest first, so that no long file runs alone at the end. Jest knows the times of
// earlier runs on this machine; for the first run, the long files of the lab are listed here, in seconds.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const folder = resolve('build', 'test', 'lab', 'scenarios');
const seconds = new Map(
  Object.entries({
    'chaos/promises': 370,
    'e2e-failures': 265,
    'chaos/recover': 245,
    'chaos/measured': 225,
    'chaos/machine-failures': 210,
    'chaos/machines': 200,
    'chaos/failures': 200,
    deploy: 135,
    failures: 130,
    drain: 125,
    life: 120,
    'rolling-update': 115,
    'chaos/lost-runner': 105,
    'chaos/when-blocked': 100,
    commands: 100,
    'kubeconfig-provider': 95,
    create: 90,
    'azure-stand-in': 80,
  }).map(([name, value]) => [resolve(folder, `${name}.test.js`), value]),
);

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const stale = [...seconds.keys()].filter(path => !existsSync(path));
    if (stale.length > 0)
      throw new Error(`scripts/longest-first.mjs lists files that do not exist: ${stale.join(', ')}`);
    // Jest sorts failed files first, then by time or size. This order is kept among files without a known time.
    const ordered = super.sort(tests);
    const failed = new Set(ordered.filter(test => this.hasFailed(test)));
    const timeOf = test => (failed.has(test) ? Infinity : (test.duration ?? 1000 * (seconds.get(test.path) ?? 0)));
    return ordered.toSorted((a, b) => (timeOf(a) === timeOf(b) ? 0 : timeOf(b) - timeOf(a)));
  }
}
