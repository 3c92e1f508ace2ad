// The order of the test files: the longest first, so that no long file runs alone at the end. Jest knows the times of
// earlier runs on this machine; for the first run, the long files of the lab are listed here, in seconds.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const folder = resolve('build', 'test', 'lab', 'scenarios');
const seconds = new Map(
  Object.entries({
    'chaos/promises': 340,
    'e2e-failures': 240,
    'chaos/measured': 215,
    'chaos/machines': 185,
    'chaos/failures': 185,
    'chaos/machine-failures': 180,
    life: 125,
    'chaos/lost-runner': 95,
    'workflows/life': 95,
    'chaos/recover': 90,
    commands: 90,
    'azure-stand-in': 85,
    create: 85,
    'azure-equivalents': 85,
    failures: 80,
    'kubeconfig-provider': 80,
    lab: 75,
    drain: 70,
    ownership: 70,
    'authorized-ranges': 70,
    e2e: 65,
    login: 60,
    'workflows/e2e': 60,
    'rolling-update': 55,
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
