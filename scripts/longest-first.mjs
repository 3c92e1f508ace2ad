// The order of the test files: the longest first, so that no long file runs alone at the end. Jest knows the times of
// earlier runs on this machine; for the first run, the long files of the lab are listed here, in seconds.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const folder = resolve('build', 'test', 'lab', 'scenarios');
const seconds = new Map(
  Object.entries({
    'chaos/failures': 165,
    'chaos/recover': 135,
    'chaos/machine-failures': 135,
    'chaos/machines': 150,
    create: 120,
    'e2e-failures': 100,
    'chaos/when-blocked': 55,
    'rolling-update': 90,
    'workflows/matrix': 45,
    'kubeconfig-provider': 80,
    e2e: 80,
    commands: 80,
    'chaos/lost-runner': 50,
    'workflows/e2e': 75,
    'workflows/failures': 40,
    'workflows/life': 75,
    failures: 70,
    ownership: 60,
    'workflows/recover': 60,
    'chaos/measured': 170,
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
