import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createApi, type KubernetesApi } from '../../src/kubernetes/api/api.js';
import { openProxy } from '../../src/kubernetes/api/proxy.js';
import { createTransport } from '../../src/kubernetes/api/transport.js';
import { ordinalOf } from '../../src/kubernetes/pods.js';
import { type RolloutLimits, waitForMembers } from '../../src/kubernetes/rollout/rollout.js';
import { membersOf } from '../../src/migratorydata/object-names.js';
import { createExecRunner } from '../../src/runtime/exec-runner.js';
import { diskFiles, readRunFacts, systemClock } from '../../src/runtime/node-ports.js';
import { labRunner } from '../lab/act.js';
import { type Lab, startLab } from '../lab/lab.js';
import { RecordingLog } from '../unit/fakes.js';
import { type SeenReady, sharedClockMs } from './ready-watch.js';
import { describeSpread, spreadOf } from './samples.js';

const rounds = 20;
const replicas = 3;
const members = membersOf({ namespace: 'migratory', name: 'migratorydata' });
const limits: RolloutLimits = { remainingMs: () => 60_000, autoscaled: false, redact: text => text };

/**
 * Measures the delay from the moment at which the API server delivers the Ready event of the last member to the end of
 * the action's wait. The built action creates the deployment. Then each round deletes the last member and waits for its
 * replacement as `deploy` waits for members, through kubectl proxy.
 */
export async function benchReadyLatency(print: (line: string) => void): Promise<void> {
  await using lab = await startLab({ progress: print });
  const { kubeconfig } = await lab.standaloneCluster('bench');
  await deployTo(lab, kubeconfig);
  const readyAt = await watchReady(kubeconfig);
  try {
    const latencies = await withApi(lab, kubeconfig, async api => {
      const samples: number[] = [];
      while (samples.length < rounds) samples.push(await replaceLastMember(api, readyAt.of));
      return samples;
    });
    print(`the last member's Ready event to the end of the wait: ${describeSpread(spreadOf(latencies))}`);
    print(`each round, in order: ${latencies.map(ms => ms.toFixed(1)).join(' ')}`);
    print('the aim is a median under 100 ms; below 0, the action was told before the independent watch');
  } finally {
    await readyAt.stop();
  }
}

async function deployTo(lab: Lab, kubeconfig: string): Promise<void> {
  const runner = await labRunner(lab);
  const inputs = { operation: 'deploy', provider: 'kubeconfig', kubeconfig, 'service-type': 'node-port' };
  const { main } = await runner.run({ inputs });
  if (main.code !== 0) throw new Error(`the deployment failed:\n${main.log}`);
}

interface ReadyTimes {
  /** Resolves when the pod is Ready, with the time of its first Ready event. */
  readonly of: (uid: string) => Promise<number>;
  readonly stop: () => Promise<unknown>;
}

/** Starts the independent watch. Resolves when it has received all existing pods. */
async function watchReady(kubeconfig: string): Promise<ReadyTimes> {
  const path = `/api/v1/namespaces/${members.namespace}/pods`;
  const worker = new Worker(new URL('./ready-watch.js', import.meta.url), { workerData: { kubeconfig, path } });
  const times = new Map<string, number>();
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (message: SeenReady | 'watching') => {
      if (message === 'watching') resolve();
      else times.set(message.uid, message.atMs);
    });
  });
  return {
    async of(uid) {
      for (;;) {
        const atMs = times.get(uid);
        if (atMs !== undefined) return atMs;
        // Rejects with the error that ends the thread.
        await once(worker, 'message');
      }
    },
    stop: () => worker.terminate(),
  };
}

async function withApi<T>(lab: Lab, kubeconfig: string, body: (api: KubernetesApi) => Promise<T>): Promise<T> {
  const environment = { ...lab.env, RUNNER_TEMP: lab.folder };
  const clock = systemClock;
  const ports = { runner: createExecRunner(environment), clock, files: diskFiles, run: readRunFacts(environment) };
  const { signal } = new AbortController();
  const proxy = await openProxy(ports, { kubeconfig, context: '' }, signal);
  const transport = createTransport(proxy.socketPath);
  const journal = { call: () => undefined, elapsed: () => clock.now(), warnOnce: () => undefined };
  try {
    return await body(createApi(transport, { clock, log: new RecordingLog(), journal }, signal));
  } finally {
    transport.close();
    await proxy.stop();
  }
}

/** Returns the milliseconds from the Ready event of the replacement to the end of the wait for it. */
async function replaceLastMember(api: KubernetesApi, readyAt: ReadyTimes['of']): Promise<number> {
  const name = `${members.name}-${replicas - 1}`;
  const { metadata } = await api.get('Pod', { namespace: members.namespace, name }, 'find the last member');
  const gone = [metadata.uid ?? ''];
  await api.remove('Pod', { namespace: members.namespace, name }, 'delete the last member');
  const pods = await waitForMembers(api, { members, replicas, updatedFrom: 0, gone }, limits);
  const overMs = sharedClockMs();
  const last = pods.find(pod => ordinalOf(pod.metadata.name) === replicas - 1);
  return overMs - (await readyAt(last?.metadata.uid ?? ''));
}
