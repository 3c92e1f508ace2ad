import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ExperimentRecord } from '../../src/journal/experiment-record.js';
import { type NodeKind, startLab } from '../lab/lab.js';
import { logIn, startAzureJob } from '../lab/scenarios/support/azure-job.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import type { Steps } from '../lab/scenarios/support/steps.js';
import { type ProcessUsage, watchUsage } from './process-usage.js';

const experiments = ['drain', 'pod-kill', 'power-off'] as const;
/** A silent loss is noticed by the next request, up to 32 s later: a limit of the availability keeps the measurement 2 minutes long. */
const chaos = {
  ...{ operation: 'chaos', steady: '2s', hold: '1m', 'allow-unsupported-node-ops': 'true', timeout: '1h' },
  ...generousLimits,
  'min-availability': '1',
};

interface Measured extends ProcessUsage {
  readonly name: string;
  readonly record: ExperimentRecord;
  readonly ms: number;
  /** The longest delay of the event loop of the lab, which carries the connections to the nodes, in milliseconds. */
  readonly labLagMs: number;
}

/**
 * Measures what clients see of experiments on the machines of the lab's Azure, and what they cost the runner.
 * @param count the number of clients, 5,000 by default.
 */
export async function benchClientsOnNodes(
  print: (line: string) => void,
  nodes: NodeKind,
  count = 5_000,
): Promise<void> {
  await using lab = await startLab({ nodes, progress: print });
  await logIn(lab);
  const common = { 'resource-group': 'rg-clients', 'cluster-name': 'aks-clients', rest: 'true' };
  const job = await startAzureJob(lab, { common });
  await job.pass({ operation: 'create', zones: '1,2,3' });
  await job.pass({ operation: 'deploy', 'license-key': 'license-of-a-customer' });
  const measured: Measured[] = [];
  for (const name of experiments) measured.push(await measure(job, name, count));
  print(`${count} clients on ${nodes} nodes`);
  print('| experiment | verdict | opened | closed | hung | 50 % back | 95 % | 99 % | all | connections in a second |');
  print('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const { name, record } of measured) print(`| ${[name, ...lossOf(record)].join(' | ')} |`);
  print('');
  print('| experiment | memory of the runner | its CPU time | its lag | lag of the lab |');
  print('| --- | --- | --- | --- | --- |');
  for (const { name, record, peakMb, cpuMs, ms, labLagMs } of measured) {
    const cpu = `${seconds(cpuMs)} of ${seconds(ms)}`;
    const lag = `${record.measurement?.clients.lagMs ?? '-'} ms`;
    print(`| ${[name, `${peakMb.toFixed(0)} MB`, cpu, lag, `${labLagMs.toFixed(0)} ms`].join(' | ')} |`);
  }
  print('');
  for (const { name, record } of measured) print(`connected, ${name}: ${curveOf(record)}`);
  const lacking = measured.filter(({ record }) => record.measurement?.clients.opened !== count);
  if (lacking.length > 0) throw new Error(`not all clients were connected: ${lacking.map(describe).join('; ')}`);
}

async function measure(job: Steps, name: string, count: number): Promise<Measured> {
  const lag = monitorEventLoopDelay();
  lag.enable();
  const startedMs = performance.now();
  const step = await job.start({ ...chaos, experiments: name, clients: String(count) });
  const usage = watchUsage(step.pid);
  const main = await step.ended;
  const used = usage.stop();
  const ms = performance.now() - startedMs;
  lag.disable();
  await step.post();
  const { experiments: records } = await step.report();
  const [record] = records;
  if (record === undefined) throw new Error(`${name} did not run:\n${main.log}`);
  return { name, record, ms, ...used, labLagMs: lag.max / 1e6 };
}

function lossOf({ verdict, measurement }: ExperimentRecord): readonly string[] {
  const { opened, broken, hung, back, peakPerSecond } = measurement?.clients ?? {};
  const times = (['p50', 'p95', 'p99', 'all'] as const).map(share => back?.[share]);
  return [
    verdict,
    ...[opened, broken, hung].map(number => String(number ?? '-')),
    ...times.map(ms => (typeof ms === 'number' ? seconds(ms) : '-')),
    String(peakPerSecond ?? '-'),
  ];
}

/** Returns how many were connected, each number from a time on, from the fault. */
function curveOf({ timeline, measurement }: ExperimentRecord): string {
  const faultMs = measurement?.fault?.atMs ?? 0;
  const steps = (timeline?.clients ?? []).filter(([atMs]) => atMs >= faultMs - 2_000);
  return steps.map(([atMs, connected]) => `${seconds(atMs - faultMs)} ${connected}`).join(', ');
}

function describe({ name, record: { reason, measurement } }: Measured): string {
  const { opened, notMeasured } = measurement?.clients ?? {};
  return `${name}: ${opened ?? 'none'} opened, ${notMeasured ?? reason}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
