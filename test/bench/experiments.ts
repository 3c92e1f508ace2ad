import { type ExperimentName, experimentNames } from '../../src/chaos/experiments/index.js';
import { worstIn } from '../../src/journal/client-series.js';
import type { ExperimentRecord, MilestonesRecord } from '../../src/journal/experiment-record.js';
import { type Lab, type NodeKind, startLab } from '../lab/lab.js';
import { logIn, startAzureJob } from '../lab/scenarios/support/azure-job.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import type { Inputs, Steps } from '../lab/scenarios/support/steps.js';

/** How long the fault lasts, where the experiment does not tell, and power until the members are replaced. */
const holds: Partial<Record<ExperimentName, string>> = {
  baseline: '10s',
  drain: '10s',
  'power-off': '5m',
  'kubelet-stop': '30s',
  zone: '5m',
  'quorum-loss': '10s',
};

function chaosOf(name: ExperimentName): Inputs {
  const hold = holds[name];
  return {
    ...{ operation: 'chaos', experiments: name, steady: '2s', 'allow-unsupported-node-ops': 'true', timeout: '3h' },
    ...generousLimits,
    'probe-interval': '200ms',
    ...(hold === undefined ? {} : { hold }),
  };
}

/**
 * Runs the experiments on AKS with simulated and with real nodes, three in three zones, and prints what was measured as
 * the rows of docs/lab.md. Needs root.
 * @param names of the experiments; all when empty
 */
export async function benchExperiments(
  print: (line: string) => void,
  _count: number | undefined,
  names: readonly string[],
): Promise<void> {
  const unknown = names.filter(name => !experimentNames.some(known => known === name));
  if (unknown.length > 0)
    throw new Error(`no such experiment: ${unknown.join(', ')}; there are ${experimentNames.join(', ')}`);
  const chosen = experimentNames.filter(name => names.length === 0 || names.includes(name));
  const rows = new Map<string, string>();
  for (const kind of ['simulated', 'real'] as const) {
    const progress = (line: string): void => {
      print(`${kind}: ${line}`);
    };
    await using lab = await startNodes(kind, progress);
    const job = await deployOn(lab);
    for (const name of chosen) {
      const startedMs = performance.now();
      const { report } = await job.run(chaosOf(name));
      const [record] = report.experiments;
      rows.set(`${name} ${kind}`, `| ${[`\`${name}\``, kind, ...cellsOf(record)].join(' | ')} |`);
      const took = Math.round((performance.now() - startedMs) / 1_000);
      progress(`${name} in ${took} s: ${record?.verdict ?? 'not run'}, ${record?.reason ?? ''}`);
    }
  }
  print('| experiment | nodes | outage | recovery | lost | what Kubernetes did, and when after the fault |');
  print('| --- | --- | --- | --- | --- | --- |');
  for (const name of chosen) for (const kind of ['simulated', 'real']) print(rows.get(`${name} ${kind}`) ?? '');
}

function startNodes(nodes: NodeKind, progress: (line: string) => void): Promise<Lab> {
  return startLab({ nodes, progress });
}

/** Deploys on three machines in three zones. */
async function deployOn(lab: Lab): Promise<Steps> {
  await logIn(lab);
  const names = { 'resource-group': 'rg-experiments', 'cluster-name': 'aks-experiments' };
  const job = await startAzureJob(lab, { common: { ...names, rest: 'true' } });
  await job.pass({ operation: 'create', zones: '1,2,3' });
  await job.pass({ operation: 'deploy' });
  return job;
}

function cellsOf(record: ExperimentRecord | undefined): readonly string[] {
  const { measurement } = record ?? {};
  if (record === undefined || measurement === undefined) return [record?.verdict ?? 'not run', '', '', ''];
  const { messages, milestones } = measurement;
  const outage = worstIn(measurement, 'outageMs');
  const series = (outage?.value ?? 0) > 0 ? ` of ${outage?.name ?? ''}` : '';
  const failed = record.verdict === 'pass' ? '' : `**${record.verdict}**, `;
  const from = milestones.recoveryFrom === 'revert' ? ' from the revert' : '';
  return [
    `${failed}${seconds(outage?.value ?? null)}${series}`,
    `${seconds(milestones.recoveryMs)}${from}`,
    messages === undefined ? '-' : `${messages.lost + messages.diverged} of ${messages.acked}`,
    reactionOf(record.name, milestones),
  ];
}

/** Returns the milestones in the order in which they were reached. */
function reactionOf(name: string, milestones: MilestonesRecord): string {
  const { detectionMs, evictionMs, rescheduledMs, readyMs } = milestones;
  const steps = [
    ['out of service', detectionMs],
    ['last member told to end', evictionMs],
    ['last replacement on a node', rescheduledMs],
    [rescheduledMs === null ? 'last member Ready again' : 'Ready', readyMs],
  ] as const;
  const reached = steps.flatMap(([what, ms]) => (ms === null ? [] : [{ what, ms }])).sort((a, b) => a.ms - b.ms);
  if (reached.length === 0) return name === 'baseline' ? 'nothing' : '-';
  return reached.map(({ what, ms }) => `${what} ${seconds(ms)}`).join(', ');
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1_000).toFixed(1)} s`;
}
