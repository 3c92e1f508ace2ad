import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredNode, runAction } from '../support/action-runner.js';
import { describeSpread, spreadOf } from './samples.js';

const rounds = 15;
const nodes = [
  { name: 'Node 24, which action.yml declares', path: declaredNode },
  { name: `Node ${process.versions.node}, which runs this bench`, path: process.execPath },
] as const;

/**
 * What a step costs before it does anything: the bundle reads wrong inputs, reports them and ends. Measured side by side
 * with an empty program on the same Node, so that the ratio says something on any machine.
 */
export async function benchBundleStart(print: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'migratorydata-aks-bench-'));
  try {
    for (const { name, path } of nodes) {
      const empty: number[] = [];
      const bundle: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        empty.push(await timeEmptyProgram(path));
        bundle.push(await timeWrongInput(path, folder));
      }
      const [emptySpread, bundleSpread] = [spreadOf(empty), spreadOf(bundle)];
      print(name);
      print(`  node -e 0:            ${describeSpread(emptySpread)}`);
      print(`  bundle, wrong input:  ${describeSpread(bundleSpread)}`);
      print(`  ratio of the medians: ${(bundleSpread.median / emptySpread.median).toFixed(1)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeEmptyProgram(node: string): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(node, ['-e', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  const ms = performance.now() - startedMs;
  if (code !== 0) throw new Error(`${node} -e 0 ended with ${String(code)}`);
  return ms;
}

async function timeWrongInput(node: string, temp: string): Promise<number> {
  const env = { PATH: process.env['PATH'] ?? '', RUNNER_TEMP: temp };
  const { code, ms, outputs, log } = await runAction({ node, env, inputs: { operation: 'nonsense' } });
  if (code === 1 && outputs['error-code'] === 'invalid-input') return ms;
  throw new Error(`the action did not fail on the wrong input:\n${log}`);
}
