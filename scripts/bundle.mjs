// Bundles what GitHub runs, from the compiled sources: the action, and the two small programs of its workflows.
import { spawnSync } from 'node:child_process';

const ncc = 'node_modules/@vercel/ncc/dist/ncc/cli.js';
const entries = [
  ['build/src/index.js', 'dist', '--license', 'licenses.txt'],
  ['build/src/workflows/plan-step.js', 'dist/plan'],
  ['build/src/workflows/fold-step.js', 'dist/fold'],
];

for (const [entry, folder, ...more] of entries) {
  const args = [ncc, 'build', entry, '-o', folder, ...more, '--quiet'];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
