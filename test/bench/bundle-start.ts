import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredNode, developerNode, runAction } from '../support/action-runner.js';
import { describeSpread, type Spread, spreadOf } from './samples.js';

const nodes = [
  { name: 'Node 24, which action.yml declares', path: declaredNode },
  { name: 'Node of the developer, which runs npm', path: developerNode },
] as const;

/**
 * Measures the cost of a step before it does anything: the action reads wrong inputs, reports them and ends. An empty
 * program on the same Node runs next to it, so that the ratios are meaningful on any machine: for the first step of a
 * job, and for a later one, which uses what V8 compiled in the first.
 */
export async function benchBundleStart(print: (line: string) => void, rounds = 15): Promise<void> {
  for (const { name, path } of nodes) {
    const later = await makeTemp();
    await timeWrongInput(path, later);
    const samples: Record<'empty' | 'first' | 'later', number[]> = { empty: [], first: [], later: [] };
    for (let round = 0; round < rounds; round += 1) {
      samples.empty.push(await timeEmptyProgram(path));
      const first = await makeTemp();
      samples.first.push(await timeWrongInput(path, first));
      await rm(first, { recursive: true });
      samples.later.push(await timeWrongInput(path, later));
    }
    await rm(later, { recursive: true });
    const [empty, first, again] = [spreadOf(samples.empty), spreadOf(samples.first), spreadOf(samples.later)];
    const ratio = ({ median }: Spread): string => `${(median / empty.median).toFixed(2)} times the empty program`;
    print(name);
    print(`  node -e 0:    ${describeSpread(empty)}`);
    print(`  first step:   ${describeSpread(first)}: ${ratio(first)}`);
    print(`  later steps:  ${describeSpread(again)}: ${ratio(again)}`);
  }
}

/** Creates RUNNER_TEMP of a job. */
function makeTemp(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'migratorydata-aks-bench-'));
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
