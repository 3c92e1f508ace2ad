// Bundles what GitHub runs, from the compiled sources: the action, and the two small programs of its workflows.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ncc = 'node_modules/@vercel/ncc/dist/ncc/cli.js';
const entries = [
  ['build/src/index.js', 'dist'],
  ['build/src/workflows/plan-step.js', 'dist/plan'],
  ['build/src/workflows/fold-step.js', 'dist/fold'],
];

// Code that only some steps load is a file of its own. The number in its name may change, so `dist` is emptied first.
rmSync('dist', { recursive: true, force: true });
for (const [entry, folder] of entries) {
  const { status } = spawnSync(process.execPath, [ncc, 'build', entry, '-o', folder, '--quiet'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
writeFileSync('dist/licenses.txt', readLicenses());

/** Returns the licences of all packages that the action may contain; the list of ncc covers one file only. */
function readLicenses() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const texts = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { license }]) => {
      const file = readdirSync(path).find(name => /^licen[cs]e/i.test(name));
      if (file === undefined) throw new Error(`${path} has no licence`);
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return `${name}\n${license}\n${readFileSync(join(path, file), 'utf8').replaceAll('\r\n', '\n').trim()}\n`;
    });
  return [...new Set(texts)].sort().join('\n');
}
