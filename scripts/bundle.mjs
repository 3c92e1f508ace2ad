// Bundles what GitHub runs, from the compiled sources: the action, and the two small programs of its workflows.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ncc = 'node_modules/@vercel/ncc/dist/ncc/cli.js';
const entries = [
  ['build/src/action.js', 'dist'],
  ['build/src/workflows/plan-step.js', 'dist/plan'],
  ['build/src/workflows/fold-step.js', 'dist/fold'],
];
/** The size limit of the file that the runner starts. */
const startLimitBytes = 1_000;

// Code that only some steps load is a file of its own. The number in its name may change, so `dist` is emptied first.
rmSync('dist', { recursive: true, force: true });
for (const [entry, folder] of entries) {
  const { status } = spawnSync(process.execPath, [ncc, 'build', entry, '-o', folder, '--quiet', '--minify'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
// Plain ASCII: Node reads and compiles it faster than a text with a single other character.
for (const name of readdirSync('dist').filter(name => name.endsWith('.js'))) {
  const text = readFileSync(join('dist', name), 'utf8');
  writeFileSync(
    join('dist', name),
    text.replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
// The runner starts a small file that loads the rest, so that V8 can take the rest from its cache: see src/index.ts.
renameSync('dist/index.js', 'dist/action.js');
const start = readFileSync('build/src/index.js', 'utf8').replace(/^ *\/\/.*\n?/gm, '');
if (start.length > startLimitBytes) throw new Error(`dist/index.js would have ${start.length} bytes`);
writeFileSync('dist/index.js', start);
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
