import { startFront } from '../contract/support/front.js';
import { makeSandbox, type Sandbox } from '../contract/support/sandbox.js';
import { shortChaos } from '../contract/support/short-chaos.js';
import { startAction } from '../support/action-runner.js';
import { type ProcessUsage, watchUsage } from './process-usage.js';
import { spreadOf } from './samples.js';

const rounds = 12;
const foreignNodes = 1_000;
const foreignPods = 5_000;

type Inputs = Readonly<Record<string, string>>;

/** The steps of a round, in order, on a deployment of its own. Four members, so that the budget allows an eviction. */
const steps = {
  deploy: { operation: 'deploy', replicas: '4' },
  verify: { operation: 'verify' },
  drain: { operation: 'chaos', ...shortChaos, hold: '1s' },
} as const;
type StepName = keyof typeof steps;
const stepNames = Object.keys(steps) as StepName[];

interface Sample extends ProcessUsage {
  readonly ms: number;
  readonly reads: number;
  /** The changes as `METHOD resource`, with what differs between rounds left out. */
  readonly changes: readonly string[];
}

/**
 * Measures what deploy, verify and a drain cost in a cluster with only three nodes, and in one with 1,000 more nodes and
 * 5,000 pods of others: the same steps side by side, on the same stand-in for the API server. Fails when the changes
 * differ.
 */
export async function benchScale(print: (line: string) => void): Promise<void> {
  await using empty = await makeSandbox();
  await using crowded = await makeSandbox();
  await using front = await startFront();
  addForeign(crowded);
  const samples = { empty: samplesByStep(), crowded: samplesByStep() };
  // The first round only fills caches.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, sandbox] of [
      ['empty', empty],
      ['crowded', crowded],
    ] as const) {
      for (const step of stepNames) {
        const sample = await measure(sandbox, front.port, { ...steps[step], namespace: `round-${round}` });
        if (round > 0) samples[name][step].push(sample);
      }
      endRound(sandbox, `round-${round}`);
    }
  }
  for (const step of stepNames) {
    const [few, many] = [samples.empty[step], samples.crowded[step]];
    requireSameChanges(step, few, many);
    const [changes] = few.map(sample => sample.changes.length);
    print(`${step}: ${changes} changes of the cluster in both, the same`);
    print(`  time:         ${compare(few, many, ({ ms }) => ms / 1000, 's')}`);
    print(`  of it CPU:    ${compare(few, many, ({ cpuMs }) => cpuMs / 1000, 's')}`);
    print(`  peak memory:  ${compare(few, many, ({ peakMb }) => peakMb, 'MB')}`);
    print(`  reads:        ${compare(few, many, ({ reads }) => reads, 'requests')}`);
  }
}

function samplesByStep(): Record<StepName, Sample[]> {
  return { deploy: [], verify: [], drain: [] };
}

/** Adds nodes of about the size that AKS reports them with, and the pods on them. */
function addForeign({ kubernetes }: Sandbox): void {
  const [sample] = kubernetes.list('Node');
  if (sample === undefined) throw new Error('the stand-in has no node');
  const images = Array.from({ length: 50 }, (_, index) => ({
    names: [
      `registry.example.com/team-${index}/service@sha256:${'0'.repeat(64)}`,
      `registry.example.com/team-${index}/service:1`,
    ],
    sizeBytes: 100_000_000 + index,
  }));
  for (let index = 0; index < foreignNodes; index += 1) {
    const name = `aks-others-${String(index).padStart(4, '0')}`;
    const labels = { ...sample.metadata.labels, 'kubernetes.io/hostname': name };
    const { apiVersion, kind, spec = {}, status } = sample;
    kubernetes.put({ apiVersion, kind, metadata: { name, labels }, spec, status: { ...status, images } });
  }
  kubernetes.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'others' } });
  for (let index = 0; index < foreignPods; index += 1) {
    const nodeName = `aks-others-${String(index % foreignNodes).padStart(4, '0')}`;
    const container = { name: 'service', image: 'service:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } };
    kubernetes.put({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: `service-${index}`, namespace: 'others' } },
      ...{ spec: { nodeName, containers: [container] }, status: { phase: 'Running' } },
    });
  }
}

/** Removes the deployment of a round, so that the next one finds the same cluster. */
function endRound({ kubernetes }: Sandbox, name: string): void {
  const namespace = kubernetes.get('Namespace', undefined, name);
  if (namespace === undefined) throw new Error(`there is no namespace ${name}`);
  const deletionTimestamp = new Date().toISOString();
  kubernetes.put({ ...namespace, metadata: { ...namespace.metadata, deletionTimestamp } });
}

async function measure(
  { environment, kubeconfig, kubernetes }: Sandbox,
  port: number,
  inputs: Inputs,
): Promise<Sample> {
  const before = kubernetes.calls.length;
  const running = await startAction({
    inputs: { ...inputs, provider: 'kubeconfig', kubeconfig, 'client-port': String(port) },
    env: environment,
  });
  const usage = watchUsage(running.pid);
  const { code, ms, log } = await running.ended;
  const used = usage.stop();
  if (code !== 0) throw new Error(`${inputs['operation']} failed:\n${log}`);
  const calls = kubernetes.calls.slice(before);
  const changes = calls.filter(({ method }) => method !== 'GET');
  return { ms, ...used, reads: calls.length - changes.length, changes: changes.map(describeChange).toSorted() };
}

/** Which member and which node is chosen may differ; how often the Lease is renewed depends on the time. */
function describeChange({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path
    .replace(/round-\d+/, 'NS')
    .replace(/nodes\/.*/, 'nodes/NODE')
    .replace(/migratorydata-\d/, 'MEMBER')}`;
}

function requireSameChanges(step: StepName, few: readonly Sample[], many: readonly Sample[]): void {
  const distinct = new Set([...few, ...many].map(({ changes }) => changes.join('\n')));
  if (distinct.size !== 1) throw new Error(`the changes of ${step} differ:\n${[...distinct].join('\n\n')}`);
}

function compare(
  few: readonly Sample[],
  many: readonly Sample[],
  valueOf: (sample: Sample) => number,
  unit: string,
): string {
  const [without, withOthers] = [few, many].map(samples => spreadOf(samples.map(valueOf)).median);
  if (without === undefined || withOthers === undefined) throw new Error('nothing was measured');
  const ratio = withOthers / without;
  return `median ${without.toFixed(1)} ${unit} without others, ${withOthers.toFixed(1)} ${unit} with them: ${ratio.toFixed(2)} times`;
}
