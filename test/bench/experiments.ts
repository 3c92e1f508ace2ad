import type { ExperimentRecord } from '../../src/journal/experiment-record.js';
import { startLab } from '../lab/lab.js';
import { startKubeconfigJob } from '../lab/scenarios/support/kubeconfig-job.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import type { Steps } from '../lab/scenarios/support/steps.js';
import { startRealJob } from '../real/support/real-job.js';

const experiments = 'baseline,drain,pod-kill,rolling,quorum-loss';
const chaos = {
  ...{ operation: 'chaos', experiments, steady: '2s', hold: '5s', rest: 'true', ...generousLimits },
  'probe-interval': '100ms',
};

/** Runs the same experiments on simulated and on real nodes, and prints what was measured, as a table. Needs root. */
export async function benchExperiments(print: (line: string) => void): Promise<void> {
  await using lab = await startLab({ progress: print });
  const simulated = await startKubeconfigJob(lab, await lab.standaloneCluster('simulated', { nodes: 4 }));
  const measured = [await measure(simulated)];
  const real = await startRealJob(lab, 4);
  try {
    measured.push(await measure(real));
  } finally {
    await real.cluster.stop();
  }
  print('| experiment | nodes | verdict | outage | degraded | recovery | messages lost of accepted | refused |');
  print('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [index, name] of experiments.split(',').entries()) {
    for (const [kind, records] of [['simulated', measured[0]] as const, ['real', measured[1]] as const]) {
      print(`| ${[name, kind, ...cellsOf(records?.[index])].join(' | ')} |`);
    }
  }
}

async function measure(job: Steps): Promise<readonly ExperimentRecord[]> {
  await job.pass({ operation: 'deploy', rest: 'true', 'service-type': 'node-port', 'memory-request': '64Mi' });
  const { report } = await job.run({ ...chaos, 'service-type': 'node-port' });
  return report.experiments;
}

function cellsOf(record: ExperimentRecord | undefined): readonly string[] {
  const { probe, milestones, messages } = record?.measurement ?? {};
  const seconds = (ms: number | null | undefined): string =>
    typeof ms === 'number' ? `${(ms / 1000).toFixed(1)} s` : '-';
  return [
    record?.verdict ?? 'not run',
    ...[probe?.outageMs, probe?.degradedMs, milestones?.recoveryMs].map(seconds),
    `${messages?.lost ?? '-'} of ${messages?.acked ?? '-'}`,
    String(messages?.refused ?? '-'),
  ];
}
